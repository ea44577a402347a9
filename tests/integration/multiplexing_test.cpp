// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements of many coroutines on a few connections: each gets the answer to its own question.

#include "multiplexing_support.hpp"

#include <algorithm>
#include <string>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::pool_options;

using multiplexing = multiplexing_fixture;

// Answers of all shapes, each of which shows whose it is.
asio::awaitable<void> ask(coropq::engine engine, int number, int& answered) {
    coropq::result answer;
    switch (number % 6) {
    case 0:
        answer = co_await engine.execute("select $1::int", number);
        EXPECT_EQ(answer[0][0].as<int>(), number);
        break;
    case 1:
        answer = co_await engine.execute("select generate_series($1::int, $1::int + 20)", number);
        EXPECT_EQ(answer.size(), 21u);
        EXPECT_EQ(answer[20][0].as<int>(), number + 20);
        break;
    case 2:
        answer = co_await engine.execute("select $1::int where false", number);
        EXPECT_TRUE(answer.empty());
        EXPECT_EQ(answer.column_count(), 1u);
        break;
    case 3:
        answer = co_await engine.execute("insert into seen (id) values ($1)", number);
        EXPECT_EQ(answer.affected_rows(), 1u);
        EXPECT_EQ(answer.column_count(), 0u);
        break;
    case 4:
        answer = co_await engine.execute("select null::int, $1::text", std::to_string(number));
        EXPECT_TRUE(answer[0][0].is_null());
        EXPECT_EQ(answer[0][1].as<std::string>(), std::to_string(number));
        break;
    default: // a text of its own
        answer = co_await engine.execute("select " + std::to_string(number) + ", 'x' as c" + std::to_string(number));
        EXPECT_EQ(answer[0][0].as<int>(), number);
        EXPECT_EQ(answer.column_name(1), "c" + std::to_string(number));
    }
    ++answered;
}

TEST_F(multiplexing, every_coroutine_gets_its_own_answer) {
    for (const std::size_t connections : {1u, 2u, 3u, 4u}) {
        proxy.reset_counters();
        const coropq::engine engine = make_shared(pool_options().size(connections));
        int answered = 0;
        for (int i = 0; i != 3000; ++i)
            spawn(ask(engine, i, answered));
        drain(context);
        EXPECT_EQ(answered, 3000);
        EXPECT_LE(proxy.connections(), connections);
        const coropq::pool_statistics after = engine.stats();
        EXPECT_GT(after.shared, 1000u);
        EXPECT_EQ(after.acquired, 3000u);
        expect_idle(engine);
    }
    EXPECT_EQ(count_seen(), "2000");
}

TEST_F(multiplexing, one_statement_after_the_other_in_many_coroutines) {
    const coropq::engine engine = make_open(2);
    int answered = 0;
    const auto several = [&](int number) -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i)
            co_await ask(engine, number * 20 + i, answered);
    };
    for (int i = 0; i != 200; ++i)
        spawn(several(i));
    drain(context);
    EXPECT_EQ(answered, 4000);
    expect_idle(engine);
}

TEST_F(multiplexing, with_tls) {
    const coropq::engine engine =
        coropq::create_engine(context, address_of(database.app_url().host("127.0.0.1").port(proxy.port())), pool_of(2));
    int answered = 0;
    for (int i = 0; i != 2000; ++i)
        spawn(ask(engine, i, answered));
    drain(context);
    EXPECT_EQ(answered, 2000);
    EXPECT_GT(engine.stats().shared, 1000u);
    EXPECT_EQ(run(context, engine.fetch_value<bool>("select ssl from pg_stat_ssl where pid = pg_backend_pid()")), true);
}

TEST_F(multiplexing, one_byte_at_a_time) {
    const coropq::engine engine = make_open(1);
    proxy.split(direction::to_client, 1);
    proxy.split(direction::to_server, 1);
    int answered = 0;
    for (int i = 0; i != 60; ++i)
        spawn(ask(engine, i, answered));
    drain(context);
    EXPECT_EQ(answered, 60);
    expect_idle(engine);
}

// More in both directions than all buffers between can hold: who only writes, or only reads, waits for ever.
asio::awaitable<void> echo(coropq::engine engine, int number, std::size_t size, int& answered) {
    const std::string sent(size, static_cast<char>('a' + number % 26));
    const coropq::result answer = co_await engine.execute("select $1::text, $2::int", sent, number);
    EXPECT_TRUE(answer[0][0].text() == sent);
    EXPECT_EQ(answer[0][1].as<int>(), number);
    ++answered;
}

TEST_F(multiplexing, big_parameters_and_big_results_dont_block_each_other) {
    for (const bool socket : {false, true}) {
        const coropq::url where =
            socket
                ? address_of(plain_url().database(database.name()).host("").set("host", cluster().socket_directory()))
                : plain_address(database);
        const coropq::engine engine = coropq::create_engine(context, where, pool_of(2));
        int answered = 0;
        for (int i = 0; i != 300; ++i)
            spawn(echo(engine, i, 200'000, answered));
        drain(context);
        EXPECT_EQ(answered, 300);
        EXPECT_GT(engine.stats().shared, 100u);
        expect_idle(engine);
    }
}

TEST_F(multiplexing, one_enormous_statement_among_small_ones) {
    const coropq::engine engine = make_open(1);
    int answered = 0;
    for (int i = 0; i != 200; ++i)
        spawn(echo(engine, i, i % 50 == 25 ? 8'000'000 : 10, answered));
    drain(context);
    EXPECT_EQ(answered, 200);
    expect_idle(engine);
}

// A server that is slow to read is waited for, while its answers are read.
TEST_F(multiplexing, the_server_stops_reading_for_a_while) {
    const coropq::engine engine = make_open(1);
    proxy.stall(direction::to_server);
    int answered = 0;
    for (int i = 0; i != 40; ++i)
        spawn(echo(engine, i, 500'000, answered));
    EXPECT_TRUE(run_until([&] { return proxy.bytes(direction::to_server) > 100'000; }));
    loop_watch watch(context.get_executor());
    context.restart();
    context.run_for(300ms);
    EXPECT_EQ(answered, 0);
    EXPECT_LT(watch.longest_gap(), loop_watch::acceptable);
    EXPECT_GT(watch.turns(), 3u);
    proxy.release();
    EXPECT_TRUE(run_until([&] { return answered == 40; }));
    expect_idle(engine);
}

// Statements of kinds that can't be in a pipeline, or aren't shared, between those that are.
TEST_F(multiplexing, other_statements_in_between) {
    const coropq::engine engine = make_open(2);
    int answered = 0;
    std::vector<started*> texts;
    for (int i = 0; i != 400; ++i) {
        spawn(ask(engine, i, answered));
        if (i % 10 != 0)
            continue;
        switch (i / 10 % 8) {
        case 0: texts.push_back(&send(engine, coropq::statement("select 1; select 7").simple_protocol(true))); break;
        case 1: texts.push_back(&send(engine, coropq::statement("show server_version"))); break;
        case 2: texts.push_back(&send(engine, coropq::statement("begin"))); break;
        case 3: texts.push_back(&send(engine, coropq::statement("/* nothing */ -- at all"))); break;
        case 4: texts.push_back(&send(engine, coropq::statement("do $$ begin perform 1; end $$"))); break;
        case 5: texts.push_back(&send(engine, coropq::statement("/* a /* b */ */ ((select 7))"))); break;
        case 6: texts.push_back(&send(engine, coropq::statement(""))); break;
        default: texts.push_back(&send(engine, coropq::statement("explain select 1")));
        }
    }
    drain(context);
    EXPECT_EQ(answered, 400);
    for (const started* each : texts)
        EXPECT_EQ(each->code, coropq::error_code()) << each->details;
    expect_idle(engine);
    // No transaction was left open for somebody else.
    EXPECT_TRUE(run_until([] {
        return cluster().query_value("select count(*) from pg_stat_activity where state like 'idle in%'") == "0";
    }));
}

TEST_F(multiplexing, copy_is_refused_and_nothing_else) {
    const coropq::engine engine = make_open(1);
    int answered = 0;
    std::vector<started*> copies;
    for (int i = 0; i != 60; ++i) {
        spawn(ask(engine, i, answered));
        if (i % 20 == 10) {
            copies.push_back(&send(engine, coropq::statement("copy seen to stdout")));
            copies.push_back(&send(engine, coropq::statement("copy seen from stdin")));
        }
    }
    drain(context);
    EXPECT_EQ(answered, 60);
    for (const started* each : copies)
        EXPECT_EQ(each->code, coropq::errc::unsupported) << each->details;
    expect_idle(engine);
}

TEST_F(multiplexing, each_form_of_result) {
    const coropq::engine engine = make_open(1);
    std::vector<started*> answers;
    for (int i = 0; i != 300; ++i) {
        coropq::statement work("select $1::int, $2::float8", i, i / 2.0);
        work.results(static_cast<coropq::result_format>(i % 3));
        if (i % 4 == 0)
            work.prepare(i % 8 == 0);
        answers.push_back(&send(engine, std::move(work)));
    }
    drain(context);
    for (int i = 0; i != 300; ++i) {
        ASSERT_EQ(answers[static_cast<std::size_t>(i)]->code, coropq::error_code());
        EXPECT_EQ(answers[static_cast<std::size_t>(i)]->output[0][0].as<int>(), i);
        EXPECT_EQ(answers[static_cast<std::size_t>(i)]->output[0][1].as<double>(), i / 2.0);
    }
}

// Notices arrive all, in the order of the statements, and without the values of parameters.
TEST_F(multiplexing, notices_are_delivered) {
    cluster().query("create function tell(what text) returns text language plpgsql as "
                    "$$ begin raise notice '%', what; return what; end $$",
                    database.name());
    std::vector<std::string> heard;
    const coropq::engine engine =
        make_open(1, {}, coropq::connect_options().on_notice([&](const coropq::diagnostics& notice) {
            heard.push_back(notice.message());
        }));
    std::vector<std::string> expected;
    for (int i = 0; i != 300; ++i) {
        expected.push_back("number " + std::to_string(i));
        send(engine, coropq::statement("select tell('" + expected.back() + "')"));
        send(engine, coropq::statement("select $1::text", "value-of-a-neighbour"));
    }
    drain(context);
    EXPECT_EQ(heard, expected);

    heard.clear();
    for (int i = 0; i != 300; ++i)
        send(engine, coropq::statement("select tell($1)", "secret-" + std::to_string(i)));
    drain(context);
    EXPECT_EQ(heard.size(), 300u);
    for (const std::string& text : heard)
        EXPECT_FALSE(contains(text, "secret")) << text;
}

} // namespace
