// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_QUERY_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_QUERY_HPP

#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace coropq::detail {

/// The row of `snapshot_header_query`.
struct snapshot_header_row {
    std::string database;
    int server_version = 0;
    std::vector<std::string> search_path;
    std::vector<std::string> lent_names; ///< Of the columns of pg_class.
};
BOOST_DESCRIBE_STRUCT(snapshot_header_row, (), (database, server_version, search_path, lent_names))

statement snapshot_header_query();

/// The definition of a view by its OID: NULL if it vanished meanwhile. `within`: see `without_waiting`.
statement view_definition_query(std::uint32_t view, bool within);

} // namespace coropq::detail

#endif
