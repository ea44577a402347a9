// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_QUERY_HPP
#define COROPQ_SRC_URL_QUERY_HPP

#include "url/problem.hpp"

#include <coropq/url.hpp>

#include <string>
#include <string_view>

namespace coropq::detail {

/// What stands behind the ? of a URL.
struct query_text {
    query_parameters parameters;
    /// "FLATTEN" or "FLATTEN&CJA_USE_IDS": the value-less parameters, which belong to the name of the database.
    std::string flags;
};

/// True for what can be a flag of a database name: capitals, digits and underscores.
bool is_flag(std::string_view text) noexcept;

/// Percent-decodes; + is a space; blank values are kept. Throws for what can't be a query.
query_text parse_query(std::string_view text);

/// Adds values to a parameter, or the parameter to the query.
void append_values(query_parameters& query, const query_parameter& parameter);

/// Joins parameters of the same name, drops those without any value, checks names and values.
query_parameters normalize_query(const query_parameters& query);

/// Sorted by name.
query_parameters sorted(query_parameters query);

} // namespace coropq::detail

#endif
