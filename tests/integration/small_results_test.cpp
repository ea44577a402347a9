// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Small answers to an engine's statements are copied, and share what is known of their columns: nobody can tell.

#include "multiplexing_support.hpp"

#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace coropq::test;
using coropq::result;

using described_column = std::tuple<std::string, std::uint32_t, std::string, int, std::uint32_t, int>;

/// All that can be read of a result.
struct contents {
    explicit contents(const result& of) : tag(of.command_tag()), affected(of.affected_rows()) {
        for (const coropq::column& each : of.columns())
            columns.emplace_back(each.name, each.type, each.type_name, each.type_modifier, each.table,
                                 each.position_in_table);
        for (const coropq::row row : of) {
            rows.emplace_back();
            for (std::size_t i = 0; i != of.column_count(); ++i)
                rows.back().push_back(row[i].as<std::optional<std::string>>());
        }
    }

    std::string tag;
    std::uint64_t affected;
    std::vector<described_column> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;

    bool operator==(const contents&) const = default;
};

struct small_results : multiplexing_fixture {
    small_results() : engine(make_open(2)), alone(context) {
        run(context, alone.connect(plain_address(database)));
        run(context, alone.execute("create table small (id int primary key, name varchar(7), \"Odd name\" text)"));
        run(context, alone.execute("insert into small values (1, 'one', ''), (2, null, 'x'), (3, 'three', null)"));
    }
    ~small_results() override {
        run(context, alone.execute("drop table if exists small"));
        run(context, alone.close());
        run(context, engine.dispose());
    }

    /// Three times at once and twice in turn on the engine, and on a connection; `undo` in between.
    void expect_same(const std::string& sql, const std::string& undo = "select 1") {
        const contents expected(run(context, alone.execute(sql)));
        run(context, alone.execute(undo));
        for (int round = 0; round != 3; ++round) {
            EXPECT_EQ(contents(run(context, engine.execute(sql))), expected) << sql;
            run(context, alone.execute(undo));
        }
        if (undo != "select 1")
            return;
        all.clear();
        for (int i = 0; i != 30; ++i)
            send(engine, coropq::statement(sql));
        drain(context);
        for (const auto& each : all)
            EXPECT_EQ(contents(each->output), expected) << sql << each->details;
    }

    coropq::engine engine;
    coropq::connection alone;
};

TEST_F(small_results, look_like_all_others) {
    expect_same("select * from small order by id");
    expect_same("select id, name as other, 7 * id from small order by id desc");
    expect_same("select * from small where id = 4");
    expect_same("select from small");
    expect_same("select null, '', 'x', 1.5, array[1, null], row(1, 'a'), '2024-01-01'::date");
    expect_same("values (1, 'a'), (2, null)");
    expect_same("table small order by 1");
    expect_same("select 1 as a, 2 as a"); // the same name
}

TEST_F(small_results, end_where_copying_costs_more_than_it_saves) {
    for (const int count : {15, 16, 17, 40}) {
        std::string columns = "0";
        for (int i = 1; i != count; ++i)
            columns += ", " + std::to_string(i);
        expect_same("select " + columns);
        expect_same("select i, 2 * i from generate_series(1, " + std::to_string(count) + ") i");
        expect_same("select repeat('x', " + std::to_string(count * 31) + "), null, ''");
    }
    expect_same("select repeat('x', 100000)");
}

TEST_F(small_results, of_what_changes_rows_tell_how_many) {
    expect_same("insert into small values (4, 'four'), (5, 'five')", "delete from small where id > 3");
    expect_same("insert into small values (4, 'four') returning id, name", "delete from small where id > 3");
    expect_same("update small set name = 'same' where id = 1", "update small set name = 'one' where id = 1");
    expect_same("update small set name = name where id > 99");
    expect_same("delete from small where id = 99");
    expect_same("with gone as (delete from small where id = 99 returning *) select count(*) from gone");
    expect_same("select 1 into small_copy", "drop table small_copy");
}

// The table is another one with the same columns: the statement still fits, its description doesn't.
TEST_F(small_results, follow_what_the_columns_come_from) {
    expect_same("select id, name from small order by id");
    run(context, alone.execute("alter table small rename to old_small"));
    run(context, alone.execute("create table small (extra text, name varchar(7), id int)"));
    run(context, alone.execute("insert into small values ('e', 'new', 9)"));
    expect_same("select id, name from small order by id");
    run(context, alone.execute("drop table old_small"));
}

TEST_F(small_results, outlive_engine_and_connection) {
    std::vector<result> kept;
    {
        const coropq::engine other = make_open(1);
        for (int i = 0; i != 50; ++i)
            kept.push_back(run(context, other.execute("select $1::int as number, $2::text as text", i, "text")));
        run(context, other.dispose());
    }
    for (int i = 0; i != 50; ++i) {
        const result copy = kept[static_cast<std::size_t>(i)];
        EXPECT_EQ(copy[0]["number"].as<int>(), i);
        EXPECT_EQ(copy[0]["text"].as<std::string_view>(), "text");
        EXPECT_EQ(copy.command_tag(), "SELECT 1");
        EXPECT_EQ(copy.column_name(1), "text");
    }
}

} // namespace
