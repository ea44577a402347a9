// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_DIALECT_QUERY_SERVICE_HPP
#define COROPQ_SRC_DIALECT_QUERY_SERVICE_HPP

#include <coropq/credentials.hpp>
#include <coropq/options.hpp>
#include <coropq/pool.hpp>

#include <map>
#include <string>
#include <string_view>

namespace coropq::detail {

/// Whether a host is one of Adobe's, of production or stage.
bool is_query_service_host(std::string_view host) noexcept;

// What isn't set is so with Query Service.
const statement_options& query_service_statements();
const pool_options& query_service_pool();

/// The parameters of a connection, by libpq's keywords.
using connection_arguments = std::map<std::string, secret>;

/// What has to be known to complete them.
struct query_service_surroundings {
    bool (*is_known)(std::string_view keyword); ///< Whether libpq has that parameter.
    bool has_system_roots;                      ///< Whether libpq has sslrootcert=system.
    bool password_comes_later;                  ///< From a provider.
};

/// Adds what a connection with Query Service needs and nobody has given, so that neither libpq's defaults nor its
/// environment variables decide. Throws `option_error` for what can't work or would give the token away.
void complete_query_service_arguments(connection_arguments& arguments, const query_service_surroundings& around);

} // namespace coropq::detail

#endif
