// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Every form of docs/statements.md, docs/results.md and docs/values.md, as users write it: GCC 12 destroys some
// temporaries in co_await expressions twice, which AddressSanitizer would see. Texts are long, so that they own memory.

#include "api_support.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace shapes {

BOOST_DEFINE_ENUM_CLASS(mood, sad, ok, very_happy)

struct user {
    int id = 0;
    std::string name;
    std::optional<std::string> email;
    std::vector<std::string> tags;
    mood state = mood::ok;
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name, email, tags, state))

struct account_id {
    std::int64_t value = 0;
};

} // namespace shapes

template <>
struct coropq::column_names<shapes::user> {
    static constexpr std::array renames{coropq::column_name{"email", "e-mail"}};
};
template <>
struct coropq::type_name<shapes::user> {
    static constexpr std::string_view value = "users";
};
template <>
struct coropq::type_name<shapes::mood> {
    static constexpr std::string_view value = "mood";
};
template <>
struct coropq::enum_labels<shapes::mood> {
    static constexpr std::array renames{coropq::enum_label{shapes::mood::very_happy, "very happy"}};
};
template <>
struct coropq::codec<shapes::account_id> {
    using number = coropq::codec<std::int64_t>;

    static constexpr type_reference type() { return number::type(); }
    static void encode(shapes::account_id id, value_writer& writer) { number::encode(id.value, writer); }
    static bool accepts(std::uint32_t type, const type_catalog& types) { return number::accepts(type, types); }
    static shapes::account_id decode(const value_view& value) { return {number::decode(value)}; }
};

namespace {

using namespace coropq::test;
using namespace shapes;
namespace asio = boost::asio;

const std::string long_text = "a text that is too long for the place that strings have in themselves";

user somebody(int id) { return {id, long_text, long_text + "@example.com", {long_text, "short"}, mood::very_happy}; }

asio::awaitable<void> statements(coropq::engine engine) {
    const std::vector<std::string> tags = {long_text}; // GCC 12 wants no braced list in a co_await expression
    co_await engine.execute("insert into users values ($1, $2, $3, $4, $5)", 1, long_text, std::nullopt, tags,
                            mood::sad);
    co_await engine.execute("insert into users values (:id, :name, :email, :tags, :state)", coropq::named(somebody(2)));
    co_await engine.execute("update users set name = :name where id = :id", coropq::named("id", 1),
                            coropq::named("name", long_text + "!"));
    coropq::statement insert("insert into users values ($1, $2, $3, '{}', 'ok')", 3, std::string(long_text), nullptr);
    co_await engine.execute(insert);
    co_await engine.execute(coropq::statement("select $1::text", long_text).prepare(false));
    co_await engine.execute(coropq::statement("select $1::text", long_text).simple_protocol(true));
    co_await engine.execute(coropq::statement("select $1::text", long_text).results(coropq::result_format::text));
    const std::vector<coropq::named_parameter> values = {{"id", 4}, {"name", long_text}};
    const auto work = coropq::statement::with("insert into users values (:id, :name, null, '{}', 'ok')", values);
    co_await engine.execute(work);
    const std::vector<coropq::result> results =
        co_await engine.execute_script("create temp table a (i int); insert into a values (1); select 1; drop table a");
    EXPECT_EQ(results.size(), 4U);
    EXPECT_EQ(co_await engine.fetch_value<std::int64_t>("select count(*) from users"), 4);
}

asio::awaitable<void> results(coropq::engine engine) {
    const std::vector<user> all = co_await engine.fetch<user>("select * from users order by id");
    EXPECT_EQ(all.at(1).tags.at(0), long_text);
    EXPECT_EQ(all.at(1).state, mood::very_happy);
    const user one =
        co_await engine.fetch_one<user>("select * from users where name = $1", std::string(long_text + "!"));
    EXPECT_EQ(one.id, 1);
    const std::optional<user> maybe = co_await engine.fetch_optional<user>("select * from users where id = $1", 8);
    EXPECT_FALSE(maybe);
    for (const auto& [id, name] : co_await engine.fetch<std::tuple<int, std::string>>("select id, name from users"))
        EXPECT_TRUE(name.starts_with(long_text)) << id;
    for (const user& each : co_await engine.fetch<user>(coropq::statement("select * from users where id > $1", 0)))
        EXPECT_FALSE(each.name.empty());
    if ((co_await engine.fetch_value<std::string>("select $1::text", long_text + long_text)).size() < 100)
        ADD_FAILURE();
    EXPECT_EQ((co_await engine.fetch_value<std::optional<mood>>("select $1", std::optional(mood::sad))).value(),
              mood::sad);
    EXPECT_EQ(
        (co_await engine.fetch_value<user>("select row(7, $1::text, null, array['x'], 'ok'::mood)", long_text)).name,
        long_text);

    const coropq::result users = co_await engine.execute("select id, name from users order by id");
    int sum = 0;
    for (auto [id, name] : users.rows<int, std::string_view>())
        sum += id + static_cast<int>(name.size() > 1000);
    EXPECT_EQ(sum, 10);
    std::string shown;
    for (coropq::row row : users)
        for (coropq::field value : row)
            shown += std::string(value.name()) + " = " + value.text() + '\n';
    EXPECT_NE(shown.find("name = " + long_text), std::string::npos);
    EXPECT_EQ((co_await engine.execute("select id from users")).all<int>().size(), 4U);
    EXPECT_EQ((co_await engine.execute("select id, name from users where id = 4")).mappings().at(0).at("name"),
              long_text);
    for (const coropq::row_range& piece : users.partitions(3))
        EXPECT_LE(piece.size(), 3U);
    EXPECT_EQ((co_await engine.fetch_value<account_id>("select $1", account_id{41})).value, 41);
}

asio::awaitable<void> streams(coropq::engine engine) {
    auto users = co_await engine.stream<user>("select * from users order by id", {.batch = 3});
    int count = 0;
    while (std::optional<user> next = co_await users.next())
        count += next->name.size() > 20 ? 1 : 100;
    EXPECT_EQ(count, 4);
    auto rows = co_await engine.stream<std::tuple<int, std::string_view>>(
        coropq::statement("select id, name from users where name <> $1 order by id", long_text + "?"));
    while (true) {
        auto batch = co_await rows.next_batch();
        if (batch.empty())
            break;
        for (const auto& [id, name] : batch)
            EXPECT_TRUE(name.starts_with(long_text)) << id;
    }
    auto cursor = co_await engine.stream<int>("select generate_series(1, 100)",
                                              {.batch = 10, .strategy = coropq::stream_strategy::cursor});
    EXPECT_EQ(co_await cursor.next(), 1);
    co_await cursor.close();
    EXPECT_FALSE(co_await cursor.next());
}

asio::awaitable<void> lists(coropq::engine engine) {
    const std::vector<int> ids = {1, 2, 3};
    const auto some = co_await engine.fetch<user>("select * from users where id = any($1)", ids);
    EXPECT_EQ(some.size(), 3U);
    const std::vector<user> many = {somebody(11), somebody(12)};
    co_await engine.execute("insert into users select * from unnest($1)", many);
    EXPECT_EQ((co_await engine.fetch<int>("delete from users where id > 10 returning id")).size(), 2U);
}

asio::awaitable<void> operators(coropq::engine engine) {
    using namespace asio::experimental::awaitable_operators;
    auto [users, number] = co_await (engine.fetch<user>("select * from users where name <> $1", long_text + "?") &&
                                     engine.fetch_value<std::string>("select $1::text", long_text));
    EXPECT_EQ(users.size(), 4U);
    EXPECT_EQ(number, long_text);
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
    auto outcome = co_await (engine.fetch<user>("select users.* from users, pg_sleep(5)") ||
                             timer.async_wait(asio::use_awaitable));
    EXPECT_EQ(outcome.index(), 1U);
}

asio::awaitable<void> all_shapes(coropq::engine engine) {
    co_await engine.execute_script("create type mood as enum ('sad', 'ok', 'very happy');"
                                   "create table users (id int, name text, \"e-mail\" text, tags text[], state mood)");
    co_await statements(engine);
    co_await results(engine); // in text
    co_await results(engine); // in binary
    co_await lists(engine);
    co_await streams(engine);
    co_await operators(engine);
    co_await engine.dispose();
}

TEST(query_shapes, do_what_the_documentation_says) {
    const temporary_database database = cluster().create_database();
    asio::io_context context;
    run(context, all_shapes(coropq::create_engine(context, plain_address(database))));
}

} // namespace
