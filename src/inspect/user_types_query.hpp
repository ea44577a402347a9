// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_USER_TYPES_QUERY_HPP
#define COROPQ_SRC_INSPECT_USER_TYPES_QUERY_HPP

#include "inspect/data_type_reader.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/schema_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A row of `enums_query`: one for each enum, in any order.
struct enum_row {
    std::uint32_t oid = 0;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::optional<std::string_view> owner;
    std::vector<std::string> labels;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(enum_row, (), (oid, schema_name, name, is_visible, owner, labels, comment, extension))

/// A row of `domains_query`, in any order. Depth 0: what the domain is made of; depth n > 0: what the n-th domain below
/// it is made of, and `not_null` is that one's. The rest is the same in all rows of a domain.
struct domain_row : data_type_row {
    std::uint32_t oid = 0;
    int depth = 0;
    bool not_null = false;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::optional<std::string_view> owner;
    bool has_default = false;
    std::optional<std::string_view> default_value;
    std::optional<std::string_view> collation_schema;
    std::optional<std::string_view> collation_name;
    std::vector<std::string> constraint_names;
    std::vector<std::optional<std::string>> constraint_expressions;
    std::vector<bool> constraints_validated;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(domain_row, (data_type_row),
                      (oid, depth, not_null, schema_name, name, is_visible, owner, has_default, default_value,
                       collation_schema, collation_name, constraint_names, constraint_expressions,
                       constraints_validated, comment, extension))

statement enums_query(const schema_selection& schemas, found_by way = found_by::server);
statement domains_query(const schema_selection& schemas, found_by way = found_by::server);

} // namespace coropq::detail

#endif
