// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The catalog of types: PostgreSQL's own (also compared with a server's in the tests with one), and those of a
// database.

#include <coropq/types/type_catalog.hpp>
#include <coropq/types/type_oid.hpp>

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace {

using coropq::type_catalog;
using coropq::type_description;
using coropq::type_kind;
namespace type_oid = coropq::type_oid;

type_description describe(std::uint32_t oid, std::string name, type_kind kind, std::uint32_t element = 0) {
    type_description type;
    type.oid = oid;
    type.name = std::move(name);
    type.kind = kind;
    type.element = element;
    return type;
}

type_description composite(std::uint32_t oid, std::initializer_list<std::uint32_t> attributes) {
    type_description type = describe(oid, "composite", type_kind::composite);
    for (const std::uint32_t attribute : attributes)
        type.attributes.push_back({"a" + std::to_string(type.attributes.size()), attribute});
    return type;
}

const type_catalog& types() { return type_catalog::built_in(); }

TEST(built_in_types, have_the_names_that_the_server_shows) {
    EXPECT_EQ(types().name_of(type_oid::int4), "integer");
    EXPECT_EQ(types().name_of(type_oid::timestamptz), "timestamp with time zone");
    EXPECT_EQ(types().name_of(type_oid::char_type), "\"char\"");
    EXPECT_EQ(types().name_of(1007), "integer[]");
    EXPECT_EQ(types().name_of(type_oid::int4multirange), "int4multirange");
    EXPECT_EQ(types().name_of(12345), "the type with OID 12345");
    EXPECT_EQ(types().name_of(0), "the type with OID 0");
    EXPECT_EQ(types().name_of(0xFFFFFFFF), "the type with OID 4294967295");
}

TEST(built_in_types, are_found_by_each_of_their_names) {
    EXPECT_EQ(types().find_by_name("int4"), type_oid::int4);
    EXPECT_EQ(types().find_by_name("integer"), type_oid::int4);
    EXPECT_EQ(types().find_by_name("int"), type_oid::int4);
    for (const char* const name : {"int4[]", "_int4", "integer[]", "int[]"})
        EXPECT_EQ(types().find_by_name(name), 1007U) << name;
    EXPECT_EQ(types().find_by_name("character varying"), type_oid::varchar);
    EXPECT_EQ(types().find_by_name("double precision"), type_oid::float8);
    EXPECT_EQ(types().find_by_name("timestamptz[]"), 1185U);
    EXPECT_EQ(types().find_by_name("\"char\""), type_oid::char_type);
    EXPECT_EQ(types().find_by_name("char"), type_oid::bpchar);
    EXPECT_EQ(types().find_by_name("char[]"), 1014U);
    EXPECT_EQ(types().find_by_name("\"char\"[]"), 1002U);
    for (const char* const name : {"", "mood", "int4[][]", "int44", "[]", "_"})
        EXPECT_EQ(types().find_by_name(name), 0U) << name;
}

TEST(built_in_types, know_what_they_are_made_of) {
    EXPECT_EQ(types().kind_of(type_oid::int4), type_kind::base);
    EXPECT_EQ(types().kind_of(1007), type_kind::array);
    EXPECT_EQ(types().element_of(1007), type_oid::int4);
    EXPECT_EQ(types().array_of(type_oid::int4), 1007U);
    EXPECT_EQ(types().kind_of(type_oid::int2vector), type_kind::vector);
    EXPECT_EQ(types().element_of(type_oid::int2vector), type_oid::int2);
    EXPECT_EQ(types().kind_of(type_oid::tstzrange), type_kind::range);
    EXPECT_EQ(types().element_of(type_oid::tstzrange), type_oid::timestamptz);
    EXPECT_EQ(types().kind_of(type_oid::tstzmultirange), type_kind::multirange);
    EXPECT_EQ(types().element_of(type_oid::tstzmultirange), type_oid::tstzrange);
    EXPECT_EQ(types().kind_of(type_oid::record), type_kind::composite);
    // A point has parts for the server's subscripts, but none with a type of their own in its binary form.
    EXPECT_EQ(types().element_of(type_oid::point), 0U);
    EXPECT_EQ(types().find(type_oid::box)->delimiter, ';');
    EXPECT_EQ(types().kind_of(99999), type_kind::unknown);
    EXPECT_EQ(types().find(99999), nullptr);
    EXPECT_EQ(types().find(0), nullptr);
    EXPECT_EQ(types().element_of(99999), 0U);
    EXPECT_EQ(types().array_of(99999), 0U);
    EXPECT_EQ(types().base_of(99999), 99999U);
}

TEST(built_in_types, are_binary_where_the_library_knows_the_form) {
    for (const std::uint32_t type :
         {type_oid::boolean,   type_oid::bytea,         type_oid::char_type, type_oid::int2vector,
          type_oid::json,      type_oid::jsonb,         type_oid::inet,      type_oid::polygon,
          type_oid::numeric,   type_oid::interval,      type_oid::uuid,      type_oid::varbit,
          type_oid::int4range, type_oid::nummultirange, type_oid::void_type, type_oid::unknown_literal,
          type_oid::xid8,      std::uint32_t(1007),     std::uint32_t(3807), std::uint32_t(6150)})
        EXPECT_TRUE(types().is_binary(type)) << types().name_of(type);
    for (const std::uint32_t type :
         {type_oid::money, type_oid::xml, type_oid::tsvector, type_oid::tsquery, type_oid::jsonpath, type_oid::record,
          std::uint32_t(2205) /* regclass */, std::uint32_t(2287) /* record[] */, std::uint32_t(791) /* money[] */,
          std::uint32_t(1033) /* aclitem */, std::uint32_t(0), std::uint32_t(99999)})
        EXPECT_FALSE(types().is_binary(type)) << types().name_of(type);
}

TEST(built_in_types, have_text_bytes_where_both_forms_are_the_same) {
    for (const std::uint32_t type : {type_oid::text, type_oid::varchar, type_oid::bpchar, type_oid::name,
                                     type_oid::json, type_oid::cstring, type_oid::refcursor, type_oid::unknown_literal})
        EXPECT_TRUE(types().has_text_bytes(type)) << types().name_of(type);
    for (const std::uint32_t type :
         {type_oid::jsonb, type_oid::xml, type_oid::char_type, type_oid::bytea, std::uint32_t(1009), std::uint32_t(0)})
        EXPECT_FALSE(types().has_text_bytes(type)) << types().name_of(type);
}

TEST(larger_catalog, has_the_built_in_types_and_the_new_ones) {
    type_description citext = describe(20001, "citext", type_kind::base);
    citext.has_text_bytes = true;
    type_description hstore = describe(20002, "hstore", type_kind::base);
    hstore.is_hstore = true;
    const auto first = types().with({citext, hstore, describe(20003, "mood", type_kind::enumeration),
                                     describe(20004, "mood[]", type_kind::array, 20003)},
                                    {{"citext", 20001}, {"\"Mood\"", 20003}});
    const auto larger = first->with({describe(20005, "small", type_kind::domain, type_oid::int4),
                                     describe(20006, "smaller", type_kind::domain, 20005),
                                     describe(20007, "small[]", type_kind::array, 20005),
                                     describe(20008, "point_like", type_kind::base)},
                                    {{"int4", 20005}});
    EXPECT_EQ(larger->name_of(20003), "mood");
    EXPECT_EQ(larger->name_of(type_oid::int4), "integer");
    EXPECT_EQ(larger->find_by_name("citext"), 20001U);
    EXPECT_EQ(larger->find_by_name("\"Mood\""), 20003U);
    EXPECT_EQ(larger->find_by_name("int4"), 20005U) << "what the database says comes first";
    EXPECT_EQ(first->find_by_name("int4"), type_oid::int4) << "a catalog never changes";
    EXPECT_EQ(first->find(20005), nullptr);
    for (const std::uint32_t type : {20001U, 20002U, 20003U, 20004U, 20005U, 20006U, 20007U})
        EXPECT_TRUE(larger->is_binary(type)) << larger->name_of(type);
    EXPECT_FALSE(larger->is_binary(20008));
    EXPECT_TRUE(larger->has_text_bytes(20001));
    EXPECT_TRUE(larger->has_text_bytes(20003));
    EXPECT_FALSE(larger->has_text_bytes(20002));
    EXPECT_EQ(larger->base_of(20006), type_oid::int4);
    EXPECT_EQ(larger->base_of(20007), 20007U);
    EXPECT_EQ(larger->element_of(20007), 20005U);
    EXPECT_EQ(larger->kind_of(20006), type_kind::domain);
}

TEST(larger_catalog, replaces_what_is_there) {
    const auto first = types().with({describe(20001, "old", type_kind::enumeration)}, {{"it", 20001}});
    const auto second = first->with({describe(20001, "new", type_kind::base)}, {{"it", 20002}});
    EXPECT_EQ(second->name_of(20001), "new");
    EXPECT_EQ(second->find_by_name("it"), 20002U);
    EXPECT_EQ(first->name_of(20001), "old");
}

TEST(composites, are_binary_if_all_of_their_attributes_are) {
    const auto larger = types().with({composite(1 << 20, {type_oid::int4, type_oid::text, 1009}),
                                      composite((1 << 20) + 1, {type_oid::int4, 1 << 20}),
                                      composite((1 << 20) + 2, {type_oid::int4, type_oid::money}),
                                      composite((1 << 20) + 3, {(1 << 20) + 2}), composite((1 << 20) + 4, {}),
                                      composite((1 << 20) + 5, {type_oid::int4, 99999})});
    EXPECT_TRUE(larger->is_binary(1 << 20));
    EXPECT_TRUE(larger->is_binary((1 << 20) + 1));
    EXPECT_FALSE(larger->is_binary((1 << 20) + 2));
    EXPECT_FALSE(larger->is_binary((1 << 20) + 3));
    EXPECT_TRUE(larger->is_binary((1 << 20) + 4));
    EXPECT_FALSE(larger->is_binary((1 << 20) + 5));
}

TEST(nonsense, of_a_server_does_no_harm) {
    std::vector<type_description> descriptions{
        composite(20001, {20001, 20001}),               // itself, twice
        describe(20002, "a", type_kind::domain, 20003), // domains in a circle
        describe(20003, "b", type_kind::domain, 20002),
        describe(20004, "c", type_kind::array, 20004), // an array of itself
        describe(20005, "d", type_kind::domain, 20005),
        describe(20006, "", type_kind::range, 20002),
    };
    for (std::uint32_t oid = 30000; oid != 30060; ++oid) // 2^60 ways through
        descriptions.push_back(composite(oid, {oid + 1, oid + 1}));
    descriptions.push_back(describe(30060, "end", type_kind::enumeration));
    const auto larger = types().with(descriptions);
    for (const type_description& type : descriptions) {
        if (type.oid < 30040) {
            EXPECT_FALSE(larger->is_binary(type.oid)) << type.oid;
        }
        (void)larger->base_of(type.oid);
        (void)larger->has_text_bytes(type.oid);
        EXPECT_FALSE(larger->name_of(type.oid).empty());
    }
    EXPECT_EQ(larger->base_of(20002), 20002U);
    EXPECT_EQ(larger->element_of(20002), 0U);
}

} // namespace
