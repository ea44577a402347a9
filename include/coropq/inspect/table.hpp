// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_TABLE_HPP
#define COROPQ_INSPECT_TABLE_HPP

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/relation.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// A table, view or materialized view with everything that belongs to it.
struct table {
    reflected::relation relation;
    std::vector<column> columns;
    std::optional<reflected::primary_key> primary_key;
    std::vector<foreign_key> foreign_keys;
    std::vector<unique_constraint> unique_constraints;
    std::vector<check_constraint> check_constraints;
    std::vector<exclusion_constraint> exclusion_constraints;
    std::vector<index> indexes;
    std::optional<std::string> view_definition; ///< Of a view or materialized view, in the server's words.

    friend bool operator==(const table&, const table&) = default;
};
BOOST_DESCRIBE_STRUCT(table, (),
                      (relation, columns, primary_key, foreign_keys, unique_constraints, check_constraints,
                       exclusion_constraints, indexes, view_definition))

std::ostream& operator<<(std::ostream& stream, const table& value);

} // namespace coropq::reflected

#endif
