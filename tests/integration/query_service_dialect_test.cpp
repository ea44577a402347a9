// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The dialect of Query Service: what is sent to a server, what its errors become, and a PostgreSQL that looks like it.

#include "engine_support.hpp"

#include "support/scripted_server.hpp"

#include <coropq/query_service.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace coropq::test;
using namespace std::chrono_literals;
namespace query_service = coropq::query_service;
namespace wire = coropq::test::wire;
using coropq::errc;
using coropq::sqlstate;
using query_service::problem;

const std::string session_id = "0b0d6f4e-1234-4321-abcd-0123456789ab";

/// Logs in as Query Service does, and says what the test tells it to.
struct scripted_query_service : testing::Test {
    asio::io_context context;
    std::string refused_logins; ///< Answered to the first logins instead of letting them in.
    std::size_t refused = 0;    ///< So many of them.
    std::function<std::string(const wire::frontend_message&)> answer = [](const wire::frontend_message& message) {
        if (message.type == 'Q')
            return wire::text_result({"a"}, {{"1"}}) + wire::ready_for_query();
        return extended_answer(message);
    };
    scripted_server server{[this](scripted_session& session) {
                               if (session.number() < refused) {
                                   session.accept_startup('S');
                                   session.ask_password();
                                   session.send(refused_logins);
                                   session.close();
                                   return;
                               }
                               login_answer how;
                               how.parameters = {{"server_version", "0.1.0"}, {"client_encoding", "UTF8"}};
                               how.key_data = false;
                               how.ask_password = true;
                               session.log_in(how);
                               session.serve(answer);
                           },
                           tls_identity{cluster().server_certificate_file(), cluster().server_key_file()}};
    std::optional<coropq::engine> engine;

    ~scripted_query_service() override {
        if (engine)
            run(context, engine->dispose());
    }

    coropq::url address() const {
        return coropq::url::parse(server.url())
            .set({.drivername = "queryservice", .password = "token", .database = "prod:all?FLATTEN"})
            .difference_update_query({"sslmode"})
            .update_query_pairs({{"sslrootcert", cluster().ca_file()}});
    }
    coropq::engine& make(coropq::engine_options options = {}) {
        engine = coropq::create_engine(context, address(), std::move(options));
        return *engine;
    }
    template <typename T>
    T get(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        return run(context, std::move(pending), time_limit, where);
    }

    static std::string extended_answer(const wire::frontend_message& message) {
        switch (message.type) {
        case 'P': return wire::parse_complete();
        case 'B': return wire::bind_complete();
        case 'D': return wire::row_description({{"a", 23}});
        case 'E': return wire::data_row({"2"}) + wire::command_complete("SELECT 1");
        case 'S': return wire::ready_for_query();
        default: return {};
        }
    }
    std::vector<std::string> queries(std::size_t connection) const {
        std::vector<std::string> texts;
        for (const wire::frontend_message& each : server.messages(connection)) {
            if (each.type == 'Q')
                texts.push_back(each.body.substr(0, each.body.find('\0')));
        }
        return texts;
    }
    std::string types(std::size_t connection) const {
        std::string all;
        for (const wire::frontend_message& each : server.messages(connection))
            all += each.type;
        return all;
    }
};

TEST_F(scripted_query_service, connects_and_asks_as_psql_does) {
    coropq::engine& target = make(query_service::engine_options().auto_to_json());
    EXPECT_EQ(target.dialect(), coropq::dialect::query_service);
    const std::string block = "$$ BEGIN\n SET @v = SELECT `order` FROM t; raise_error('it\\'s');\nEND $$;";
    EXPECT_EQ(get(target.execute("select 1")).size(), 1u);
    get(target.execute(block));
    EXPECT_EQ(queries(0), (std::vector<std::string>{"SET auto_to_json=true", "select 1", block}));
    EXPECT_EQ(types(0), "pQQQ");
    const std::vector<wire::startup_packet> packets = server.startup_packets(0);
    ASSERT_EQ(packets.size(), 2u);
    EXPECT_EQ(packets[0].what, wire::startup_packet::kind::ssl_request);
    EXPECT_EQ(packets[1].parameters.at("database"), "prod:all?FLATTEN");
    EXPECT_EQ(packets[1].parameters.at("application_name"), "coropq");
    target.invalidate();
    get(target.execute("select 2"));
    EXPECT_EQ(queries(1), (std::vector<std::string>{"SET auto_to_json=true", "select 2"})) << "each new session";
}

TEST_F(scripted_query_service, parameters_are_text_beside_the_statement) {
    coropq::engine& target = make();
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(get(target.fetch_value<int>("select $1, $2", 30, "it's \\")), 2);
    EXPECT_EQ(types(0), "pPBDESPBDESPBDES") << "nothing is prepared";
    const auto messages = server.messages(0);
    const auto parse =
        std::find_if(messages.begin(), messages.end(), [](const auto& each) { return each.type == 'P'; });
    using namespace std::string_literals;
    EXPECT_EQ(parse->body, "\0select $1, $2\0\0\2\0\0\0\x17\0\0\0\0"s) << "an integer, and a type that isn't given";
    EXPECT_EQ((parse + 1)->body, "\0\0\0\2\0\0\0\0\0\2\0\0\0\2"s + "30\0\0\0\6it's \\\0\1\0\0"s);

    const coropq::statement literals = coropq::statement("select $1, $2", 30, "plain").simple_protocol(true);
    get(target.execute(literals));
    EXPECT_EQ(queries(0), (std::vector<std::string>{"select (30), ('plain')"}));
}

TEST_F(scripted_query_service, transactions_and_streams_are_simple) {
    coropq::engine& target = make();
    const auto work = [&]() -> asio::awaitable<void> {
        coropq::transaction tx = co_await target.begin();
        co_await tx.execute("select 1");
        co_await tx.commit();
        coropq::row_stream rows = co_await target.stream_rows(coropq::statement("select 2"));
        coropq::result batch = co_await rows.next_batch();
        EXPECT_EQ(batch.size(), 1u);
        co_await rows.close();
    };
    answer = [in_transaction = false](const wire::frontend_message& message) mutable {
        const std::string sql = message.body.substr(0, message.body.find('\0'));
        if (message.type != 'Q')
            return std::string();
        if (sql == "begin" || sql == "commit") {
            in_transaction = sql == "begin";
            return wire::command_complete(in_transaction ? "BEGIN" : "COMMIT") +
                   wire::ready_for_query(in_transaction ? 'T' : 'I');
        }
        return wire::text_result({"a"}, {{"1"}}) + wire::ready_for_query(in_transaction ? 'T' : 'I');
    };
    get(work());
    EXPECT_EQ(queries(0), (std::vector<std::string>{"begin", "select 1", "commit", "select 2"}));
    EXPECT_EQ(types(0), "pQQQQ");
    coropq::pipeline together(coropq::pipeline_mode::isolated);
    together.execute("select 1");
    const auto run_together = [&]() -> asio::awaitable<void> { (void)co_await target.run_pipeline(together); };
    EXPECT_EQ(failure_of<coropq::error>(context, run_together()).code(), errc::unsupported);
}

TEST_F(scripted_query_service, errors_say_what_they_mean) {
    std::string state;
    std::string text;
    answer = [&](const wire::frontend_message& message) {
        if (message.type != 'Q')
            return std::string();
        return wire::error_response("ERROR", state, text) + wire::ready_for_query();
    };
    coropq::engine& target = make();
    const auto failing = [&](const char* code, const std::string& words, const char* sql = "select 1") {
        state = code;
        text = words;
        return failure_of<coropq::server_error>(context, target.execute(sql));
    };
    EXPECT_EQ(query_service::problem_of(failing("53400", "LIMIT exceeds max value")), problem::limit_too_large);
    const coropq::server_error late = failing("53400", "Statement timeout");
    EXPECT_EQ(query_service::problem_of(late), problem::statement_timeout);
    EXPECT_EQ(late.code(), sqlstate::configuration_limit_exceeded);
    EXPECT_TRUE(contains(late.details().hint(), "10 minutes")) << late.what();
    const coropq::server_error own = failing(
        "58000", "Batch query execution gets : [failed reason Analysis error encountered. Reason: [sessionId: " +
                     session_id + " Function [varchar] not defined.]]");
    EXPECT_EQ(query_service::problem_of(own), problem::user_error);
    EXPECT_EQ(own.details().session_id(), session_id);
    EXPECT_TRUE(contains(failing("0A000", "not supported", "update t set a = 1").what(), "append-only"));

    // Not run a second time, also where that was allowed.
    state = "58000";
    text = "Internal system failure";
    const std::size_t before = queries(0).size();
    std::vector<coropq::statement> work{coropq::statement("select 58")};
    const auto rules = coropq::fan_out_options().retries(3).idempotent(true).policy(coropq::fan_out_policy::collect);
    const auto outcomes = get(coropq::fan_out(target, std::move(work), rules));
    EXPECT_EQ(outcomes.at(0).attempts(), 1);
    EXPECT_EQ(queries(0).size(), before + 1);
    EXPECT_EQ(server.connections(), 1u);
}

TEST_F(scripted_query_service, unknown_messages_end_the_session_only) {
    answer = [](const wire::frontend_message& message) {
        if (message.type == 'P')
            return wire::error_response("ERROR", "08P01", "Unsupported message type");
        if (message.type == 'S')
            return wire::ready_for_query();
        return message.type == 'Q' ? wire::text_result({"a"}, {{"1"}}) + wire::ready_for_query() : std::string();
    };
    coropq::engine& target = make();
    const auto failure = failure_of<coropq::server_error>(context, target.execute("select $1", 1));
    EXPECT_EQ(query_service::problem_of(failure), problem::unknown_message);
    EXPECT_TRUE(contains(failure.details().hint(), "simple_protocol")) << failure.what();
    EXPECT_EQ(get(target.execute("select 1")).size(), 1u);
    EXPECT_EQ(server.connections(), 2u);
}

// With its credentials, for instance, while it is open.
TEST_F(scripted_query_service, an_end_of_the_session_is_noticed) {
    std::string end = wire::error_response("ERROR", "28P01", "Invalid authentication token") + wire::ready_for_query();
    answer = [&](const wire::frontend_message& message) {
        if (message.type != 'Q')
            return std::string();
        return contains(message.body, "late") ? end : wire::text_result({"a"}, {{"1"}}) + wire::ready_for_query();
    };
    coropq::engine& target = make();
    const auto expired = failure_of<coropq::server_error>(context, target.execute("select late"));
    EXPECT_EQ(query_service::problem_of(expired), problem::credentials_refused);
    EXPECT_EQ(get(target.execute("select 1")).size(), 1u);
    EXPECT_EQ(server.connections(), 2u);
    end = wire::error_response("FATAL", "53300", "Session Limit Reached, sessionId: " + session_id);
    const auto ended = failure_of<coropq::session_limit_error>(context, target.execute("select late"));
    EXPECT_EQ(ended.details().session_id(), session_id);
    EXPECT_EQ(get(target.execute("select 1")).size(), 1u);
}

// libpq 17 can ask for it inside TLS; others don't ask.
TEST_F(scripted_query_service, what_is_cancelled_ends_with_its_session) {
    answer = [](const wire::frontend_message& message) {
        if (message.type != 'Q' || contains(message.body, "slow"))
            return std::string();
        return wire::text_result({"a"}, {{"1"}}) + wire::ready_for_query();
    };
    coropq::engine& target = make(coropq::engine_options().connect(coropq::connect_options().cancel_timeout(100ms)));
    get(target.execute("select 1"));
    const coropq::statement slow = coropq::statement("select slow").timeout(300ms);
    failure_of<coropq::timeout_error>(context, target.execute(slow));
    EXPECT_EQ(get(target.execute("select 2")).size(), 1u);
    for (std::size_t each = 0; each != server.connections(); ++each) {
        const std::vector<wire::startup_packet> packets = server.startup_packets(each);
        if (!packets.empty()) {
            EXPECT_NE(packets.front().what, wire::startup_packet::kind::cancel_request) << "in the clear";
        }
    }
}

TEST_F(scripted_query_service, results_may_be_cut_off) {
    std::size_t rows = 50'000;
    answer = [&](const wire::frontend_message& message) {
        if (message.type != 'Q')
            return std::string();
        std::string all = wire::row_description({{"a"}});
        for (std::size_t i = 0; i != rows; ++i)
            all += wire::data_row({"1"});
        return all + wire::command_complete("SELECT " + std::to_string(rows)) + wire::ready_for_query();
    };
    coropq::engine& target = make();
    EXPECT_TRUE(get(target.execute("select a from t")).possibly_truncated());
    EXPECT_FALSE(get(target.execute("select a from t limit 50000")).possibly_truncated());
    rows = 49'999;
    EXPECT_FALSE(get(target.execute("select a from t")).possibly_truncated());
    EXPECT_FALSE(coropq::result().possibly_truncated());
}

TEST_F(scripted_query_service, a_session_is_waited_for) {
    refused = 2;
    refused_logins = wire::error_response("FATAL", "53300", "Session Limit Reached");
    coropq::engine& target =
        make(coropq::engine_options().pool(coropq::pool_options().session_limit_delay(10ms, 20ms)));
    EXPECT_EQ(get(target.execute("select 1")).size(), 1u);
    EXPECT_EQ(server.connections(), 3u);
    EXPECT_EQ(target.stats().failed_connects, 2u);
}

TEST_F(scripted_query_service, no_session_in_time) {
    refused = 1'000'000;
    refused_logins = wire::error_response("FATAL", "53300", "session limit reached [sessionId: " + session_id + "]");
    // None is opened any more once the first was refused.
    const auto options = coropq::pool_options().session_limit_delay(1h, 1h);
    coropq::engine& target = make(coropq::engine_options().pool(coropq::pool_options(options).acquire_timeout(3s)));
    const auto without_engine = [&]() -> asio::awaitable<void> { // and without a pool that could wait
        coropq::connection conn(context);
        co_await conn.connect(address());
    };
    const auto failure = failure_of<coropq::session_limit_error>(context, without_engine());
    EXPECT_EQ(failure.code(), errc::session_limit);
    EXPECT_EQ(query_service::problem_of(failure), problem::session_limit);
    EXPECT_EQ(failure.details().sqlstate(), "53300");
    EXPECT_EQ(failure.details().session_id(), session_id);
    EXPECT_TRUE(contains(failure.what(), "shared by all its users")) << failure.what();

    coropq::engine at_once = coropq::create_engine(
        context, address(), coropq::engine_options().pool(coropq::pool_options(options).acquire_timeout(0s)));
    EXPECT_EQ(failure_of<coropq::session_limit_error>(context, at_once.execute("select 1")).code(),
              errc::session_limit);
    run(context, at_once.dispose());
    // The last one fails when its time is up, however late it was connected.
    try {
        get(target.execute("select 1"));
        ADD_FAILURE() << "there is no session";
    } catch (const coropq::session_limit_error& late) {
        EXPECT_TRUE(contains(late.what(), "no session became free within 3000 ms")) << late.what();
    } catch (const coropq::pool_timeout&) { // the machine is so slow that nothing was refused in that time
    }
}

TEST_F(scripted_query_service, refused_logins_say_why) {
    refused = 3;
    const auto failing = [&](const char* state, const char* text) {
        refused_logins = wire::error_response("FATAL", state, text);
        const auto attempt = [&]() -> asio::awaitable<void> {
            coropq::connection conn(context);
            co_await conn.connect(address());
        };
        try {
            get(attempt());
        } catch (const coropq::connection_error& failure) {
            EXPECT_FALSE(contains(failure.what(), "token\"")) << failure.what();
            return std::pair(query_service::problem_of(failure), std::string(failure.what()));
        }
        return std::pair(problem::none, std::string("no error"));
    };
    const auto database = failing("42P12", "No tables found");
    EXPECT_EQ(database.first, problem::wrong_database) << database.second;
    EXPECT_TRUE(contains(database.second, "sandbox")) << database.second;
    EXPECT_EQ(failing("28000", "Invalid authorization type").first, problem::login_refused);
    EXPECT_EQ(failing("28P01", "Invalid password").first, problem::credentials_refused);
}

TEST_F(scripted_query_service, catalogs_are_not_asked_for_what_they_do_not_have) {
    answer = [](const wire::frontend_message& message) {
        const std::string sql = message.body.substr(0, message.body.find('\0'));
        if (message.type != 'Q')
            return extended_answer(message);
        if (contains(sql, "pg_class"))
            return wire::text_result({"nspname", "relname"}, {{"public", "orders"}}) + wire::ready_for_query();
        return wire::row_description({{"Name"}}) + wire::command_complete("SELECT 0") + wire::ready_for_query();
    };
    coropq::engine& target = make();
    EXPECT_EQ(get(target.inspect().columns(coropq::relation_selection())).size(), 1u);
    for (const std::string& sql : queries(0))
        EXPECT_FALSE(contains(sql, "pg_attribute")) << sql;
    EXPECT_EQ(failure_of<coropq::inspection_error>(context, target.inspect().snapshot()).code(), errc::unsupported);
}

// --- PostgreSQL, with the users, databases, passwords and TLS of Query Service ---

struct shaped_like_query_service : testing::Test {
    asio::io_context context;
    test_url where = cluster().query_service_url().set("sslrootcert", cluster().ca_file()).remove("sslmode");

    coropq::url address() const { return address_of(where).set({.drivername = "queryservice"}); }
    template <typename T>
    T get(asio::awaitable<T> pending, std::source_location from = std::source_location::current()) {
        return run(context, std::move(pending), time_limit, from);
    }
};

TEST_F(shaped_like_query_service, everyday_work) {
    const coropq::url to = address();
    const auto work = [&]() -> asio::awaitable<void> {
        coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, to,
                                                      query_service::engine_options().application_name("report"));
        const auto values = co_await engine.fetch_one<std::tuple<int, std::string, bool, double>>(
            "select $1 + 1, $2 || 'x', $3, $4", 30, std::string("it's \\ \"so\""), true, 2.5);
        EXPECT_EQ(values, (std::tuple<int, std::string, bool, double>(31, "it's \\ \"so\"x", true, 2.5)));
        const auto dates = co_await engine.fetch_one<std::tuple<std::string, std::optional<int>>>(
            "select cast(timestamp '2022-09-02 19:47:14' as text), cast(null as integer)");
        EXPECT_EQ(std::get<0>(dates), "2022-09-02 19:47:14");
        coropq::transaction tx = co_await engine.begin();
        co_await tx.execute("create temporary table mine (id int, name text)");
        co_await tx.execute("insert into mine select $1, $2", 7, "Ada");
        coropq::result rows = co_await tx.execute("select id, name from mine where name = $1", "Ada");
        EXPECT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows[0][0].as<int>(), 7);
        co_await tx.rollback();
        coropq::row_stream stream =
            co_await engine.stream_rows(coropq::statement("select * from generate_series(1, 3)"));
        coropq::result batch = co_await stream.next_batch();
        EXPECT_EQ(batch.size(), 3u);
        co_await stream.close();
        co_await engine.inspect().table_names();
        co_await engine.dispose();
    };
    get(work());
}

// What is set for other servers.
TEST_F(shaped_like_query_service, the_environment_has_no_say) {
    const std::vector<std::pair<const char*, const char*>> variables = {{"PGHOSTADDR", "192.0.2.1"},
                                                                        {"PGPORT", "1"},
                                                                        {"PGUSER", "nobody"},
                                                                        {"PGPASSWORD", "wrong"},
                                                                        {"PGDATABASE", "nowhere"},
                                                                        {"PGSSLMODE", "disable"},
                                                                        {"PGSSLCERT", "/no/x"},
                                                                        {"PGSSLROOTCERT", "/no/y"},
                                                                        {"PGREQUIREPEER", "nobody"},
                                                                        {"PGGSSENCMODE", "prefer"},
                                                                        {"PGAPPNAME", "other"},
                                                                        {"PGOPTIONS", "-c work_mem=1MB"},
                                                                        {"PGTARGETSESSIONATTRS", "standby"},
                                                                        {"PGCHANNELBINDING", "require"},
                                                                        {"PGCONNECT_TIMEOUT", "x"}};
    for (const auto& [name, value] : variables)
        setenv(name, value, 1);
    const auto work = [&]() -> asio::awaitable<std::string> {
        coropq::connection conn(context);
        co_await conn.connect(address());
        coropq::result found =
            co_await conn.execute("select current_setting('application_name') || ' ' || current_database() || ' ' || "
                                  "cast(current_setting('work_mem') <> '1MB' as text)");
        co_return found[0][0].text();
    };
    std::string seen;
    try {
        seen = get(work());
    } catch (const std::exception& failure) {
        seen = failure.what();
    }
    for (const auto& [name, value] : variables)
        unsetenv(name);
    EXPECT_EQ(seen, "coropq prod:all true");
}

TEST_F(shaped_like_query_service, what_would_give_the_token_away_is_refused) {
    const auto refused = [&](const coropq::url& to, coropq::connect_options how = {}) {
        const auto attempt = [&]() -> asio::awaitable<void> {
            coropq::connection conn(context);
            co_await conn.connect(to, how);
        };
        const auto failure = failure_of<coropq::option_error>(context, attempt());
        EXPECT_FALSE(contains(failure.what(), cluster().qs_token().substr(0, 8)));
        return std::string(failure.what());
    };
    EXPECT_TRUE(contains(refused(address().update_query_string("sslmode=prefer")), "sslmode=prefer"));
    EXPECT_TRUE(contains(refused(address().set({.password = coropq::absent})), "needs a password"));
    EXPECT_TRUE(
        contains(refused(address().set({.drivername = coropq::absent}), coropq::connect_options().auto_to_json(true)),
                 "auto_to_json"));
    const coropq::url elsewhere = address().update_query_pairs({{"sslrootcert", cluster().other_ca_file()}});
    const auto untrusted = [&]() -> asio::awaitable<void> {
        coropq::connection conn(context);
        co_await conn.connect(elsewhere);
    };
    const auto failure = failure_of<coropq::connection_error>(context, untrusted());
    EXPECT_EQ(failure.code(), errc::tls_failed);
    EXPECT_TRUE(contains(failure.what(), "DigiCert Global Root G2")) << failure.what();
}

TEST_F(shaped_like_query_service, require_is_allowed) {
    const coropq::url unverified =
        address().difference_update_query({"sslrootcert"}).update_query_string("sslmode=require");
    const auto work = [&]() -> asio::awaitable<void> {
        coropq::connection conn(context);
        co_await conn.connect(unverified);
        co_await conn.execute("select 1");
    };
    get(work());
}

} // namespace
