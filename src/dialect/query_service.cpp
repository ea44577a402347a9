// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "dialect/query_service.hpp"

#include "characters.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace coropq::detail {

bool is_query_service_host(std::string_view host) noexcept {
    constexpr std::array<std::string_view, 2> domains = {".platform-query.adobe.io", ".platform-query-stage.adobe.io"};
    if (host.ends_with('.'))
        host.remove_suffix(1);
    return std::any_of(domains.begin(), domains.end(), [host](std::string_view domain) {
        return host.size() > domain.size() && std::equal(domain.rbegin(), domain.rend(), host.rbegin(),
                                                         [](char ours, char given) { return ours == to_lower(given); });
    });
}

// The best-trodden path: what psql sends. Whether Parse, binary forms and catalogs of types are there isn't documented.
const statement_options& query_service_statements() {
    static const statement_options options = statement_options()
                                                 .prepared_statements(0)
                                                 .simple_without_parameters(true)
                                                 .text_parameters(true)
                                                 .binary_results(false)
                                                 .type_lookup(false);
    return options;
}

// The number of sessions is an organisation's, as low as one, and a statement may take ten minutes (Adobe, "Query
// Service guardrails"): others wait for it. Opening one takes seconds.
const pool_options& query_service_pool() {
    using namespace std::chrono_literals;
    static const pool_options options = pool_options()
                                            .size(1)
                                            .acquire_timeout(15min)
                                            .max_idle(10min)
                                            .ping_after(std::chrono::milliseconds::max())
                                            .pipelining(false)
                                            .retry_delay(500ms, 15s);
    return options;
}

} // namespace coropq::detail
