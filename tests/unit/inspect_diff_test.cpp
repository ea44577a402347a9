// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/diff.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>

namespace {

namespace reflected = coropq::reflected;
using coropq::diff_options;

reflected::column column_of(std::string name, std::string type = "integer", std::string type_name = "int4") {
    reflected::column column;
    column.name = std::move(name);
    column.type.text = std::move(type);
    column.type.schema = "pg_catalog";
    column.type.name = std::move(type_name);
    return column;
}

reflected::table orders() {
    reflected::table table;
    table.relation.schema = "public";
    table.relation.name = "orders";
    table.columns = {column_of("id"), column_of("a"), column_of("b")};
    for (int position = 1; reflected::column & column : table.columns)
        column.position = position++;
    return table;
}

reflected::schema_snapshot snapshot_of(reflected::table table) {
    reflected::schema_snapshot snapshot;
    snapshot.tables[{table.relation.schema, table.relation.name}] = std::move(table);
    return snapshot;
}

std::string text(const reflected::table& before, const reflected::table& after, const diff_options& options = {}) {
    return diff(before, after, options).text();
}

TEST(diff, the_same_is_empty) {
    EXPECT_TRUE(diff(orders(), orders()).empty());
    EXPECT_EQ(text(orders(), orders()), "");
    EXPECT_TRUE(diff(snapshot_of(orders()), snapshot_of(orders())).empty());
    EXPECT_EQ(diff(reflected::table(), reflected::table()), coropq::schema_difference());
}

TEST(diff, what_says_nothing_about_the_table_does_not_count) {
    reflected::table other = orders();
    other.relation.oid = 7;
    other.columns[0].type.oid = 8;
    other.columns[0].type.array_oid = 9;
    other.columns[1].position = 5; // one was dropped
    other.columns[2].position = 6;
    EXPECT_EQ(text(orders(), other), "");

    // The search path decides how the server writes types.
    reflected::table here = orders();
    reflected::table there = orders();
    for (reflected::table* table : {&here, &there})
        table->columns[0].type.schema = "s";
    here.columns[0].type.text = "int4";
    there.columns[0].type.text = "s.int4";
    EXPECT_EQ(text(here, there), "");
}

TEST(diff, down_to_the_member) {
    reflected::table other = orders();
    other.columns[0].nullable = false;
    other.columns[0].type = column_of("", "character varying(3)", "varchar").type;
    other.columns[0].type.length = 3;
    other.columns[1].default_value = "1";
    other.columns[2].name = "c";
    other.relation.options.storage_parameters = {"fillfactor=3"};
    const auto found = diff(orders(), other);
    EXPECT_EQ(found.text(), "~ relation, options, storage parameters: [] -> [\"fillfactor=3\"]\n"
                            "~ column a, default value: (none) -> 1\n"
                            "- column b: b integer\n"
                            "~ column id, type: integer -> character varying(3)\n"
                            "~ column id, nullable: true -> false\n"
                            "+ column c: c integer\n");
    ASSERT_EQ(found.changes.size(), 6u);
    const coropq::schema_change& change = found.changes[1];
    EXPECT_EQ(change.kind, coropq::change_kind::changed);
    ASSERT_EQ(change.path.size(), 2u);
    EXPECT_EQ(change.path[0], (coropq::change_step{"columns", "a"}));
    EXPECT_EQ(change.path[1], (coropq::change_step{"default_value", std::nullopt}));
    EXPECT_EQ(change.before, std::nullopt);
    EXPECT_EQ(change.after, "1");
    EXPECT_EQ(boost::json::serialize(boost::json::value_from(change)),
              R"({"kind":"changed","path":[{"member":"columns","element":"a"},)"
              R"({"member":"default_value","element":null}],"before":null,"after":"1"})");
    EXPECT_EQ(diff(other, orders()).changes.size(), 6u);
}

TEST(diff, the_order_of_columns) {
    reflected::table other = orders();
    std::swap(other.columns[0], other.columns[2]);
    other.columns.push_back(column_of("d"));
    EXPECT_EQ(text(orders(), other), "+ column d: d integer\n~ columns, order: id, a, b -> b, a, id\n");
    EXPECT_EQ(text(orders(), other, diff_options().column_order(false)), "+ column d: d integer\n");
}

TEST(diff, constraints_and_indexes_read_as_sql) {
    reflected::table other = orders();
    other.primary_key.emplace();
    other.primary_key->name = "orders_pkey";
    other.primary_key->columns = {"id"};
    other.foreign_keys.emplace_back();
    other.foreign_keys[0].name = "fk";
    other.foreign_keys[0].columns = {"a"};
    other.foreign_keys[0].referred_table = {"public", "User"};
    other.foreign_keys[0].referred_columns = {"id"};
    other.indexes.emplace_back();
    other.indexes[0].name = "I";
    other.indexes[0].method = "btree";
    other.indexes[0].elements.emplace_back().column = "a";
    EXPECT_EQ(text(orders(), other), "+ primary key: constraint orders_pkey primary key (id)\n"
                                     "+ foreign key fk: constraint fk foreign key (a) references public.\"User\" (id)\n"
                                     "+ index \"I\": index \"I\" using btree (a)\n");
    reflected::table third = other;
    third.foreign_keys[0].referred_table = {"public", "users"};
    third.indexes[0].elements[0].descending = true;
    third.indexes[0].elements.emplace_back().expression = "a + b";
    EXPECT_TRUE(text(other, third)
                    .starts_with("~ foreign key fk, referred table: public.\"User\" -> public.users\n"
                                 "~ index \"I\", element 1, descending: false -> true\n"
                                 "+ index \"I\", element 2: {"));
}

TEST(diff, what_may_be_ignored) {
    reflected::table other = orders();
    other.relation.owner = "somebody";
    other.relation.comment = "a";
    other.columns[0].comment = "b";
    other.relation.options.tablespace = "fast";
    other.relation.options.storage_parameters = {"fillfactor=3"};
    EXPECT_EQ(diff(orders(), other).changes.size(), 5u);
    EXPECT_EQ(diff(orders(), other, diff_options().owners(false)).changes.size(), 4u);
    EXPECT_EQ(text(orders(), other,
                   diff_options().owners(false).comments(false).tablespaces(false).ignore("storage_parameters")),
              "");
    EXPECT_EQ(diff(orders(), other, diff_options().owners(false).owners(true)).changes.size(), 5u);
}

TEST(diff, functions_are_told_apart_by_their_arguments) {
    reflected::schema_snapshot before;
    before.routines.resize(2);
    for (reflected::routine& routine : before.routines) {
        routine.schema = "s";
        routine.name = "f";
        routine.volatility = "stable";
    }
    before.routines[1].arguments.resize(1);
    before.routines[1].arguments[0].name = "a";
    before.routines[1].arguments[0].type = column_of("").type;
    reflected::schema_snapshot after = before;
    after.routines[1].volatility = "volatile";
    after.routines[0].name = "g";
    after.sequences.resize(1);
    after.sequences[0].schema = "s";
    after.sequences[0].name = "q";
    after.sequences[0].type = column_of("").type;
    after.extensions.resize(1);
    after.extensions[0].name = "e";
    after.extensions[0].version = "1.0";
    after.extensions[0].schema = "t";
    before.extensions = after.extensions;
    before.extensions[0].schema = "s"; // moved
    EXPECT_EQ(diff(before, after).text(),
              "+ sequence s.q: sequence as integer start with 1 increment by 1 minvalue 1 maxvalue 1 cache 1 no cycle\n"
              "- routine s.f(): function s.f()\n"
              "~ routine s.f(integer), volatility: stable -> volatile\n"
              "+ routine s.g(): function s.g()\n"
              "~ extension e, schema: s -> t\n");
}

TEST(diff, snapshots) {
    reflected::table renamed = orders();
    renamed.relation.name = "New\norders";
    reflected::schema_snapshot before = snapshot_of(orders());
    reflected::schema_snapshot after = snapshot_of(renamed);
    before.enums.emplace_back().name = "mood";
    before.enums[0].schema = "public";
    before.enums[0].labels = {"sad"};
    after.enums = before.enums;
    after.enums[0].labels = {"sad", "ok"};
    after.enums[0].visible = false;
    EXPECT_EQ(diff(before, after).text(), "- table public.orders: table\n"
                                          "+ table \"public.\\\"New\\norders\\\"\": table\n"
                                          "~ enum public.mood, labels: [\"sad\"] -> [\"sad\", \"ok\"]\n");
    std::ostringstream printed;
    printed << diff(before, after);
    EXPECT_EQ(printed.str(), diff(before, after).text());
}

} // namespace
