// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_COLUMNS_QUERY_HPP
#define COROPQ_SRC_INSPECT_COLUMNS_QUERY_HPP

#include "inspect/data_type_reader.hpp"

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A row of `columns_query`, in any order. Depth 0: a column; its position is 0 when the relation has none. Depth n >
/// 0: the type that the n-th domain on the way down from the column's type is made of; only the type is filled in then,
/// and `not_null` is that of the domain.
struct column_row : data_type_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    int position = 0;
    int depth = 0;
    std::string_view name;
    bool not_null = false;
    bool has_default = false;
    std::optional<std::string_view> expression; ///< The default, or what computes the column.
    std::string_view generated;
    std::string_view identity;
    std::optional<std::string_view> collation_schema;
    std::optional<std::string_view> collation_name;
    std::optional<std::string_view> description;
    std::optional<std::string_view> sequence_schema;
    std::optional<std::string_view> sequence_name;
    std::optional<std::int64_t> sequence_start;
    std::optional<std::int64_t> sequence_increment;
    std::optional<std::int64_t> sequence_minimum;
    std::optional<std::int64_t> sequence_maximum;
    std::optional<std::int64_t> sequence_cache;
    std::optional<bool> sequence_cycle;
    bool is_local = true;
    int inherited_count = 0;
    std::string_view storage;
    std::string_view compression;
    std::optional<int> statistics_target;
    std::optional<std::vector<std::string>> options;
    std::optional<std::vector<std::string>> foreign_options;
};
BOOST_DESCRIBE_STRUCT(column_row, (data_type_row),
                      (relation, schema_name, relation_name, position, depth, name, not_null, has_default, expression,
                       generated, identity, collation_schema, collation_name, description, sequence_schema,
                       sequence_name, sequence_start, sequence_increment, sequence_minimum, sequence_maximum,
                       sequence_cache, sequence_cycle, is_local, inherited_count, storage, compression,
                       statistics_target, options, foreign_options))

statement columns_query(const relation_selection& selection);

} // namespace coropq::detail

#endif
