// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Types that each database has its own OIDs for: when they are looked up, how often, and what happens when they change.

#include "types_support.hpp"

#include <boost/describe.hpp>

#include <array>
#include <string_view>
#include <tuple>

namespace of_database {

BOOST_DEFINE_ENUM_CLASS(mood, sad, ok)

struct place {
    std::string street;
    std::optional<int> number;
};
BOOST_DESCRIBE_STRUCT(place, (), (street, number))
bool operator==(const place& left, const place& right) {
    return left.street == right.street && left.number == right.number;
}

struct longer_place : place {
    std::optional<std::string> town;
};
BOOST_DESCRIBE_STRUCT(longer_place, (place), (town))

// Binary in both directions, of a type whose OID each database has its own of: pair of (integer, domain over bigint).
struct stock {
    std::int32_t count = 0;
    std::int64_t price = 0;
    friend bool operator==(const stock&, const stock&) = default;
};

} // namespace of_database

using of_database::stock;

template <>
struct coropq::type_name<of_database::mood> {
    static constexpr std::string_view value = "audit.mood";
};
template <>
struct coropq::codec<stock> {
    static constexpr type_reference type() { return type_reference("stock"); }
    static void encode(const stock& value, value_writer& writer) {
        writer.write(std::int32_t(2));
        writer.write_type(type_oid::int4);
        std::size_t begin = writer.begin_value();
        writer.write(value.count);
        writer.end_value(begin);
        writer.write_type(type_reference("cents"));
        begin = writer.begin_value();
        writer.write(value.price);
        writer.end_value(begin);
    }
    static bool accepts(std::uint32_t type, const type_catalog& types) { return types.name_of(type) == "stock"; }
    static stock decode(const value_view& value) {
        value_reader reader(value);
        stock result;
        if (reader.read<std::int32_t>() != 2)
            throw value_error("a stock has two attributes");
        std::string_view bytes;
        for (int i = 0; i != 2; ++i) {
            reader.read<std::uint32_t>();
            if (!reader.read_value(bytes))
                throw value_error("a part of a stock is NULL", value_error::problem::null);
            // What came as text has parts in binary form, too: their types are known.
            value_reader part(bytes);
            if (i == 0)
                result.count = part.read<std::int32_t>();
            else
                result.price = part.read<std::int64_t>();
        }
        reader.finish();
        return result;
    }
};

namespace {

using namespace coropq::test;
using of_database::longer_place;
using of_database::mood;
using of_database::place;

struct types_of_database : testing::Test {
    temporary_database database = cluster().create_database();
    asio::io_context context;
    tcp_proxy proxy{cluster().port()};
    coropq::engine engine = make();

    types_of_database() {
        elsewhere("create schema audit");
        elsewhere("create type audit.mood as enum ('sad', 'ok')");
        elsewhere("create type place as (street text, number int)");
        elsewhere("create domain cents as bigint check (value >= 0)");
        elsewhere("create type stock as (count int, price cents)");
        elsewhere("grant all on schema audit, public to public");
    }

    coropq::engine make() {
        return coropq::create_engine(
            context, address_of(plain_url().database(database.name()).host("127.0.0.1").port(proxy.port())),
            // Between two statements, a busy machine may take the second after which a sign of life is asked for.
            coropq::engine_options().pool(coropq::pool_options().ping_after(std::chrono::milliseconds::max())));
    }
    void elsewhere(const std::string& sql) {
        cluster().query("set role " + cluster().app_user() + "; " + sql, database.name());
    }

    template <typename... Arguments>
    coropq::result execute(std::string_view sql, const Arguments&... arguments) {
        return run(context, engine.execute(sql, arguments...));
    }
    template <typename T, typename... Arguments>
    T value(std::string_view sql, const Arguments&... arguments) {
        return run(context, engine.fetch_value<T>(sql, arguments...));
    }

    template <typename Function>
    std::size_t round_trips(Function function) {
        proxy.reset_counters();
        function();
        return proxy.round_trips();
    }
};

TEST_F(types_of_database, are_looked_up_once_and_in_one_round_trip) {
    execute("select 1"); // connected
    constexpr auto everything = "select 'ok'::audit.mood as m, row('a', 1)::place as p, array[row(1, 2)::stock] as s, "
                                "array['sad']::audit.mood[] as ms, 5::cents as c";
    using all = std::tuple<mood, place, std::vector<stock>, std::vector<mood>, int>;
    const auto read = [&] {
        const auto [m, p, s, ms, c] = run(context, engine.fetch_one<all>(everything));
        EXPECT_EQ(m, mood::ok);
        EXPECT_EQ(p, (place{"a", 1}));
        EXPECT_EQ(s, (std::vector<stock>{{1, 2}}));
        EXPECT_EQ(ms, std::vector<mood>{mood::sad});
        EXPECT_EQ(c, 5);
    };
    EXPECT_EQ(round_trips(read), 2U); // the statement, and one question
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(round_trips(read), 1U);
    // What they are made of came along.
    EXPECT_EQ(round_trips([&] { EXPECT_EQ(value<stock>("select row(3, 4)::stock"), (stock{3, 4})); }), 1U);
    // Another session of the same engine knows them; another engine asks.
    proxy.reset_counters();
    int ended = 0;
    for (int i = 0; i != 3; ++i)
        asio::co_spawn(context, engine.execute("select pg_sleep(0.1), 'sad'::audit.mood"),
                       [&](std::exception_ptr problem, const coropq::result& got) {
                           ASSERT_FALSE(problem);
                           EXPECT_EQ(got[0][1].as<mood>(), mood::sad);
                           ++ended;
                       });
    drain(context);
    EXPECT_EQ(ended, 3);
    EXPECT_EQ(proxy.connections(), 2U);
    EXPECT_EQ(proxy.round_trips(), 3U + 2 * 3); // to connect takes three
    const coropq::engine other = make();
    run(context, other.execute("select 1"));
    EXPECT_EQ(
        round_trips([&] { EXPECT_EQ(run(context, other.fetch_value<mood>("select 'sad'::audit.mood")), mood::sad); }),
        2U);
}

TEST_F(types_of_database, of_parameters_are_looked_up_once_by_name) {
    execute("select 1");
    const auto send = [&](std::string_view sql) {
        EXPECT_EQ(
            value<std::string>(sql, mood::ok, std::vector<mood>{mood::sad}, stock{7, 8}, std::vector<stock>{{9, 10}}),
            "ok{sad}(7,8){\"(9,10)\"}");
    };
    constexpr auto question = "select $1::text || $2::text || $3::text || $4::text";
    EXPECT_EQ(round_trips([&] { send(question); }), 2U);
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(round_trips([&] { send(question); }), 1U);
    EXPECT_EQ(value<std::string>("select pg_typeof($1)::text", mood::ok), "audit.mood");
    EXPECT_EQ(value<std::string>("select pg_typeof($1)::text", std::vector<mood>()), "audit.mood[]");
    EXPECT_EQ(value<std::string>("select pg_typeof($1)::text", std::optional<mood>()), "audit.mood");
}

TEST_F(types_of_database, by_a_codec_of_ones_own_in_both_directions) {
    for (const way how : all_ways) {
        SCOPED_TRACE(name_of(how));
        coropq::statement work("select $1, $1::text, $2, array[$1, null], pg_typeof($1)::text", stock{-1, 1LL << 40},
                               std::vector<std::optional<stock>>{stock{1, 2}, std::nullopt});
        if (how == way::text || how == way::binary)
            work.results(how == way::text ? coropq::result_format::text : coropq::result_format::binary);
        work.simple_protocol(how == way::simple);
        const auto row = run(context, engine.execute(work));
        EXPECT_EQ(row[0][0].as<stock>(), (stock{-1, 1LL << 40}));
        EXPECT_EQ(row[0][0].text(), row[0][1].text());
        const auto several = row[0][2].as<std::vector<std::optional<stock>>>();
        EXPECT_EQ(several, (std::vector<std::optional<stock>>{stock{1, 2}, std::nullopt}));
        EXPECT_EQ(row[0][3].as<std::vector<std::optional<stock>>>().at(0), (stock{-1, 1LL << 40}));
        EXPECT_EQ(row[0][4].text(), "stock");
    }
    // A missing type is an error before anything is sent.
    elsewhere("drop type stock");
    elsewhere("drop domain cents");
    const coropq::engine fresh = make();
    try {
        run(context, fresh.execute("select $1", stock{}));
        FAIL();
    } catch (const coropq::error& problem) {
        EXPECT_TRUE(contains(problem.what(), "the database has no type \"cents\"")) << problem.what();
    }
}

TEST_F(types_of_database, in_transactions) {
    coropq::connection conn{context};
    run(context, conn.connect(plain_address(database)));
    run(context, conn.execute("begin"));
    EXPECT_EQ(run(context, conn.fetch_value<mood>("select 'ok'::audit.mood")), mood::ok);
    // Made in the transaction.
    run(context, conn.execute("create type passing as enum ('sad', 'ok')"));
    EXPECT_EQ(run(context, conn.fetch_value<mood>("select 'sad'::passing")), mood::sad);
    EXPECT_EQ(run(context, conn.fetch_value<std::vector<mood>>("select array['sad']::passing[]")),
              std::vector<mood>{mood::sad});
    EXPECT_THROW(run(context, conn.execute("select 1 / 0")), coropq::server_error);
    // Failed: no question can be asked, and the server's error is the one that is reported.
    EXPECT_THROW(run(context, conn.execute("select $1", stock{})), coropq::error);
    try {
        run(context, conn.execute("select $1::text", std::vector<mood>{mood::sad}));
        FAIL();
    } catch (const coropq::server_error& problem) {
        EXPECT_EQ(problem.code(), coropq::sqlstate::in_failed_sql_transaction) << problem.what();
    }
    run(context, conn.execute("rollback"));
    EXPECT_EQ(run(context, conn.fetch_value<std::string>("select $1::text", stock{1, 2})), "(1,2)");
    EXPECT_EQ(run(context, conn.fetch_value<place>("select row('x', null)::place")), (place{"x", std::nullopt}));
}

TEST_F(types_of_database, are_looked_up_by_several_sessions_at_once) {
    int ended = 0;
    const auto read = [&]() -> asio::awaitable<void> {
        for (int i = 0; i != 20; ++i) {
            const mood found = co_await engine.fetch_value<mood>("select 'ok'::audit.mood");
            EXPECT_EQ(found, mood::ok);
            const stock sent{i, i};
            const stock back = co_await engine.fetch_value<stock>("select $1", sent);
            EXPECT_EQ(back, sent);
            if (i % 5 == 4) // everything is forgotten
                co_await engine.execute("alter table audit.any_table set (fillfactor = 70)");
        }
        ++ended;
    };
    elsewhere("create table audit.any_table (a int)");
    for (int i = 0; i != 4; ++i)
        asio::co_spawn(context, read(), [](std::exception_ptr problem) {
            if (problem)
                std::rethrow_exception(problem);
        });
    drain(context);
    EXPECT_EQ(ended, 4);
}

TEST_F(types_of_database, altered_through_the_engine) {
    EXPECT_EQ(value<place>("select row('a', 1)::place"), (place{"a", 1}));
    execute("alter type place add attribute town text");
    for (int i = 0; i != 3; ++i) {
        const auto found = value<longer_place>("select row('a', 1, 'b')::place");
        EXPECT_EQ(found.street + found.town.value_or(""), "ab");
        EXPECT_EQ(value<place>("select row('a', 1, 'b')::place"), (place{"a", 1}));
    }
    execute("alter type place drop attribute number");
    EXPECT_THROW(value<longer_place>("select row('a', 'b')::place"), coropq::result_error);
    EXPECT_EQ((value<std::tuple<std::string, std::string>>("select row('a', 'b')::place as p")),
              (std::tuple<std::string, std::string>("a", "b")));
    execute("alter type audit.mood rename value 'ok' to 'fine'");
    EXPECT_THROW(value<mood>("select 'fine'::audit.mood"), coropq::result_error);
    execute("alter type audit.mood add value 'ok'");
    EXPECT_EQ(value<mood>("select 'ok'::audit.mood"), mood::ok);
}

// Never a wrong value: the right one, or an error.
TEST_F(types_of_database, altered_elsewhere) {
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(value<place>("select row('a', 1)::place as p"), (place{"a", 1}));
    elsewhere("alter type place add attribute town text");
    for (int i = 0; i != 3; ++i) {
        try {
            EXPECT_EQ(value<place>("select ('a', 1, 'b')::place as p"), (place{"a", 1}));
        } catch (const coropq::error& problem) {
            EXPECT_FALSE(contains(problem.what(), "no error")) << problem.what();
        }
    }
    elsewhere("alter type place rename attribute street to town2");
    elsewhere("alter type place rename attribute town to street");
    for (int i = 0; i != 3; ++i) {
        try {
            EXPECT_EQ(value<place>("select ('wrong', 1, 'right')::place as p").street, "right");
        } catch (const coropq::error&) {
            // noticed
        }
    }
}

TEST_F(types_of_database, dropped_and_made_anew) {
    EXPECT_EQ(value<stock>("select $1", stock{1, 2}), (stock{1, 2}));
    execute("drop type stock");
    execute("create type stock as (count int, price cents)");
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(value<stock>("select $1", stock{1, 2}), (stock{1, 2}));
    // From elsewhere, the next statement finds out, and the one after it works.
    elsewhere("drop type stock");
    elsewhere("create type stock as (count int, price cents)");
    try {
        EXPECT_EQ(value<stock>("select $1", stock{3, 4}), (stock{3, 4}));
    } catch (const coropq::server_error& problem) {
        EXPECT_TRUE(contains(problem.what(), "type")) << problem.what();
    }
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(value<stock>("select $1", stock{3, 4}), (stock{3, 4}));
    EXPECT_EQ(value<stock>("select row(5, 6)::stock"), (stock{5, 6}));
}

TEST_F(types_of_database, without_looking_up) {
    const coropq::engine plain =
        coropq::create_engine(context, plain_address(database),
                              coropq::engine_options().connect(coropq::connect_options().statements(
                                  coropq::statement_options().type_lookup(false))));
    for (int i = 0; i != 3; ++i) {
        const auto row = run(context, plain.execute("select 'ok'::audit.mood, row('a', 1)::place"));
        EXPECT_EQ(row[0][0].text(), "ok");
        EXPECT_EQ(row[0][1].as<std::string>(), "(a,1)");
        EXPECT_THROW(static_cast<void>(row[0][0].as<mood>()), coropq::result_error);
    }
}

} // namespace
