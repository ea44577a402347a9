// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The SQL of reflected values. That servers take it, and make the same of it: tests/integration/inspect_rebuild_test.

#include "inspect/ddl/creation_order.hpp"
#include "inspect/sql_text.hpp"

#include <coropq/inspect/ddl.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace {

namespace reflected = coropq::reflected;
using namespace coropq::detail;
using texts = std::vector<std::string>;

reflected::data_type type_of(std::string text, std::string schema, std::string name, int dimensions = 0) {
    reflected::data_type type;
    type.text = std::move(text);
    type.schema = std::move(schema);
    type.name = std::move(name);
    type.dimensions = dimensions;
    return type;
}

reflected::column column_of(std::string name, reflected::data_type type = type_of("integer", "pg_catalog", "int4")) {
    reflected::column column;
    column.name = std::move(name);
    column.type = std::move(type);
    return column;
}

reflected::table table_of(std::string schema, std::string name, std::vector<reflected::column> columns = {}) {
    reflected::table table;
    table.relation.schema = std::move(schema);
    table.relation.name = std::move(name);
    table.relation.options.access_method = "heap";
    table.columns = std::move(columns);
    return table;
}

TEST(sql_text, names_get_quotes_when_they_need_them) {
    EXPECT_EQ(quoted_name("orders_2"), "orders_2");
    EXPECT_EQ(quoted_name("_x"), "_x");
    EXPECT_EQ(quoted_name("name"), "name"); // unreserved
    EXPECT_EQ(quoted_name("2nd"), "\"2nd\"");
    EXPECT_EQ(quoted_name("Orders"), "\"Orders\"");
    EXPECT_EQ(quoted_name("a\"b"), "\"a\"\"b\"");
    EXPECT_EQ(quoted_name("a$b"), "\"a$b\"");
    EXPECT_EQ(quoted_name("\xC3\xA4"), "\"\xC3\xA4\"");
    EXPECT_EQ(quoted_name(""), "\"\"");
    for (const char* keyword : {"all", "select", "xmltable", "user", "int", "system_user", "json_table", "window"})
        EXPECT_EQ(quoted_name(keyword), '"' + std::string(keyword) + '"');
    for (const char* no_keyword : {"al", "sele", "xmltable_", "user_id", "selected", "a"})
        EXPECT_EQ(quoted_name(no_keyword), no_keyword);
    EXPECT_EQ(quoted_name(reflected::qualified_name{"Sales", "order"}), "\"Sales\".\"order\"");
    EXPECT_EQ(quoted_name(reflected::qualified_name{"pg_temp_3", "t"}), "pg_temp.t");
    EXPECT_EQ(quoted_name(reflected::qualified_name{"pg_temperature", "t"}), "pg_temperature.t");
    EXPECT_EQ(quoted_names({"a", "B", "c,d"}), "a, \"B\", \"c,d\"");
}

TEST(sql_text, literals_mean_the_same_whatever_backslashes_mean) {
    EXPECT_EQ(quoted_literal(""), "''");
    EXPECT_EQ(quoted_literal("it's"), "'it''s'");
    EXPECT_EQ(quoted_literal("a\\'b\n"), " E'a\\\\''b\n'");
}

TEST(sql_text, options) {
    EXPECT_EQ(quoted_options("with", {}), "");
    EXPECT_EQ(quoted_options("with", {"fillfactor=70", "security_barrier"}),
              " with (fillfactor='70', security_barrier)");
    EXPECT_EQ(quoted_options("with", {"toast.autovacuum_enabled=off"}), " with (toast.autovacuum_enabled='off')");
    EXPECT_EQ(quoted_options("", {"a=b=c'"}), " (a='b=c''')");
}

TEST(sql_text, types_have_their_schemas_and_dimensions) {
    EXPECT_EQ(type_text(type_of("integer", "pg_catalog", "int4")), "integer");
    EXPECT_EQ(type_text(type_of("timestamp(3) with time zone[]", "pg_catalog", "timestamptz", 2)),
              "timestamp(3) with time zone[][]");
    EXPECT_EQ(type_text(type_of("\"char\"", "pg_catalog", "char")), "\"char\"");
    EXPECT_EQ(type_text(type_of("mood", "public", "mood")), "public.mood");
    EXPECT_EQ(type_text(type_of("\"S.x\".\"my type\"[]", "S.x", "my type", 1)), "\"S.x\".\"my type\"[]");
    EXPECT_EQ(type_text(type_of("geometry(Point,4326)[]", "gis", "geometry", 1)), "gis.geometry(Point,4326)[]");
    EXPECT_EQ(type_text(type_of("gis.\"od\"\"d(\"(1)", "gis", "od\"d(")), "gis.\"od\"\"d(\"(1)");
}

TEST(ddl, a_table) {
    reflected::table table = table_of("public", "orders", {column_of("id"), column_of("note")});
    table.columns[0].nullable = false;
    table.columns[1].default_value = "7";
    table.columns[1].comment = "it's";
    table.primary_key.emplace();
    table.primary_key->name = "orders_pkey";
    table.primary_key->columns = {"id"};
    table.relation.owner = "Somebody";
    table.relation.options.tablespace = "quick";
    EXPECT_EQ(to_ddl(table).statements, (texts{"create table public.orders (\n"
                                               "    id integer not null,\n"
                                               "    note integer default 7,\n"
                                               "    constraint orders_pkey primary key (id)\n"
                                               ")",
                                               "comment on column public.orders.note is 'it''s'"}));
    const texts all =
        to_ddl(table, coropq::ddl_options().owners(true).tablespaces(true).search_path({"a", "B"})).statements;
    ASSERT_EQ(all.size(), 4u);
    EXPECT_EQ(all[0], "set search_path to a, \"B\"");
    EXPECT_TRUE(all[1].ends_with(") tablespace quick"));
    EXPECT_EQ(all[2], "alter table public.orders owner to \"Somebody\"");
}

TEST(ddl, what_cannot_be_rebuilt_is_told) {
    reflected::table table = table_of("public", "far\n; drop table x; --");
    table.relation.kind = reflected::relation_kind::foreign_table;
    const coropq::ddl_script script = to_ddl(table);
    EXPECT_EQ(script.statements, texts());
    ASSERT_EQ(script.omitted.size(), 1u);
    EXPECT_NE(script.omitted[0].find("foreign table"), std::string::npos);
    // In the text, it stays a comment.
    std::istringstream lines(script.text());
    for (std::string line; std::getline(lines, line);)
        EXPECT_EQ(line.substr(0, 3), "-- ");

    reflected::table broken = table_of("public", "t", {column_of("a")});
    broken.indexes.emplace_back().name = "i";
    broken.indexes[0].valid = false;
    broken.indexes[0].method = "btree";
    broken.indexes[0].elements.emplace_back().column = "a";
    EXPECT_EQ(to_ddl(broken).omitted, texts{"the index public.i: it is valid, which it wasn't"});
}

TEST(ddl, a_snapshot_in_the_order_of_what_needs_what) {
    reflected::schema_snapshot snapshot;
    snapshot.tables[{"s", "a"}] = table_of("s", "a", {column_of("b", type_of("s.b[]", "s", "b", 1))});
    snapshot.tables[{"s", "b"}] = table_of("s", "b", {column_of("d", type_of("s.d", "s", "d"))});
    snapshot.tables[{"s", "a"}].columns[0].storage = reflected::column_storage::extended;
    snapshot.tables[{"s", "b"}].columns[0].type.kind = reflected::type_kind::enumeration; // which is plain
    snapshot.domains.emplace_back();
    snapshot.domains[0].schema = "s";
    snapshot.domains[0].name = "d";
    snapshot.domains[0].type = type_of("s.e", "s", "e");
    snapshot.enums.emplace_back();
    snapshot.enums[0].schema = "s";
    snapshot.enums[0].name = "e";
    snapshot.enums[0].labels = {"x", "it's"};
    EXPECT_EQ(
        to_ddl(snapshot).statements,
        (texts{"create schema if not exists s", "create type s.e as enum ('x', 'it''s')", "create domain s.d as s.e",
               "create table s.b (\n    d s.d\n)", "create table s.a (\n    b s.b[]\n)"}));
    EXPECT_EQ(to_ddl(snapshot, coropq::ddl_options().schemas(false)).statements.size(), 4u);
}

TEST(ddl, extensions_in_the_order_in_which_they_need_each_other) {
    reflected::schema_snapshot snapshot;
    for (const char* name : {"above", "base", "Other"}) {
        reflected::extension& added = snapshot.extensions.emplace_back();
        added.name = name;
        added.schema = "s";
    }
    snapshot.extensions[0].required = {"base", "missing"};
    const coropq::ddl_script script = to_ddl(snapshot);
    EXPECT_EQ(script.statements,
              (texts{"create schema if not exists s", "create extension if not exists base with schema s",
                     "create extension if not exists above with schema s",
                     "create extension if not exists \"Other\" with schema s"}));
    EXPECT_EQ(script.omitted,
              texts{"the extension missing, which the extension above needs: it isn't in the snapshot"});
}

TEST(ddl, the_order_of_creation) {
    using numbers = std::vector<std::size_t>;
    EXPECT_EQ(order_of_creation({}).order, numbers());
    EXPECT_EQ(order_of_creation({{2, 2}, {1}, {}, {0}}).order, (numbers{1, 2, 0, 3}));
    const creation_order circle = order_of_creation({{1}, {0}, {1}, {}});
    EXPECT_EQ(circle.order, (numbers{3, 0, 1, 2}));
    EXPECT_EQ(circle.stuck, (numbers{0, 1, 2}));
}

} // namespace
