// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SCHEMA_SNAPSHOT_HPP
#define COROPQ_INSPECT_SCHEMA_SNAPSHOT_HPP

#include <coropq/inspect/table.hpp>
#include <coropq/inspect/user_types.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <vector>

namespace coropq::reflected {

/// What the schemas contained at one moment.
struct schema_snapshot {
    by_relation<table> tables; ///< And views and materialized views.
    std::vector<enum_type> enums;
    std::vector<domain_type> domains;

    friend bool operator==(const schema_snapshot&, const schema_snapshot&) = default;
};
BOOST_DESCRIBE_STRUCT(schema_snapshot, (), (tables, enums, domains))

} // namespace coropq::reflected

#endif
