// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DEPENDENCY_QUERY_HPP
#define COROPQ_SRC_INSPECT_DEPENDENCY_QUERY_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace coropq::detail {

/// A row of `dependencies_query`, in any order: that the relation depends on another one; one without another if it
/// doesn't.
struct dependency_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::optional<std::string_view> foreign_key; ///< Nothing: the other one is a parent.
    std::optional<std::string_view> other_schema;
    std::optional<std::string_view> other_name;
};
BOOST_DESCRIBE_STRUCT(dependency_row, (), (relation, schema_name, relation_name, foreign_key, other_schema, other_name))

statement dependencies_query(const relation_selection& selection);

} // namespace coropq::detail

#endif
