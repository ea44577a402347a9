// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/conversion.hpp"

#include <coropq/types/type_oid.hpp>

namespace coropq::detail {

void binary_to_text(const type_catalog& types, std::uint32_t type, std::string_view binary, std::string& text) {
    text_maker(types, binary.size()).convert(type, binary, text);
}

void text_maker::convert(std::uint32_t type, std::string_view binary, std::string& text) {
    switch (type) {
    case type_oid::boolean: return boolean_to_text(binary, text);
    case type_oid::int2: return integer_to_text<std::int16_t>(binary, text);
    case type_oid::int4: return integer_to_text<std::int32_t>(binary, text);
    case type_oid::int8: return integer_to_text<std::int64_t>(binary, text);
    case type_oid::oid:
    case type_oid::xid:
    case type_oid::cid: return integer_to_text<std::uint32_t>(binary, text);
    case type_oid::xid8: return integer_to_text<std::uint64_t>(binary, text);
    case type_oid::float4: return float_to_text<float>(binary, text);
    case type_oid::float8: return float_to_text<double>(binary, text);
    case type_oid::numeric: return numeric_to_text(binary, text);
    case type_oid::bytea: return bytea_to_text(binary, text);
    case type_oid::char_type: return char_to_text(binary, text);
    case type_oid::bit:
    case type_oid::varbit: return bits_to_text(binary, text);
    case type_oid::uuid: return uuid_to_text(binary, text);
    case type_oid::jsonb: return jsonb_to_text(binary, text);
    case type_oid::tid: return tid_to_text(binary, text);
    case type_oid::pg_lsn: return lsn_to_text(binary, text);
    case type_oid::date: return date_to_text(binary, text);
    case type_oid::time: return time_to_text(binary, text);
    case type_oid::timetz: return timetz_to_text(binary, text);
    case type_oid::timestamp: return timestamp_to_text(binary, text);
    case type_oid::timestamptz: return timestamptz_to_text(binary, text);
    case type_oid::interval: return interval_to_text(binary, text);
    case type_oid::inet: return inet_to_text(binary, false, text);
    case type_oid::cidr: return inet_to_text(binary, true, text);
    case type_oid::macaddr: return macaddr_to_text(binary, 6, text);
    case type_oid::macaddr8: return macaddr_to_text(binary, 8, text);
    case type_oid::point:
    case type_oid::line:
    case type_oid::lseg:
    case type_oid::box:
    case type_oid::path:
    case type_oid::polygon:
    case type_oid::circle: return geometry_to_text(type, binary, text);
    case type_oid::void_type: return binary.empty() ? void() : throw_senseless_bytes();
    default: return convert_described(type, binary, text);
    }
}

void text_maker::convert_described(std::uint32_t type, std::string_view binary, std::string& text) {
    const nesting step(depth_);
    const type_description* found = types_.find(type);
    if (found) {
        switch (found->kind) {
        case type_kind::array: return convert_array(found->element, binary, text);
        case type_kind::vector: return convert_vector(found->element, binary, text);
        case type_kind::range: return convert_range(found->element, binary, text);
        case type_kind::multirange: return convert_multirange(found->element, binary, text);
        case type_kind::composite: return convert_composite(binary, text);
        case type_kind::domain: return convert(found->element, binary, text);
        case type_kind::enumeration: text.append(binary); return;
        case type_kind::base:
            if (found->is_hstore)
                return hstore_to_text(binary, text);
            if (found->has_text_bytes) {
                text.append(binary);
                return;
            }
            break;
        case type_kind::unknown: break;
        }
    }
    throw value_error("the library doesn't know the binary form of the type");
}

} // namespace coropq::detail
