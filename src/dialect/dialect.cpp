// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/dialect.hpp>
#include <coropq/url.hpp>

#include "dialect/query_service.hpp"

#include <algorithm>
#include <ostream>

namespace coropq {

dialect dialect_of(const url& address) noexcept {
    const bool is_of_adobe = std::any_of(address.hosts().begin(), address.hosts().end(), [](const host_port& each) {
        return detail::is_query_service_host(each.host);
    });
    return is_of_adobe || address.backend_name() == "queryservice" ? dialect::query_service : dialect::postgresql;
}

std::string_view to_string(dialect value) noexcept {
    return value == dialect::query_service ? "query_service" : "postgresql";
}

std::ostream& operator<<(std::ostream& out, dialect value) { return out << to_string(value); }

} // namespace coropq
