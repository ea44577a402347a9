// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_ARRAY_OID_HPP
#define COROPQ_DETAIL_ARRAY_OID_HPP

#include <coropq/types/type_oid.hpp>

#include <cstdint>

namespace coropq::detail {

/// The array types of PostgreSQL's own types (src/include/catalog/pg_type.dat); 0 for other types. At compile time,
/// which `type_catalog` isn't for.
constexpr std::uint32_t array_oid(std::uint32_t element) noexcept {
    constexpr std::uint32_t types[][2] = {
        {type_oid::boolean, 1000},
        {type_oid::bytea, 1001},
        {type_oid::char_type, 1002},
        {type_oid::name, 1003},
        {type_oid::int8, 1016},
        {type_oid::int2, 1005},
        {type_oid::int2vector, 1006},
        {type_oid::int4, 1007},
        {type_oid::text, 1009},
        {type_oid::oid, 1028},
        {type_oid::tid, 1010},
        {type_oid::xid, 1011},
        {type_oid::cid, 1012},
        {type_oid::oidvector, 1013},
        {type_oid::json, 199},
        {type_oid::xml, 143},
        {type_oid::point, 1017},
        {type_oid::lseg, 1018},
        {type_oid::path, 1019},
        {type_oid::box, 1020},
        {type_oid::polygon, 1027},
        {type_oid::line, 629},
        {type_oid::cidr, 651},
        {type_oid::float4, 1021},
        {type_oid::float8, 1022},
        {type_oid::circle, 719},
        {type_oid::macaddr8, 775},
        {type_oid::money, 791},
        {type_oid::macaddr, 1040},
        {type_oid::inet, 1041},
        {type_oid::bpchar, 1014},
        {type_oid::varchar, 1015},
        {type_oid::date, 1182},
        {type_oid::time, 1183},
        {type_oid::timestamp, 1115},
        {type_oid::timestamptz, 1185},
        {type_oid::interval, 1187},
        {type_oid::timetz, 1270},
        {type_oid::bit, 1561},
        {type_oid::varbit, 1563},
        {type_oid::numeric, 1231},
        {type_oid::refcursor, 2201},
        {type_oid::record, 2287},
        {type_oid::cstring, 1263},
        {type_oid::uuid, 2951},
        {type_oid::pg_lsn, 3221},
        {type_oid::tsvector, 3643},
        {type_oid::tsquery, 3645},
        {type_oid::jsonb, 3807},
        {type_oid::int4range, 3905},
        {type_oid::numrange, 3907},
        {type_oid::tsrange, 3909},
        {type_oid::tstzrange, 3911},
        {type_oid::daterange, 3913},
        {type_oid::int8range, 3927},
        {type_oid::jsonpath, 4073},
        {type_oid::int4multirange, 6150},
        {type_oid::nummultirange, 6151},
        {type_oid::tsmultirange, 6152},
        {type_oid::tstzmultirange, 6153},
        {type_oid::datemultirange, 6155},
        {type_oid::int8multirange, 6157},
        {type_oid::xid8, 271},
    };
    for (const auto& type : types)
        if (type[0] == element)
            return type[1];
    return type_oid::unknown_type;
}

} // namespace coropq::detail

#endif
