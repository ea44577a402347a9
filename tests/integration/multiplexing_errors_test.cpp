// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that fail between others on the same connection: each error is its own, each statement its own
// transaction.

#include "multiplexing_support.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::pool_options;

struct multiplexing_errors : multiplexing_fixture {
    multiplexing_errors() {
        cluster().query("create table once (id int primary key, note text check (note <> 'bad')); "
                        "insert into once values (-1, null); "
                        "create table late (id int unique deferrable initially deferred); grant all on once, late to "
                        "public",
                        database.name());
    }

    struct fate {
        coropq::statement work;
        coropq::sqlstate code;
    };

    // Failures at each step: parsing, binding, planning, execution, at the end of the transaction.
    static std::vector<fate> failures(int number) {
        std::vector<fate> made;
        const auto add = [&](coropq::statement work, coropq::sqlstate code) {
            made.push_back({std::move(work), code});
        };
        add(coropq::statement("selec $1::int", number), coropq::sqlstate::syntax_error);
        add(coropq::statement("select * from missing where id = $1", number), coropq::sqlstate::undefined_table);
        add(coropq::statement("select missing($1::int)", number), coropq::sqlstate::undefined_function);
        add(coropq::statement("select 1 / ($1::int - $1::int)", number), coropq::sqlstate::division_by_zero);
        add(coropq::statement("select $1::text::int", "x" + std::to_string(number)),
            coropq::sqlstate::invalid_text_representation);
        add(coropq::statement("insert into once (id) values (-1 + 0 * $1)", number),
            coropq::sqlstate::unique_violation);
        add(coropq::statement("insert into once values ($1, 'bad')", number), coropq::sqlstate::check_violation);
        add(coropq::statement("insert into late select 1 from generate_series(1, 2 + 0 * $1)", number),
            coropq::sqlstate::unique_violation);
        add(coropq::statement("select 1 / (n - 1000) from generate_series(1, 1000 + 0 * $1) n", number),
            coropq::sqlstate::division_by_zero); // after 999 rows
        add(coropq::statement("select 1; select $1::int", number), coropq::sqlstate::syntax_error);
        return made;
    }
};

TEST_F(multiplexing_errors, belong_to_their_statements_alone) {
    const coropq::engine engine = make_open(2);
    std::vector<std::pair<started*, coropq::sqlstate>> bad;
    std::vector<started*> good;
    for (int i = 0; i != 150; ++i) {
        for (fate& each : failures(i)) {
            good.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1) returning id", i)));
            started& refused = send(engine, std::move(each.work));
            bad.emplace_back(&refused, each.code);
        }
        good.push_back(&send(engine, coropq::statement("select $1::int", i)));
    }
    drain(context);
    for (const auto& [each, code] : bad) {
        ASSERT_TRUE(each->code);
        EXPECT_EQ(*each->code, code) << each->details;
        EXPECT_FALSE(each->details.statement().empty());
    }
    for (std::size_t i = 0; i != good.size(); ++i) {
        ASSERT_EQ(good[i]->code, coropq::error_code()) << good[i]->details;
        EXPECT_EQ(good[i]->output[0][0].as<std::size_t>(), i / 11);
    }
    EXPECT_EQ(count_seen(), "1500");
    EXPECT_EQ(cluster().query_value("select count(*) from once", database.name()), "1");
    expect_idle(engine);
}

// The first statement of a session, and of a text, is the one that fails.
TEST_F(multiplexing_errors, at_parsing_before_anything_else) {
    for (int round = 0; round != 5; ++round) {
        const coropq::engine engine = make_open(1);
        started& first = send(engine, coropq::statement("selec 1"));
        std::vector<started*> same;
        for (int i = 0; i != 100; ++i)
            same.push_back(&send(engine, coropq::statement("select * from missing where id = $1", i)));
        started& last = send(engine, coropq::statement("select 7"));
        drain(context);
        EXPECT_EQ(first.code, coropq::sqlstate::syntax_error);
        for (const started* each : same) {
            EXPECT_EQ(each->code, coropq::sqlstate::undefined_table) << each->details;
            EXPECT_EQ(each->details.statement(), "select * from missing where id = $1");
            EXPECT_EQ(each->details.position(), 15u);
        }
        ASSERT_EQ(last.code, coropq::error_code());
        EXPECT_EQ(last.output[0][0].as<int>(), 7);
        // It exists from now on, for those that failed too.
        cluster().query("create table missing (id int); grant all on missing to public", database.name());
        EXPECT_TRUE(run(context, engine.execute("select * from missing where id = $1", 1)).empty());
        cluster().query("drop table missing", database.name());
    }
}

// The same text fails for some values and succeeds for others, the first among them or not.
TEST_F(multiplexing_errors, of_one_text_with_some_values) {
    const coropq::engine engine = make_open(2);
    std::vector<started*> answers;
    for (int i = 0; i != 2000; ++i)
        answers.push_back(&send(engine, coropq::statement("select 1000 / $1::int", i % 7)));
    drain(context);
    for (int i = 0; i != 2000; ++i) {
        const started& each = *answers[static_cast<std::size_t>(i)];
        if (i % 7 == 0) {
            EXPECT_EQ(each.code, coropq::sqlstate::division_by_zero);
        } else {
            ASSERT_EQ(each.code, coropq::error_code()) << each.details;
            EXPECT_EQ(each.output[0][0].as<int>(), 1000 / (i % 7));
        }
    }
    expect_idle(engine);
}

// Parameters that the library refuses, or whose number is wrong, reach nobody.
TEST_F(multiplexing_errors, of_parameters) {
    const coropq::engine engine = make_open(1);
    std::vector<started*> good;
    for (int i = 0; i != 100; ++i) {
        good.push_back(&send(engine, coropq::statement("select $1::int", i)));
        EXPECT_THROW(send(engine, coropq::statement("select $1::int, $2::int", i)), coropq::option_error);
        EXPECT_THROW(send(engine, coropq::statement("select $1::text", std::string(1, '\0'))), coropq::option_error);
    }
    drain(context);
    for (int i = 0; i != 100; ++i) {
        ASSERT_EQ(good[static_cast<std::size_t>(i)]->code, coropq::error_code());
        EXPECT_EQ(good[static_cast<std::size_t>(i)]->output[0][0].as<int>(), i);
    }
}

// No two statements are one transaction: `now()` differs, and a lock of one is free for the next.
TEST_F(multiplexing_errors, each_statement_is_a_transaction) {
    const coropq::engine engine = make_open(1);
    std::vector<started*> numbers;
    for (int i = 0; i != 200; ++i)
        numbers.push_back(
            &send(engine, coropq::statement("insert into seen (id) values (pg_current_xact_id()::text::int)"
                                            " returning id")));
    drain(context);
    for (const started* each : numbers)
        ASSERT_EQ(each->code, coropq::error_code()) << each->details;
    EXPECT_EQ(cluster().query_value("select count(distinct id) from seen", database.name()), "200");
    // In the order in which they were asked for.
    for (std::size_t i = 1; i != numbers.size(); ++i)
        EXPECT_LT(numbers[i - 1]->output[0][0].as<int>(), numbers[i]->output[0][0].as<int>());
}

// A transaction that a failing statement of the simple protocol leaves open isn't the next one's.
TEST_F(multiplexing_errors, an_open_transaction_is_nobody_elses) {
    const coropq::engine engine = make_open(1);
    std::vector<started*> inserts;
    for (int i = 0; i != 50; ++i) {
        inserts.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
        send(engine, coropq::statement("begin; insert into seen (id) values (-1); select 1 / 0").simple_protocol(true));
        inserts.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
        send(engine, coropq::statement("begin; insert into seen (id) values (-1)").simple_protocol(true));
    }
    drain(context);
    for (const started* each : inserts)
        EXPECT_EQ(each->code, coropq::error_code()) << each->details;
    EXPECT_EQ(count_seen("id >= 0"), "100");
    EXPECT_EQ(count_seen("id < 0"), "0");
}

// No value of a parameter stands in the errors.
TEST_F(multiplexing_errors, dont_tell_values) {
    const coropq::engine engine = make_open(1);
    std::vector<started*> refused;
    for (int i = 0; i != 40; ++i) {
        send(engine, coropq::statement("select $1::text", "neighbour-4711"));
        refused.push_back(&send(engine, coropq::statement("select $1::text::int", "secret-4711")));
        refused.push_back(&send(engine, coropq::statement("insert into once values (-1, $1)", "secret-4711")));
    }
    drain(context);
    for (const started* each : refused) {
        EXPECT_TRUE(each->code && *each->code);
        EXPECT_FALSE(contains(each->details.to_string(), "4711")) << each->details;
    }
}

// A session that can't be set up: each statement is told so, and none is run.
TEST_F(multiplexing_errors, of_the_set_up) {
    const coropq::engine engine = make_shared(
        pool_options().size(2), coropq::connect_options().on_connect({"set search_path = public", "select nope"}));
    std::vector<started*> all_refused;
    for (int i = 0; i != 100; ++i)
        all_refused.push_back(&send(engine, coropq::statement("insert into seen (id) values ($1)", i)));
    drain(context);
    for (const started* each : all_refused) {
        ASSERT_TRUE(each->code);
        EXPECT_EQ(*each->code, coropq::sqlstate::undefined_column) << each->details;
    }
    EXPECT_EQ(count_seen(), "0");
}

// The set-up comes before everybody's statement.
TEST_F(multiplexing_errors, the_set_up_is_done_for_all) {
    const coropq::engine engine =
        make_shared(pool_options().size(3), coropq::connect_options().on_connect({"set my.own = 'yes'"}));
    std::vector<started*> answers;
    for (int i = 0; i != 1000; ++i)
        answers.push_back(&send(engine, coropq::statement("select current_setting('my.own'), $1::int", i)));
    drain(context);
    for (const started* each : answers) {
        ASSERT_EQ(each->code, coropq::error_code()) << each->details;
        EXPECT_EQ(each->output[0][0].text(), "yes");
    }
}

} // namespace
