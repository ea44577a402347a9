// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/data_type_reader.hpp"

#include "inspect/codes.hpp"

#include <coropq/types/type_oid.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace coropq::detail {

// format_type of a type that vanishes meanwhile is "???", no error.
std::string data_type_columns(std::string_view modifier, std::string_view dimensions) {
    return "coalesce(pg_catalog.format_type(t.oid, " + std::string(modifier) +
           "), '') as type_text, "
           "coalesce(cast(en.nspname as text), cast(tn.nspname as text), '') as type_schema, "
           "coalesce(cast(e.typname as text), cast(t.typname as text), '') as type_name, "
           "coalesce(e.oid, t.oid, 0) as type_oid, "
           "coalesce(cast(e.typtype as text), cast(t.typtype as text), '') as type_kind, "
           "case when e.oid is null then 0 else t.oid end as type_array_oid, coalesce(" +
           std::string(modifier) + ", -1) as type_modifier, cast(coalesce(" + std::string(dimensions) +
           ", 0) as integer) as type_dimensions";
}

// A true array is one whose element says so: not oidvector, point and others that only have a type of elements.
std::string data_type_joins(std::string_view oid) {
    return " left join pg_catalog.pg_type t on t.oid = " + std::string(oid) +
           " left join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace"
           " left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid"
           " left join pg_catalog.pg_namespace en on en.oid = e.typnamespace ";
}

bool is_vanished(const data_type_row& row) noexcept { return row.type_oid == 0 || row.type_text == "???"; }

reflected::data_type to_data_type(const data_type_row& row) {
    reflected::data_type type;
    type.text = row.type_text;
    type.schema = row.type_schema;
    type.name = row.type_name;
    type.oid = row.type_oid;
    type.kind = type_kind_of(row.type_kind);
    type.array_oid = row.type_array_oid;
    type.dimensions = row.type_array_oid == 0 ? 0 : std::max(row.type_dimensions, 1);
    type.modifier = row.type_modifier;
    decode_modifier(type);
    return type;
}

namespace {

constexpr int length_of_header = 4; // VARHDRSZ, which the modifiers of some types count in

// Bits of an interval's fields: src/include/utils/datetime.h of PostgreSQL, INTERVAL_MASK.
constexpr unsigned month = 1U << 1, year = 1U << 2, day = 1U << 3, hour = 1U << 10, minute = 1U << 11,
                   second = 1U << 12;

std::string fields_of(unsigned mask) {
    switch (mask) {
    case year: return "year";
    case month: return "month";
    case day: return "day";
    case hour: return "hour";
    case minute: return "minute";
    case second: return "second";
    case year | month: return "year to month";
    case day | hour: return "day to hour";
    case day | hour | minute: return "day to minute";
    case day | hour | minute | second: return "day to second";
    case hour | minute: return "hour to minute";
    case hour | minute | second: return "hour to second";
    case minute | second: return "minute to second";
    default: return {};
    }
}

void decode_numeric(reflected::data_type& type) {
    const auto bits = static_cast<unsigned>(type.modifier - length_of_header);
    type.precision = static_cast<int>(bits >> 16 & 0xffffU);
    // Eleven bits with a sign: src/backend/utils/adt/numeric.c, numeric_typmod_scale.
    type.scale = static_cast<int>((bits & 0x7ffU) ^ 1024U) - 1024;
}

void decode_interval(reflected::data_type& type) {
    const auto bits = static_cast<unsigned>(type.modifier);
    if ((bits & 0xffffU) != 0xffffU) // INTERVAL_FULL_PRECISION
        type.precision = static_cast<int>(bits & 0xffffU);
    type.interval_fields = fields_of(bits >> 16 & 0x7fffU);
}

} // namespace

void decode_modifier(reflected::data_type& type) {
    if (type.modifier < 0)
        return;
    switch (type.oid) {
    case type_oid::varchar:
    case type_oid::bpchar: type.length = type.modifier - length_of_header; break;
    case type_oid::bit:
    case type_oid::varbit: type.length = type.modifier; break;
    case type_oid::numeric: decode_numeric(type); break;
    case type_oid::time:
    case type_oid::timetz:
    case type_oid::timestamp:
    case type_oid::timestamptz: type.precision = type.modifier; break;
    case type_oid::interval: decode_interval(type); break;
    default: break;
    }
}

// As format_type_extended (src/backend/utils/adt/format_type.c of PostgreSQL) and the functions "typmodout" of the
// types do.
void add_modifier_text(reflected::data_type& type) {
    const auto with = [](std::optional<int> number) {
        return number && *number > 0 ? '(' + std::to_string(*number) + ')' : std::string();
    };
    const std::string precision = type.precision ? '(' + std::to_string(*type.precision) + ')' : std::string();
    switch (type.oid) {
    case type_oid::bpchar: type.text = "character" + with(type.length); break;
    case type_oid::varchar: type.text = "character varying" + with(type.length); break;
    case type_oid::time: type.text = "time" + precision + " without time zone"; break;
    case type_oid::timetz: type.text = "time" + precision + " with time zone"; break;
    case type_oid::timestamp: type.text = "timestamp" + precision + " without time zone"; break;
    case type_oid::timestamptz: type.text = "timestamp" + precision + " with time zone"; break;
    case type_oid::numeric:
        type.text = "numeric(" + std::to_string(type.precision.value_or(0)) + ',' +
                    std::to_string(type.scale.value_or(0)) + ')';
        break;
    default: break;
    }
}

} // namespace coropq::detail
