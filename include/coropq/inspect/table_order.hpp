// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_TABLE_ORDER_HPP
#define COROPQ_INSPECT_TABLE_ORDER_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace coropq::reflected {

/// A table, and the names of the foreign keys that can be created with it.
struct ordered_table {
    qualified_name table;
    std::vector<std::string> foreign_keys;

    friend bool operator==(const ordered_table&, const ordered_table&) = default;
};
BOOST_DESCRIBE_STRUCT(ordered_table, (), (table, foreign_keys))

/// A foreign key that has to wait until all tables are there. Its name is unique in its table only.
struct deferred_foreign_key {
    qualified_name table;
    std::string name;

    friend bool operator==(const deferred_foreign_key&, const deferred_foreign_key&) = default;
};
BOOST_DESCRIBE_STRUCT(deferred_foreign_key, (), (table, name))

/// An order in which tables can be created; backwards, one in which they can be dropped.
struct table_order {
    std::vector<ordered_table> tables;
    std::vector<deferred_foreign_key> deferred;

    friend bool operator==(const table_order&, const table_order&) = default;
};
BOOST_DESCRIBE_STRUCT(table_order, (), (tables, deferred))

std::ostream& operator<<(std::ostream& stream, const ordered_table& value);
std::ostream& operator<<(std::ostream& stream, const deferred_foreign_key& value);
std::ostream& operator<<(std::ostream& stream, const table_order& value);

} // namespace coropq::reflected

#endif
