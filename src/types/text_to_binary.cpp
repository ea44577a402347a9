// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/conversion.hpp"

#include <coropq/types/type_oid.hpp>

namespace coropq::detail {

void text_to_binary(const type_catalog& types, std::uint32_t type, std::string_view text, std::string& binary) {
    binary_maker(types).convert(type, text, binary);
}

void binary_maker::convert(std::uint32_t type, std::string_view text, std::string& binary) {
    switch (type) {
    case type_oid::boolean: return boolean_to_binary(text, binary);
    case type_oid::int2: return integer_to_binary<std::int16_t>(text, binary);
    case type_oid::int4: return integer_to_binary<std::int32_t>(text, binary);
    case type_oid::int8: return integer_to_binary<std::int64_t>(text, binary);
    case type_oid::oid:
    case type_oid::xid:
    case type_oid::cid: return integer_to_binary<std::uint32_t>(text, binary);
    case type_oid::xid8: return integer_to_binary<std::uint64_t>(text, binary);
    case type_oid::float4: return float_to_binary<float>(text, binary);
    case type_oid::float8: return float_to_binary<double>(text, binary);
    case type_oid::numeric: return numeric_to_binary(text, binary);
    case type_oid::bytea: return bytea_to_binary(text, binary);
    case type_oid::char_type: return char_to_binary(text, binary);
    case type_oid::bit:
    case type_oid::varbit: return bits_to_binary(text, binary);
    case type_oid::uuid: return uuid_to_binary(text, binary);
    case type_oid::jsonb: return jsonb_to_binary(text, binary);
    case type_oid::tid: return tid_to_binary(text, binary);
    case type_oid::pg_lsn: return lsn_to_binary(text, binary);
    case type_oid::date: return date_to_binary(text, binary);
    case type_oid::time: return time_to_binary(text, binary);
    case type_oid::timetz: return timetz_to_binary(text, binary);
    case type_oid::timestamp: return timestamp_to_binary(text, binary);
    case type_oid::timestamptz: return timestamptz_to_binary(text, binary);
    case type_oid::interval: return interval_to_binary(text, binary);
    case type_oid::inet: return inet_to_binary(text, false, binary);
    case type_oid::cidr: return inet_to_binary(text, true, binary);
    case type_oid::macaddr: return macaddr_to_binary(text, 6, binary);
    case type_oid::macaddr8: return macaddr_to_binary(text, 8, binary);
    case type_oid::point:
    case type_oid::line:
    case type_oid::lseg:
    case type_oid::box:
    case type_oid::path:
    case type_oid::polygon:
    case type_oid::circle: return geometry_to_binary(type, text, binary);
    case type_oid::void_type: return text.empty() ? void() : throw_senseless_text();
    default: return convert_described(type, text, binary);
    }
}

void binary_maker::convert_described(std::uint32_t type, std::string_view text, std::string& binary) {
    const nesting step(depth_);
    const type_description* found = types_.find(type);
    if (found) {
        switch (found->kind) {
        case type_kind::array: return convert_array(found->element, text, binary);
        case type_kind::vector: return convert_vector(found->element, text, binary);
        case type_kind::range: return convert_range(found->element, text, binary);
        case type_kind::multirange: return convert_multirange(found->element, text, binary);
        case type_kind::composite: return convert_composite(*found, text, binary);
        case type_kind::domain: return convert(found->element, text, binary);
        case type_kind::base:
            if (found->is_hstore)
                return hstore_to_binary(text, binary);
            break;
        case type_kind::enumeration:
        case type_kind::unknown: break;
        }
    }
    binary.append(text); // the same in both forms, or nothing that the library could convert
}

void binary_maker::convert_part(std::uint32_t type, std::string_view text, std::string& binary) {
    length_prefix length(binary);
    convert(type, text, binary);
    length.end();
}

} // namespace coropq::detail
