// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is built for Query Service, and what its errors mean.

#include "dialect/query_service_errors.hpp"
#include "statement/literals.hpp"
#include "statement/text_parameters.hpp"

#include <coropq/coropq.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace std::string_literals;
namespace query_service = coropq::query_service;
using coropq::url;
using query_service::database;
using query_service::path;
using query_service::problem;

constexpr const char* token = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IjE2MzQifQ.c2lnbmF0dXJl";

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The text of an error that shows no token.
template <typename Error, typename Function>
std::string refusal(Function&& function) {
    try {
        function();
        return "accepted";
    } catch (const Error& failure) {
        EXPECT_FALSE(contains(failure.what(), "eyJ")) << failure.what();
        return failure.what();
    }
}

TEST(query_service_database, is_rendered) {
    EXPECT_EQ(database("prod").to_string(), "prod:all");
    EXPECT_EQ(database("dev-2", "cja").use_ids().to_string(), "dev-2:cja?CJA_USE_IDS");
    EXPECT_EQ(database("prod").flatten().to_string(), "prod:all?FLATTEN");
    EXPECT_EQ(database("prod").flatten().flatten().use_ids().to_string(), "prod:all?FLATTEN&CJA_USE_IDS");
    EXPECT_EQ(database("prod").flatten().flatten(false).to_string(), "prod:all");
    EXPECT_EQ(database("prod", "store.sales").flag("NEW_1").to_string(), "prod:store.sales?NEW_1");
    const url made = url::create({.host = "h", .database = database("prod").flatten()});
    EXPECT_EQ(made.database(), "prod:all?FLATTEN");
    EXPECT_EQ(url::parse(made.to_string()).database(), "prod:all?FLATTEN");
    std::ostringstream text;
    text << database("prod");
    EXPECT_EQ(text.str(), "prod:all");
}

TEST(query_service_database, is_parsed) {
    for (const char* name : {"prod:all", "prod:all?FLATTEN", "prod:cja?FLATTEN&CJA_USE_IDS", "prod:store:sales"})
        EXPECT_EQ(database::parse(name).to_string(), name);
    EXPECT_EQ(database::parse("prod:cja?CJA_USE_IDS").flags(), (std::vector<std::string>{"CJA_USE_IDS"}));
    EXPECT_EQ(database::parse("prod:orders").target(), "orders");
    EXPECT_EQ(database::parse("prod:orders"), database("prod", "orders"));
}

TEST(query_service_database, impossible_ones_say_why) {
    const auto of = [](const std::string& name) { return refusal<coropq::url_error>([&] { database::parse(name); }); };
    EXPECT_TRUE(contains(of("prod"), "no colon"));
    EXPECT_TRUE(contains(of(":all"), "no sandbox"));
    EXPECT_TRUE(contains(of("prod:"), "no target"));
    EXPECT_TRUE(contains(of("pr od:all"), "character"));
    EXPECT_TRUE(contains(of("prod:all?flatten"), "capitals"));
    EXPECT_TRUE(contains(of("prod:all?"), "capitals"));
    EXPECT_TRUE(contains(of("ABC@AdobeOrg:"s + token), "character")) << "credentials in the wrong place";
    EXPECT_TRUE(contains(of(token), "no colon"));
}

TEST(query_service_path, is_written_in_three_ways) {
    const path order{"commerce", "order", "priceTotal"};
    EXPECT_EQ(order.dotted(), "commerce.`order`.priceTotal");
    EXPECT_EQ(order.bracketed(), "commerce['order']['priceTotal']");
    EXPECT_EQ(order.flattened(), "\"commerce.order.priceTotal\"");
    EXPECT_EQ((path{"_acme", "3d", "a-b", "a`b", "Table"}.dotted()), "_acme.`3d`.`a-b`.`a``b`.`Table`");
    EXPECT_EQ((path{"identityMap", "ECID"}.bracketed()), "identityMap['ECID']");
    EXPECT_EQ((path{"a\"b"}.flattened()), "\"a\"\"b\"");
    EXPECT_EQ(query_service::quote_name("a\"b.c"), "\"a\"\"b.c\"");
}

TEST(query_service_path, is_parsed) {
    for (const char* text : {"commerce.`order`.priceTotal", "a", "`3d`.x", "`a``b`.`c.d`"})
        EXPECT_EQ(path::parse(text).dotted(), text);
    EXPECT_EQ(path::parse("`a.b`.c").names(), (std::vector<std::string>{"a.b", "c"}));
    EXPECT_EQ(path::parse("commerce.order"), (path{"commerce", "order"}));
}

TEST(query_service_path, impossible_ones_say_why) {
    const auto of = [](const std::string& text) { return refusal<coropq::option_error>([&] { path::parse(text); }); };
    EXPECT_TRUE(contains(of(""), "empty name"));
    EXPECT_TRUE(contains(of("a."), "empty name"));
    EXPECT_TRUE(contains(of("a..b"), "empty name"));
    EXPECT_TRUE(contains(of("`a"), "isn't closed"));
    EXPECT_TRUE(contains(of("`a`b"), "something else than a dot"));
    EXPECT_TRUE(contains(of("a`b`"), "something else than a dot"));
    EXPECT_TRUE(contains(refusal<coropq::option_error>([] { (void)path{"m", "it's"}.bracketed(); }), "quote"));
    EXPECT_TRUE(contains(refusal<coropq::option_error>([] { path{std::vector<std::string>()}; }), "no names"));
    EXPECT_TRUE(contains(refusal<coropq::option_error>([] { query_service::quote_name(""); }), "empty"));
}

TEST(query_service_options, are_options_of_an_engine) {
    using namespace std::chrono_literals;
    const auto base = coropq::engine_options()
                          .pool(coropq::pool_options().max_idle(5min))
                          .connect(coropq::connect_options().on_connect({"SET aqp=true"}));
    const coropq::engine_options made = query_service::engine_options(base)
                                            .sessions(3)
                                            .auto_to_json()
                                            .root_certificates("/roots.pem")
                                            .statement_timeout(2min)
                                            .application_name("report");
    EXPECT_EQ(made.dialect(), coropq::dialect::query_service);
    EXPECT_EQ(made.connect().dialect(), coropq::dialect::query_service);
    EXPECT_EQ(made.pool().size(), 3u);
    EXPECT_EQ(made.pool().max_idle(), 5min);
    EXPECT_TRUE(made.connect().auto_to_json());
    EXPECT_EQ(made.connect().on_connect().size(), 1u);
    EXPECT_EQ(made.connect().connect_args().at("sslrootcert").expose(), "/roots.pem");
    EXPECT_EQ(made.connect().connect_args().at("application_name").expose(), "report");
    EXPECT_EQ(made.connect().statements().timeout(), 2min);
}

// --- from the credentials page ---

std::string command(const std::string& password) {
    return "psql 'sslmode=require host=acme.platform-query.adobe.io port=80 dbname=prod:all user=ABC@AdobeOrg "
           "password=" +
           password + "'";
}

TEST(query_service_command, gives_a_url) {
    const url made = query_service::from_psql_command(command(token));
    EXPECT_EQ(made.backend_name(), "queryservice");
    EXPECT_EQ(coropq::dialect_of(made), coropq::dialect::query_service);
    EXPECT_EQ(made.host(), "acme.platform-query.adobe.io");
    EXPECT_EQ(made.port(), 80);
    EXPECT_EQ(made.user(), "ABC@AdobeOrg");
    EXPECT_EQ(made.database(), "prod:all");
    EXPECT_EQ(made.password()->expose(), token);
    EXPECT_EQ(made.query("sslmode"), nullptr) << "the server is verified unless somebody says otherwise";
    const url wrapped =
        query_service::from_psql_command("psql 'sslmode=verify-ca host=h\nport=80 dbname=prod:all?FLATTEN\r\n"
                                         "user=ABC@AdobeOrg password=" +
                                         std::string(token).insert(9, "\n") + "'\n");
    EXPECT_EQ(wrapped.password()->expose(), token);
    EXPECT_EQ(wrapped.database(), "prod:all?FLATTEN");
    EXPECT_EQ(wrapped.query("sslmode")->front(), "verify-ca");
}

TEST(query_service_command, names_what_is_missing) {
    const auto of = [](const std::string& text) {
        return refusal<coropq::url_error>([&] { query_service::from_psql_command(text); });
    };
    EXPECT_TRUE(contains(of("psql 'port=80 dbname=prod:all user=u password="s + token + "'"), "has no host"));
    EXPECT_TRUE(contains(of("psql 'host=h dbname=prod:all password="s + token + "'"), "has no user"));
    EXPECT_TRUE(contains(of("psql 'host=h user=u password="s + token + "'"), "has no database"));
    EXPECT_TRUE(contains(of("psql 'host=h user=u dbname=prod:all'"), "has no password"));
    EXPECT_TRUE(contains(of(command("**********")), "masked"));
    EXPECT_TRUE(contains(of(command("\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2")), "masked"));
    EXPECT_TRUE(contains(of("host=h password="s + token), "psql"));
}

const url rest = url::create({.drivername = "queryservice",
                              .user = "ABC@AdobeOrg",
                              .host = "acme.platform-query.adobe.io",
                              .database = "prod:all"});

TEST(query_service_credentials, of_the_api_give_a_whole_url) {
    const std::string json =
        R"({"username": "ABC@AdobeOrg", "dbName": "prod:all", "host": "acme.platform-query.adobe.io",
        "port": 80, "token": ")" +
        std::string(token) + R"(", "compressedToken": "x.y.z", "websocketHost": "w", "version": 1})";
    const url made = query_service::from_credentials_json(json);
    EXPECT_EQ(made.to_string(coropq::show_password),
              "queryservice://ABC%40AdobeOrg:"s + token + "@acme.platform-query.adobe.io:80/prod:all");
    const url flattened = url::create({.drivername = "queryservice", .database = database("dev").flatten()});
    const url mixed = query_service::from_credentials_json("\xEF\xBB\xBF" + json, flattened);
    EXPECT_EQ(mixed.database(), "dev:all?FLATTEN");
    EXPECT_EQ(mixed.host(), "acme.platform-query.adobe.io");
    EXPECT_EQ(query_service::from_credentials_json(json, rest.set({.host = "other.example.org"})).port(), std::nullopt)
        << "that of another host";
}

TEST(query_service_credentials, that_do_not_expire_are_a_password) {
    const std::string json = R"({"technicalAccountId": "0123", "credential": "eyJ4567", "name": "x"})";
    const url made = query_service::from_credentials_json(json, rest);
    EXPECT_EQ(made.password()->expose(), "0123:eyJ4567");
    EXPECT_EQ(made.user(), "ABC@AdobeOrg");
    const std::string missing = refusal<coropq::url_error>([&] { query_service::from_credentials_json(json); });
    EXPECT_TRUE(contains(missing, "doesn't say the host")) << missing;
}

TEST(query_service_credentials, come_from_a_file) {
    const std::string file = testing::TempDir() + "coropq_query_service_test.json";
    std::ofstream(file) << R"({"token": ")" << token << R"("})";
    EXPECT_EQ(query_service::from_credentials_file(file, rest).password()->expose(), token);
    std::ofstream(file) << "{" << token;
    const std::string text = refusal<coropq::url_error>([&] { query_service::from_credentials_file(file, rest); });
    EXPECT_TRUE(contains(text, file) && contains(text, "isn't valid JSON")) << text;
    std::remove(file.c_str());
    EXPECT_TRUE(contains(refusal<coropq::url_error>([&] { query_service::from_credentials_file(file, rest); }), file));
}

TEST(query_service_credentials, say_what_is_wrong) {
    const auto of = [](const std::string& text) {
        return refusal<coropq::url_error>([&] { query_service::from_credentials_json(text, rest); });
    };
    EXPECT_TRUE(contains(of("[]"), "isn't a JSON object"));
    EXPECT_TRUE(contains(of("{}"), "has no member token"));
    EXPECT_TRUE(contains(of(R"({"token": 5})"), "isn't a text"));
    EXPECT_TRUE(contains(of(R"({"token": " "})"), "empty member token"));
    EXPECT_TRUE(contains(of(R"({"token": "eyJ", "port": 70000})"), "port"));
    EXPECT_TRUE(contains(of(R"({"technicalAccountId": "eyJ"})"), "credential"));
}

// --- errors ---

using coropq::detail::query_service_problem;

TEST(query_service_problem, codes_with_several_meanings) {
    EXPECT_EQ(query_service_problem("53400", "LIMIT exceeds max value"), problem::limit_too_large);
    EXPECT_EQ(query_service_problem("53400", "User specified a LIMIT clause higher than 100,000"),
              problem::limit_too_large);
    EXPECT_EQ(query_service_problem("53400", "Statement timeout"), problem::statement_timeout);
    EXPECT_EQ(query_service_problem("53400", "the query took more than the maximum of 10 minutes"),
              problem::statement_timeout);
    EXPECT_EQ(query_service_problem("53400", "time limit exceeded"), problem::statement_timeout);
    EXPECT_EQ(query_service_problem("53400", "configuration limit exceeded"), problem::statement_limit);
    EXPECT_EQ(query_service_problem("58000", "Internal system failure"), problem::system_error);
    EXPECT_EQ(query_service_problem("58000",
                                    "ErrorCode: 58000 Batch query execution gets : [failed reason Analysis error "
                                    "encountered. Reason: [Function [varchar] not defined.]]"),
              problem::user_error);
    for (const char* state : {"53300", "58000", "XX000", ""})
        EXPECT_EQ(query_service_problem(state, "ERROR: Session Limit Reached for org"), problem::session_limit);
    EXPECT_EQ(query_service_problem("42P12", "No tables found"), problem::wrong_database);
    EXPECT_EQ(query_service_problem("28P01", "x"), problem::credentials_refused);
    EXPECT_EQ(query_service_problem("28000", "x"), problem::login_refused);
    EXPECT_EQ(query_service_problem("08P01", "x"), problem::unknown_message);
    EXPECT_EQ(query_service_problem("42P01", "x"), problem::none);
}

TEST(query_service_problem, session_ids_are_found) {
    using coropq::detail::query_service_session_id;
    const std::string id = "0b0d6f4e-1234-4321-abcd-0123456789ab";
    EXPECT_EQ(query_service_session_id("Reason: [sessionId: " + id + " Function"), id);
    EXPECT_EQ(query_service_session_id("SessionID:" + id), id);
    for (const char* text :
         {"", "sessionId:", "sessionId: 0b0d6f4e", "sessionId: zz0d6f4e-1234-4321-abcd-0123456789ab"})
        EXPECT_EQ(query_service_session_id(text), "");
}

TEST(query_service_problem, errors_get_hints) {
    coropq::detail::diagnostics_fields fields;
    fields.sqlstate = "58000";
    fields.message = "[sessionId: 0b0d6f4e-1234-4321-abcd-0123456789ab] failed";
    coropq::detail::annotate_query_service_error(fields);
    EXPECT_EQ(fields.session_id, "0b0d6f4e-1234-4321-abcd-0123456789ab");
    EXPECT_TRUE(contains(fields.hint, "before it is run again")) << fields.hint;
    for (const char* text : {"update t set a = 1", "  DELETE from t", "merge into t", "truncate t"}) {
        coropq::detail::diagnostics_fields changed;
        changed.sqlstate = "0A000";
        changed.statement = text;
        coropq::detail::annotate_query_service_error(changed);
        EXPECT_TRUE(contains(changed.hint, "append-only")) << text;
        changed.hint = "the server's own";
        coropq::detail::annotate_query_service_error(changed);
        EXPECT_EQ(changed.hint, "the server's own");
    }
}

TEST(query_service_rows, a_limit_of_its_own) {
    using coropq::detail::lacks_limit;
    for (const char* text :
         {"select * from t", "with a as (select 1 limit 5) select * from a", "select 'limit 5' from t",
          "select `limit` from t -- limit 5", "select \"limit\" /* limit 5 */ from t", "(select 1)", "table t",
          "select 'it\\'s limit 5'", "select a from (select b limit 7) x", "select mylimit from t", ""})
        EXPECT_EQ(lacks_limit(text), *text != '\0') << text;
    for (const char* text : {"select * from t limit 5", "SELECT * FROM t\nLIMIT 50000",
                             "select 1 fetch next 5 rows only", "with a as (select 1) select * from a limit 7",
                             "fetch 50000 from c", "show tables", "select 1 /* x */ limit 0", "insert into t select 1"})
        EXPECT_FALSE(lacks_limit(text)) << text;
}

// --- values ---

TEST(query_service_parameters, numbers_keep_their_types) {
    coropq::statement work("select $1, $2, $3, $4, $5", 30, std::string("it's"), true, 2.5, std::optional<int>());
    const coropq::type_catalog& types = coropq::type_catalog::built_in();
    for (int i = 0; i != 2; ++i) {
        coropq::detail::write_parameters_as_text(work, types);
        EXPECT_STREQ(work.parameter_data(0), "30");
        EXPECT_STREQ(work.parameter_data(1), "it's");
        EXPECT_STREQ(work.parameter_data(2), "t");
        EXPECT_STREQ(work.parameter_data(3), "2.5");
        EXPECT_EQ(work.parameter_data(4), nullptr);
        EXPECT_EQ(work.parameter_type(0).oid(), 23u);
        EXPECT_TRUE(work.parameter_type(1).is_untyped());
        EXPECT_EQ(work.parameter_type(2).oid(), 16u);
        EXPECT_EQ(work.parameter_format(3), coropq::wire_format::text);
    }
}

TEST(query_service_parameters, literals_are_plain_or_refused) {
    const coropq::type_catalog& types = coropq::type_catalog::built_in();
    const auto literals = [&](const coropq::statement& work) {
        return coropq::detail::render_with_plain_literals(work, types);
    };
    EXPECT_EQ(literals(coropq::statement("select $1, $2, $3, $4, $5 limit $1", 30, "a b;--", false, -2.5, nullptr)),
              "select (30), ('a b;--'), (false), (-2.5), (NULL) limit (30)");
    EXPECT_EQ(literals(coropq::statement("$$ begin $1; end $$;")), "$$ begin $1; end $$;");
    for (const std::string& value : {"it's"s, "a\\"s, "a\nb"s, "\x7f"s}) {
        const std::string text =
            refusal<coropq::option_error>([&] { literals(coropq::statement("select $1", value)); });
        EXPECT_TRUE(contains(text, "parameter $1") && !contains(text, value)) << text;
    }
}

} // namespace
