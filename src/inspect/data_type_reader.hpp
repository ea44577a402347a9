// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DATA_TYPE_READER_HPP
#define COROPQ_SRC_INSPECT_DATA_TYPE_READER_HPP

#include <coropq/inspect/data_type.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace coropq::detail {

/// Output columns of a query that tell a type: see `data_type_row`. Each argument is an SQL expression: its OID, its
/// modifier and the number of dimensions that were declared. They need what `data_type_joins` adds.
std::string data_type_columns(std::string_view modifier, std::string_view dimensions);

/// `left join`s: `t` the type, `e` the type of its elements if it is an array, and their schemas.
std::string data_type_joins(std::string_view oid);

/// What these columns are read as. Without a type (of the outer side of a left join) it is empty.
struct data_type_row {
    std::string_view type_text;
    std::string_view type_schema;
    std::string_view type_name;
    std::uint32_t type_oid = 0;
    std::string_view type_kind;
    std::uint32_t type_array_oid = 0;
    int type_modifier = -1;
    int type_dimensions = 0;
};
BOOST_DESCRIBE_STRUCT(data_type_row, (),
                      (type_text, type_schema, type_name, type_oid, type_kind, type_array_oid, type_modifier,
                       type_dimensions))

/// Whether the type vanished while it was read.
bool is_vanished(const data_type_row& row) noexcept;

reflected::data_type to_data_type(const data_type_row& row);

/// Fills in what the modifier of one of PostgreSQL's own types says.
void decode_modifier(reflected::data_type& type);

/// The OIDs of those types whose text `add_modifier_text` knows as well as the server, as a list of SQL: they are
/// nearly all that have a modifier.
inline constexpr std::string_view types_with_known_text = "1042, 1043, 1083, 1114, 1184, 1266, 1700";

/// Gives one of these types, which isn't an array, the text that the server has for it with its modifier, which has
/// been decoded.
void add_modifier_text(reflected::data_type& type);

} // namespace coropq::detail

#endif
