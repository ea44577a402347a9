// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/type_lookup.hpp"

#include <coropq/types/array.hpp>

#include <algorithm>

namespace coropq::detail {

namespace {

// The walk from a type to what it is made of stops at types that every server has. Everything is cast, because the
// answer comes before anything is known about types; estimates stay low enough for the server not to compile it.
constexpr std::string_view lookup_text = R"(
with recursive asked (name, oid) as (
    select a.name, pg_catalog.to_regtype(a.name)::pg_catalog.oid
    from pg_catalog.unnest($2::pg_catalog.text[]) as a (name)
), needed (oid) as (
    select * from pg_catalog.unnest($1::pg_catalog.int8[])
    union
    select a.oid::pg_catalog.int8 from asked a where a.oid is not null
    union
    select p.part::pg_catalog.int8
    from needed n, lateral (
        select t.typelem from pg_catalog.pg_type t where t.oid = n.oid::pg_catalog.oid
        union all
        select t.typbasetype from pg_catalog.pg_type t where t.oid = n.oid::pg_catalog.oid
        union all
        select a.atttypid from pg_catalog.pg_type t join pg_catalog.pg_attribute a on a.attrelid = t.typrelid
        where t.oid = n.oid::pg_catalog.oid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
        union all
        select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = n.oid::pg_catalog.oid
        union all
        select r.rngtypid from pg_catalog.pg_range r where r.rngmultitypid = n.oid::pg_catalog.oid
    ) as p (part)
    where p.part <> 0 and n.oid >= 10000
)
select t.oid::pg_catalog.int8 as oid,
       pg_catalog.format_type(t.oid, null) as name,
       t.typtype::pg_catalog.text as kind,
       t.typlen::pg_catalog.int4 as size,
       t.typelem::pg_catalog.int8 as element,
       t.typarray::pg_catalog.int8 as array,
       t.typbasetype::pg_catalog.int8 as base,
       t.typdelim::pg_catalog.text as delimiter,
       (t.typsubscript = 'pg_catalog.array_subscript_handler'::pg_catalog.regproc) as is_array,
       (select r.rngsubtype::pg_catalog.int8 from pg_catalog.pg_range r where r.rngtypid = t.oid) as subtype,
       (select r.rngtypid::pg_catalog.int8 from pg_catalog.pg_range r where r.rngmultitypid = t.oid) as range,
       array(select a.attname::pg_catalog.text from pg_catalog.pg_attribute a
             where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
             order by a.attnum) as attribute_names,
       array(select a.atttypid::pg_catalog.int8 from pg_catalog.pg_attribute a
             where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
             order by a.attnum) as attribute_types,
       (select e.extname::pg_catalog.text from pg_catalog.pg_depend d
        join pg_catalog.pg_extension e on e.oid = d.refobjid
        where d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass and d.objid = t.oid and d.deptype = 'e'
          and d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass limit 1) as extension,
       t.typname::pg_catalog.text as short_name,
       array(select a.name from asked a where a.oid = t.oid) as asked_as
from pg_catalog.pg_type t where t.oid in (select n.oid::pg_catalog.oid from needed n))";

std::uint32_t oid_of(const field& value) {
    return static_cast<std::uint32_t>(value.as<std::optional<std::int64_t>>().value_or(0));
}

void describe_base(type_description& type, const row& entry) {
    type.kind = type_kind::base;
    const auto extension = entry["extension"].as<std::optional<std::string>>().value_or("");
    const auto short_name = entry["short_name"].as<std::string>();
    if (extension == "hstore" && short_name == "hstore")
        type.is_hstore = type.is_binary = true;
    if (extension == "citext" && short_name == "citext")
        type.has_text_bytes = type.is_binary = true;
}

void describe_composite(type_description& type, const row& entry) {
    type.kind = type_kind::composite;
    const auto names = entry["attribute_names"].as<std::vector<std::string>>();
    const auto types = entry["attribute_types"].as<std::vector<std::int64_t>>();
    for (std::size_t i = 0; i != std::min(names.size(), types.size()); ++i)
        type.attributes.push_back({names[i], static_cast<std::uint32_t>(types[i])});
}

type_description description_of(const row& entry) {
    type_description type;
    type.oid = oid_of(entry["oid"]);
    type.name = entry["name"].as<std::string>();
    type.array = oid_of(entry["array"]);
    const auto delimiter = entry["delimiter"].as<std::string>();
    type.delimiter = delimiter.empty() ? ',' : delimiter.front();
    const auto kind = entry["kind"].as<std::string>();
    if (kind == "e") {
        type.kind = type_kind::enumeration;
        type.has_text_bytes = type.is_binary = true;
    } else if (kind == "c") {
        describe_composite(type, entry);
    } else if (kind == "d") {
        type.kind = type_kind::domain;
        type.element = oid_of(entry["base"]);
    } else if (kind == "r") {
        type.kind = type_kind::range;
        type.element = oid_of(entry["subtype"]);
    } else if (kind == "m") {
        type.kind = type_kind::multirange;
        type.element = oid_of(entry["range"]);
    } else if (entry["is_array"].as<bool>() && oid_of(entry["element"]) != 0 && entry["size"].as<int>() == -1) {
        type.kind = type_kind::array;
        type.element = oid_of(entry["element"]);
    } else {
        describe_base(type, entry);
    }
    return type;
}

} // namespace

statement type_lookup(const std::vector<std::uint32_t>& oids, const std::vector<std::string>& names) {
    const std::vector<std::int64_t> wide(oids.begin(), oids.end());
    return statement(lookup_text, wide, names);
}

void add_types(type_registry& registry, const result& answer, const std::vector<std::uint32_t>& oids) {
    std::vector<type_description> types;
    std::vector<std::pair<std::string, std::uint32_t>> names;
    for (const row entry : answer) {
        type_description type = description_of(entry);
        for (std::string& name : entry["asked_as"].as<std::vector<std::string>>())
            names.emplace_back(std::move(name), type.oid);
        // What is built in is known better, and its OID stands for it in every database.
        if (const type_description* known = type_catalog::built_in().find(type.oid); !known)
            types.push_back(std::move(type));
    }
    for (const std::uint32_t oid : oids) {
        const auto has_oid = [oid](const type_description& type) { return type.oid == oid; };
        if (std::none_of(types.begin(), types.end(), has_oid) && !type_catalog::built_in().find(oid)) {
            type_description& missing = types.emplace_back();
            missing.oid = oid;
        }
    }
    registry.add(std::move(types), std::move(names));
}

} // namespace coropq::detail
