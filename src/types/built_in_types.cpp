// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/built_in_types.hpp"

#include <coropq/types/type_oid.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace coropq::detail {

namespace {

// What the library makes of the binary form of a type.
enum class form : std::uint8_t {
    other,  // Passed through as text: the locale, names or structures of the server decide what the text is.
    binary, // Read and written.
    text,   // The same as the text form.
};

struct built_in_type {
    std::uint32_t oid;
    std::uint32_t array;
    std::uint32_t element;
    std::string_view catalog_name; // pg_type.typname
    std::string_view sql_name;     // format_type(oid, null)
    type_kind kind = type_kind::base;
    detail::form form = form::other;
};

// src/include/catalog/pg_type.dat and pg_range.dat of PostgreSQL 15. OIDs below 10000 are assigned by hand and never
// change.
constexpr built_in_type types[] = {
    {16, 1000, 0, "bool", "boolean", type_kind::base, form::binary},
    {17, 1001, 0, "bytea", "bytea", type_kind::base, form::binary},
    {18, 1002, 0, "char", "\"char\"", type_kind::base, form::binary},
    {19, 1003, 0, "name", "name", type_kind::base, form::text},
    {20, 1016, 0, "int8", "bigint", type_kind::base, form::binary},
    {21, 1005, 0, "int2", "smallint", type_kind::base, form::binary},
    {22, 1006, 21, "int2vector", "int2vector", type_kind::vector},
    {23, 1007, 0, "int4", "integer", type_kind::base, form::binary},
    {24, 1008, 0, "regproc", "regproc"},
    {25, 1009, 0, "text", "text", type_kind::base, form::text},
    {26, 1028, 0, "oid", "oid", type_kind::base, form::binary},
    {27, 1010, 0, "tid", "tid", type_kind::base, form::binary},
    {28, 1011, 0, "xid", "xid", type_kind::base, form::binary},
    {29, 1012, 0, "cid", "cid", type_kind::base, form::binary},
    {30, 1013, 26, "oidvector", "oidvector", type_kind::vector},
    {114, 199, 0, "json", "json", type_kind::base, form::text},
    {142, 143, 0, "xml", "xml"},
    {194, 0, 0, "pg_node_tree", "pg_node_tree"},
    {600, 1017, 0, "point", "point", type_kind::base, form::binary},
    {601, 1018, 0, "lseg", "lseg", type_kind::base, form::binary},
    {602, 1019, 0, "path", "path", type_kind::base, form::binary},
    {603, 1020, 0, "box", "box", type_kind::base, form::binary},
    {604, 1027, 0, "polygon", "polygon", type_kind::base, form::binary},
    {628, 629, 0, "line", "line", type_kind::base, form::binary},
    {650, 651, 0, "cidr", "cidr", type_kind::base, form::binary},
    {700, 1021, 0, "float4", "real", type_kind::base, form::binary},
    {701, 1022, 0, "float8", "double precision", type_kind::base, form::binary},
    {705, 0, 0, "unknown", "unknown", type_kind::base, form::text},
    {718, 719, 0, "circle", "circle", type_kind::base, form::binary},
    {774, 775, 0, "macaddr8", "macaddr8", type_kind::base, form::binary},
    {790, 791, 0, "money", "money"},
    {829, 1040, 0, "macaddr", "macaddr", type_kind::base, form::binary},
    {869, 1041, 0, "inet", "inet", type_kind::base, form::binary},
    {1033, 1034, 0, "aclitem", "aclitem"},
    {1042, 1014, 0, "bpchar", "character", type_kind::base, form::text},
    {1043, 1015, 0, "varchar", "character varying", type_kind::base, form::text},
    {1082, 1182, 0, "date", "date", type_kind::base, form::binary},
    {1083, 1183, 0, "time", "time without time zone", type_kind::base, form::binary},
    {1114, 1115, 0, "timestamp", "timestamp without time zone", type_kind::base, form::binary},
    {1184, 1185, 0, "timestamptz", "timestamp with time zone", type_kind::base, form::binary},
    {1186, 1187, 0, "interval", "interval", type_kind::base, form::binary},
    {1266, 1270, 0, "timetz", "time with time zone", type_kind::base, form::binary},
    {1560, 1561, 0, "bit", "bit", type_kind::base, form::binary},
    {1562, 1563, 0, "varbit", "bit varying", type_kind::base, form::binary},
    {1700, 1231, 0, "numeric", "numeric", type_kind::base, form::binary},
    {1790, 2201, 0, "refcursor", "refcursor", type_kind::base, form::text},
    {2202, 2207, 0, "regprocedure", "regprocedure"},
    {2203, 2208, 0, "regoper", "regoper"},
    {2204, 2209, 0, "regoperator", "regoperator"},
    {2205, 2210, 0, "regclass", "regclass"},
    {2206, 2211, 0, "regtype", "regtype"},
    {2249, 2287, 0, "record", "record", type_kind::composite},
    {2275, 1263, 0, "cstring", "cstring", type_kind::base, form::text},
    {2276, 0, 0, "any", "\"any\""},
    {2277, 0, 0, "anyarray", "anyarray"},
    {2278, 0, 0, "void", "void", type_kind::base, form::binary},
    {2279, 0, 0, "trigger", "trigger"},
    {2280, 0, 0, "language_handler", "language_handler"},
    {2281, 0, 0, "internal", "internal"},
    {2283, 0, 0, "anyelement", "anyelement"},
    {2776, 0, 0, "anynonarray", "anynonarray"},
    {2950, 2951, 0, "uuid", "uuid", type_kind::base, form::binary},
    {2970, 2949, 0, "txid_snapshot", "txid_snapshot"},
    {3220, 3221, 0, "pg_lsn", "pg_lsn", type_kind::base, form::binary},
    {3361, 0, 0, "pg_ndistinct", "pg_ndistinct"},
    {3402, 0, 0, "pg_dependencies", "pg_dependencies"},
    {3500, 0, 0, "anyenum", "anyenum"},
    {3614, 3643, 0, "tsvector", "tsvector"},
    {3615, 3645, 0, "tsquery", "tsquery"},
    {3642, 3644, 0, "gtsvector", "gtsvector"},
    {3734, 3735, 0, "regconfig", "regconfig"},
    {3769, 3770, 0, "regdictionary", "regdictionary"},
    {3802, 3807, 0, "jsonb", "jsonb", type_kind::base, form::binary},
    {3831, 0, 0, "anyrange", "anyrange"},
    {3838, 0, 0, "event_trigger", "event_trigger"},
    {3904, 3905, 23, "int4range", "int4range", type_kind::range},
    {3906, 3907, 1700, "numrange", "numrange", type_kind::range},
    {3908, 3909, 1114, "tsrange", "tsrange", type_kind::range},
    {3910, 3911, 1184, "tstzrange", "tstzrange", type_kind::range},
    {3912, 3913, 1082, "daterange", "daterange", type_kind::range},
    {3926, 3927, 20, "int8range", "int8range", type_kind::range},
    {4072, 4073, 0, "jsonpath", "jsonpath"},
    {4089, 4090, 0, "regnamespace", "regnamespace"},
    {4096, 4097, 0, "regrole", "regrole"},
    {4191, 4192, 0, "regcollation", "regcollation"},
    {4451, 6150, 3904, "int4multirange", "int4multirange", type_kind::multirange},
    {4532, 6151, 3906, "nummultirange", "nummultirange", type_kind::multirange},
    {4533, 6152, 3908, "tsmultirange", "tsmultirange", type_kind::multirange},
    {4534, 6153, 3910, "tstzmultirange", "tstzmultirange", type_kind::multirange},
    {4535, 6155, 3912, "datemultirange", "datemultirange", type_kind::multirange},
    {4536, 6157, 3926, "int8multirange", "int8multirange", type_kind::multirange},
    {4537, 0, 0, "anymultirange", "anymultirange"},
    {4600, 0, 0, "pg_brin_bloom_summary", "pg_brin_bloom_summary"},
    {4601, 0, 0, "pg_brin_minmax_multi_summary", "pg_brin_minmax_multi_summary"},
    {5017, 0, 0, "pg_mcv_list", "pg_mcv_list"},
    {5038, 5039, 0, "pg_snapshot", "pg_snapshot"},
    {5069, 271, 0, "xid8", "xid8", type_kind::base, form::binary},
};

// What SQL's grammar says for types that the server calls otherwise. `char` without quotes is `character`.
constexpr std::pair<std::string_view, std::uint32_t> other_names[] = {
    {"char", type_oid::bpchar},     {"char[]", 1014},    {"dec", type_oid::numeric},  {"dec[]", 1231},
    {"decimal", type_oid::numeric}, {"decimal[]", 1231}, {"float", type_oid::float8}, {"float[]", 1022},
    {"int", type_oid::int4},        {"int[]", 1007},
};

constexpr std::size_t oid_limit = [] {
    std::uint32_t largest = 0;
    for (const built_in_type& type : types)
        largest = std::max({largest, type.oid, type.array});
    return largest + 1;
}();

class built_in_types {
public:
    built_in_types() {
        descriptions_.reserve(2 * std::size(types)); // names refer to the strings in it
        for (const built_in_type& type : types)
            add(type);
        for (const auto& [name, oid] : other_names)
            names_.emplace_back(name, oid);
        std::ranges::stable_sort(names_, {}, &std::pair<std::string, std::uint32_t>::first);
    }

    const type_description* find(std::uint32_t oid) const noexcept {
        if (oid >= oid_limit || positions_[oid] == 0)
            return nullptr;
        return &descriptions_[positions_[oid] - 1U];
    }

    std::uint32_t find(std::string_view name) const noexcept {
        const auto found = std::ranges::lower_bound(names_, name, {},
                                                    [](const auto& entry) -> std::string_view { return entry.first; });
        return found != names_.end() && found->first == name ? found->second : 0;
    }

private:
    void add(const built_in_type& type) {
        type_description description;
        description.oid = type.oid;
        description.name = type.sql_name;
        description.kind = type.kind;
        description.element = type.element;
        description.array = type.array;
        description.has_text_bytes = type.form == form::text;
        description.is_binary = type.form != form::other;
        description.delimiter = type.oid == type_oid::box ? ';' : ',';
        // `char` of pg_type is what SQL calls `"char"`.
        if (type.oid != type_oid::char_type) {
            name(std::string(type.catalog_name), type.oid);
            if (type.array != 0)
                name(std::string(type.catalog_name) + "[]", type.array);
        }
        if (type.array != 0) {
            type_description array;
            array.oid = type.array;
            array.name = description.name + "[]";
            array.kind = type_kind::array;
            array.element = type.oid;
            array.delimiter = description.delimiter;
            name(std::string("_").append(type.catalog_name), type.array);
            if (type.sql_name != type.catalog_name)
                name(array.name, type.array);
            keep(std::move(array));
        }
        if (type.sql_name != type.catalog_name)
            name(description.name, type.oid);
        keep(std::move(description));
    }

    void keep(type_description description) {
        const std::uint32_t oid = description.oid;
        descriptions_.push_back(std::move(description));
        positions_[oid] = static_cast<std::uint8_t>(descriptions_.size());
    }
    void name(std::string name, std::uint32_t oid) { names_.emplace_back(std::move(name), oid); }

    static_assert(2 * std::size(types) < 256);

    std::vector<type_description> descriptions_;
    std::array<std::uint8_t, oid_limit> positions_{}; // plus one; 0 for none
    std::vector<std::pair<std::string, std::uint32_t>> names_;
};

const built_in_types& all() {
    // Never destroyed: results that live in static objects may still need it.
    static const built_in_types& types_of_server = *new built_in_types;
    return types_of_server;
}

} // namespace

const type_description* find_built_in_type(std::uint32_t oid) noexcept { return all().find(oid); }

std::string_view find_built_in_catalog_name(std::uint32_t oid) noexcept {
    const auto place = std::find_if(std::begin(types), std::end(types),
                                    [oid](const built_in_type& type) { return type.oid == oid || type.array == oid; });
    return oid == 0 || place == std::end(types) ? std::string_view() : place->catalog_name;
}

std::uint32_t find_built_in_name(std::string_view name) noexcept { return all().find(name); }

} // namespace coropq::detail
