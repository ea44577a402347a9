// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_TABLE_ORDER_HPP
#define COROPQ_SRC_INSPECT_TABLE_ORDER_HPP

#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/table_order.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

/// A table and what has to be there before it.
struct table_dependencies {
    struct foreign_key {
        std::string name;
        reflected::qualified_name referred;
    };

    reflected::qualified_name table;
    std::vector<foreign_key> foreign_keys;
    std::vector<reflected::qualified_name> parents; ///< What it inherits from, or is a partition of.
};

/// The order in which tables can be created, by name where there is a choice. A key waits (is deferred) only if it
/// refers to a table that comes later, which happens within a circle of keys only: one circle doesn't disturb the order
/// of other tables. Parents always come first. Tables that aren't in the list are taken to be there already.
reflected::table_order order_tables(std::vector<table_dependencies> tables);

} // namespace coropq::detail

#endif
