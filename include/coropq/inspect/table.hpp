// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_TABLE_HPP
#define COROPQ_INSPECT_TABLE_HPP

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/policy.hpp>
#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/trigger.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::reflected {

/// A table, view or materialized view with everything that belongs to it. A value: it remembers, and asks nobody.
///
///     const coropq::reflected::table orders = co_await engine.inspect().reflect("orders", "sales");
///     orders.column("id").type.text …     orders.quoted_name() …     orders.primary_key_columns() …
struct table {
    reflected::relation relation;
    std::vector<reflected::column> columns;
    std::optional<reflected::primary_key> primary_key;
    std::vector<foreign_key> foreign_keys;
    std::vector<unique_constraint> unique_constraints;
    std::vector<check_constraint> check_constraints;
    std::vector<exclusion_constraint> exclusion_constraints;
    std::vector<index> indexes;
    std::vector<trigger> triggers;
    std::vector<policy> policies;
    std::vector<privilege> privileges;
    std::vector<qualified_name> children;       ///< Partitions, or tables that inherit from it.
    std::optional<std::string> view_definition; ///< Of a view or materialized view, in the server's words.

    friend bool operator==(const table&, const table&) = default;

    qualified_name name() const;
    /// Its name as SQL wants it: with the schema, in quotes where they are needed.
    std::string quoted_name() const;

    /// Nothing if there is none of that name; else it lives as long as the table. Names are compared as they are.
    const reflected::column* find_column(std::string_view name) const noexcept;
    /// The same. Throws `inspection_error` (`errc::no_such_object`), which lists what somebody may have meant, if it
    /// isn't there.
    const reflected::column& column(std::string_view name) const;
    /// The columns of the primary key in its order; none if there is none.
    std::vector<std::string> primary_key_columns() const;
    /// Nothing if there is none of that name.
    const reflected::index* find_index(std::string_view name) const noexcept;
    const reflected::foreign_key* find_foreign_key(std::string_view name) const noexcept;
};
BOOST_DESCRIBE_STRUCT(table, (),
                      (relation, columns, primary_key, foreign_keys, unique_constraints, check_constraints,
                       exclusion_constraints, indexes, triggers, policies, privileges, children, view_definition))

std::ostream& operator<<(std::ostream& stream, const table& value);

} // namespace coropq::reflected

#endif
