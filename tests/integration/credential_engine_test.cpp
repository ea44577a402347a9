// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Engines whose passwords change while they live: what the provider is asked, what the server is told, what users see.

#include "api_support.hpp"
#include "support/leak_check.hpp"

#include <coropq/credential_provider.hpp>

#include <boost/asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
using coropq::credential_provider;
using coropq::credentials;
using coropq::engine_options;
using coropq::error_code;
using coropq::secret;

std::string password(unsigned number) { return marked_token(200, number); }

void let_server_want(unsigned number) {
    cluster().query("set password_encryption = 'scram-sha-256'; alter role rotating password '" + password(number) +
                    "'");
}

// The role `rotating`, whose first password has the number 1, and a provider that gives what it is told to.
struct credential_engine : testing::Test {
    credential_engine() {
        cluster().query("drop role if exists rotating; create role rotating login");
        let_server_want(1);
    }
    ~credential_engine() override { EXPECT_TRUE(cluster().wait_for_session_count(0)); }

    asio::io_context context;
    int calls = 0;
    unsigned number = 1;               ///< Of the password that the provider gives.
    unsigned number_after_refusal = 0; ///< … from its second call on, if that is another one.
    std::optional<std::chrono::milliseconds> lifetime;
    bool fails = false;
    bool hangs = false;

    asio::awaitable<credentials> give() {
        ++calls;
        if (hangs) {
            asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
            co_await never.async_wait(asio::use_awaitable);
        }
        if (fails)
            throw std::runtime_error("the answer was " + password(number));
        const unsigned given = calls > 1 && number_after_refusal != 0 ? number_after_refusal : number;
        credentials made("rotating", secret(password(given)));
        if (lifetime)
            made.expires(std::chrono::system_clock::now() + *lifetime);
        co_return made;
    }

    credential_provider provider{[this] { return give(); }};

    // Neither the user nor the password of the URL is used.
    coropq::engine make(coropq::pool_options pool = {}, std::chrono::milliseconds limit = 60s) {
        coropq::connect_options how;
        how.credentials(provider).total_connect_timeout(limit);
        return coropq::create_engine(context, address_of(plain_url().user("nobody").password("nothing")),
                                     engine_options().connect(how).pool(pool));
    }

    std::string user_of(const coropq::engine& engine) {
        return run(context, engine.fetch_value<std::string>("select current_user::text"));
    }

    void expect_no_secret(const std::string& text) const {
        for (unsigned each = 1; each != 6; ++each)
            EXPECT_EQ(leaked_piece(password(each), text), "") << text;
    }
};

TEST_F(credential_engine, twenty_connections_take_one_call) {
    const coropq::engine engine = make(coropq::pool_options().size(20));
    std::vector<coropq::connection> all;
    all.reserve(20);
    std::size_t open = 0;
    for (int i = 0; i != 20; ++i)
        all.emplace_back(context);
    for (coropq::connection& each : all)
        engine.async_get_connection(each, [&open](error_code code) { open += code ? 0 : 1; });
    context.restart();
    context.run();
    EXPECT_EQ(open, 20u);
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(engine.stats().opened, 20u);
    EXPECT_EQ(cluster().query_value("select count(*) from pg_stat_activity where usename = 'rotating'"), "20");
    all.clear();
    run(context, engine.dispose());
}

TEST_F(credential_engine, a_refusal_refreshes_once_and_nobody_notices) {
    const coropq::engine engine = make(coropq::pool_options().size(5));
    EXPECT_EQ(user_of(engine), "rotating");
    let_server_want(2);
    number = 2;
    EXPECT_EQ(user_of(engine), "rotating") << "an open session needs no password";
    EXPECT_EQ(calls, 1);
    engine.invalidate();
    std::vector<coropq::connection> all;
    for (int i = 0; i != 5; ++i)
        all.emplace_back(context);
    std::size_t open = 0;
    for (coropq::connection& each : all)
        engine.async_get_connection(each, [&open](error_code code) { open += code ? 0 : 1; });
    context.restart();
    context.run();
    EXPECT_EQ(open, 5u);
    EXPECT_EQ(calls, 2) << "all five were refused, and asked once";
    EXPECT_EQ(engine.stats().failed_connects, 0u);
    all.clear();
    run(context, engine.dispose());
}

TEST_F(credential_engine, a_second_refusal_is_an_error_without_secrets) {
    let_server_want(3);
    number_after_refusal = 2;
    coropq::connect_options how;
    how.credentials(provider);
    coropq::connection conn(context);
    const auto refused = failure_of<coropq::authentication_error>(context, conn.connect(plain_address(), how));
    EXPECT_EQ(refused.code(), coropq::sqlstate::invalid_password);
    EXPECT_TRUE(contains(refused.what(), "rotating")) << refused.what();
    expect_no_secret(refused.what());
    EXPECT_EQ(calls, 2);
    number_after_refusal = 3;
    run(context, conn.connect(plain_address(), how));
    EXPECT_EQ(calls, 3) << "what was refused last isn't used again";
    run(context, conn.close());
}

TEST_F(credential_engine, fixed_ones_are_refused_once) {
    provider = coropq::fixed_credentials(credentials(secret(password(4))));
    coropq::connect_options how;
    how.credentials(provider);
    coropq::connection conn(context);
    const auto refused = failure_of<coropq::authentication_error>(
        context, conn.connect(address_of(plain_url().user("rotating").password("")), how));
    EXPECT_EQ(refused.code(), coropq::sqlstate::invalid_password);
    expect_no_secret(refused.what());
    provider = coropq::fixed_credentials(credentials(secret(password(1))));
    how.credentials(provider);
    run(context, conn.connect(address_of(plain_url().user("rotating").password("")), how));
    run(context, conn.close());
}

TEST_F(credential_engine, what_the_provider_throws_is_the_reason) {
    fails = true;
    const coropq::engine engine = make();
    const auto failed = failure_of<coropq::authentication_error>(context, engine.execute("select 1"));
    EXPECT_EQ(failed.code(), coropq::errc::authentication_failed);
    EXPECT_TRUE(contains(failed.what(), "the credential provider failed")) << failed.what();
    expect_no_secret(failed.what());
    fails = false;
    EXPECT_EQ(user_of(engine), "rotating");
    run(context, engine.dispose());
}

TEST_F(credential_engine, one_that_hangs_counts_as_connecting) {
    hangs = true;
    const coropq::engine engine = make({}, 50ms);
    const auto failed = failure_of<coropq::connection_error>(context, engine.execute("select 1"));
    EXPECT_EQ(failed.code(), coropq::errc::connect_timeout);
    EXPECT_TRUE(contains(failed.what(), "the credential provider gave nothing within 50 ms")) << failed.what();
    // What is being asked is ended with the engine, too.
    const coropq::engine other = make();
    std::optional<error_code> code;
    coropq::result rows;
    const int before = calls;
    other.async_execute(coropq::statement("select 1"), rows, [&code](error_code ended) { code = ended; });
    while (calls == before) {
        context.restart();
        context.poll();
    }
    run(context, other.dispose());
    context.restart();
    context.run();
    EXPECT_EQ(code, error_code(coropq::errc::engine_disposed));
}

TEST_F(credential_engine, sessions_are_replaced_before_their_credentials_end) {
    lifetime = 2s;
    const coropq::engine engine = make(coropq::pool_options().size(2));
    const auto first = run(context, engine.fetch_value<int>("select pg_backend_pid()"));
    number = 2; // from the next call on
    let_server_want(2);
    const auto until = std::chrono::steady_clock::now() + time_limit;
    int statements = 0;
    int last = first;
    while (last == first && std::chrono::steady_clock::now() < until) {
        last = run(context, engine.fetch_value<int>("select pg_backend_pid()")); // throws nothing
        ++statements;
    }
    EXPECT_NE(last, first);
    EXPECT_GE(engine.stats().closed.lifetime, 1u);
    EXPECT_EQ(engine.stats().closed.broken, 0u);
    EXPECT_EQ(engine.stats().failed_connects, 0u);
    EXPECT_GE(calls, 2);
    EXPECT_LE(calls, 20) << "ahead of the end of each, not for each of the statements: " << statements;
    run(context, engine.dispose());
}

} // namespace
