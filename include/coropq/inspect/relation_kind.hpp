// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_RELATION_KIND_HPP
#define COROPQ_INSPECT_RELATION_KIND_HPP

#include <boost/describe/enum.hpp>

#include <cstdint>

namespace coropq::reflected {

/// What can be selected from like a table.
enum class relation_kind : std::uint8_t { table, partitioned_table, foreign_table, view, materialized_view };
BOOST_DESCRIBE_ENUM(relation_kind, table, partitioned_table, foreign_table, view, materialized_view)

} // namespace coropq::reflected

#endif
