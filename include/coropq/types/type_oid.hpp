// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_TYPE_OID_HPP
#define COROPQ_TYPES_TYPE_OID_HPP

#include <cstdint>

/// The OIDs of PostgreSQL's own types, which never change (src/include/catalog/pg_type.dat). Those of types that users
/// or extensions make differ from database to database: see `type_catalog`.
namespace coropq::type_oid {

inline constexpr std::uint32_t unknown_type = 0; ///< Not known; as the type of a parameter: the server finds it out.
inline constexpr std::uint32_t boolean = 16;
inline constexpr std::uint32_t bytea = 17;
inline constexpr std::uint32_t char_type = 18; ///< `"char"`, one byte.
inline constexpr std::uint32_t name = 19;
inline constexpr std::uint32_t int8 = 20;
inline constexpr std::uint32_t int2 = 21;
inline constexpr std::uint32_t int2vector = 22;
inline constexpr std::uint32_t int4 = 23;
inline constexpr std::uint32_t text = 25;
inline constexpr std::uint32_t oid = 26;
inline constexpr std::uint32_t tid = 27;
inline constexpr std::uint32_t xid = 28;
inline constexpr std::uint32_t cid = 29;
inline constexpr std::uint32_t oidvector = 30;
inline constexpr std::uint32_t json = 114;
inline constexpr std::uint32_t xml = 142;
inline constexpr std::uint32_t point = 600;
inline constexpr std::uint32_t lseg = 601;
inline constexpr std::uint32_t path = 602;
inline constexpr std::uint32_t box = 603;
inline constexpr std::uint32_t polygon = 604;
inline constexpr std::uint32_t line = 628;
inline constexpr std::uint32_t cidr = 650;
inline constexpr std::uint32_t float4 = 700;
inline constexpr std::uint32_t float8 = 701;
inline constexpr std::uint32_t unknown_literal = 705; ///< `unknown`, the type of an untyped literal.
inline constexpr std::uint32_t circle = 718;
inline constexpr std::uint32_t macaddr8 = 774;
inline constexpr std::uint32_t money = 790;
inline constexpr std::uint32_t macaddr = 829;
inline constexpr std::uint32_t inet = 869;
inline constexpr std::uint32_t bpchar = 1042;
inline constexpr std::uint32_t varchar = 1043;
inline constexpr std::uint32_t date = 1082;
inline constexpr std::uint32_t time = 1083;
inline constexpr std::uint32_t timestamp = 1114;
inline constexpr std::uint32_t timestamptz = 1184;
inline constexpr std::uint32_t interval = 1186;
inline constexpr std::uint32_t timetz = 1266;
inline constexpr std::uint32_t bit = 1560;
inline constexpr std::uint32_t varbit = 1562;
inline constexpr std::uint32_t numeric = 1700;
inline constexpr std::uint32_t refcursor = 1790;
inline constexpr std::uint32_t record = 2249;
inline constexpr std::uint32_t cstring = 2275;
inline constexpr std::uint32_t void_type = 2278;
inline constexpr std::uint32_t uuid = 2950;
inline constexpr std::uint32_t pg_lsn = 3220;
inline constexpr std::uint32_t tsvector = 3614;
inline constexpr std::uint32_t tsquery = 3615;
inline constexpr std::uint32_t jsonb = 3802;
inline constexpr std::uint32_t int4range = 3904;
inline constexpr std::uint32_t numrange = 3906;
inline constexpr std::uint32_t tsrange = 3908;
inline constexpr std::uint32_t tstzrange = 3910;
inline constexpr std::uint32_t daterange = 3912;
inline constexpr std::uint32_t int8range = 3926;
inline constexpr std::uint32_t jsonpath = 4072;
inline constexpr std::uint32_t int4multirange = 4451;
inline constexpr std::uint32_t nummultirange = 4532;
inline constexpr std::uint32_t tsmultirange = 4533;
inline constexpr std::uint32_t tstzmultirange = 4534;
inline constexpr std::uint32_t datemultirange = 4535;
inline constexpr std::uint32_t int8multirange = 4536;
inline constexpr std::uint32_t xid8 = 5069;

} // namespace coropq::type_oid

#endif
