// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The url as a value: creating, changing, comparing, printing. Names as in SQLAlchemy's test_parseconnect.py where it
// tests the same.

#include "url_support.hpp"

#include <sstream>
#include <type_traits>
#include <unordered_set>

namespace coropq::testing {
namespace {

const char* const common = "postgresql://username:password@[2001:da8:2004:1000:202:116:160:90]:80/database?foo=bar";

TEST(url_value, create_takes_parts_as_they_are) {
    const std::string token = "eyJ.a-b_c";
    const url made = url::create({.user = "ABC123@AdobeOrg",
                                  .password = token,
                                  .host = "acme.platform-query.adobe.io",
                                  .port = 80,
                                  .database = "prod:all?FLATTEN"});
    EXPECT_EQ(made.drivername(), "postgresql");
    EXPECT_EQ(made.backend_name(), "postgresql");
    EXPECT_EQ(made.user(), "ABC123@AdobeOrg");
    EXPECT_EQ(password_of(made), token);
    EXPECT_EQ(made.host(), "acme.platform-query.adobe.io");
    EXPECT_EQ(made.port(), 80);
    EXPECT_EQ(made.database(), "prod:all?FLATTEN");
    EXPECT_TRUE(made.query().empty());
    EXPECT_EQ(hosts_of(made), "acme.platform-query.adobe.io:80");
    EXPECT_EQ(made.to_string(),
              "postgresql://ABC123%40AdobeOrg:***@acme.platform-query.adobe.io:80/prod:all%3FFLATTEN");
    EXPECT_EQ(made.to_string(show_password),
              "postgresql://ABC123%40AdobeOrg:eyJ.a-b_c@acme.platform-query.adobe.io:80/prod:all%3FFLATTEN");
    expect_round_trip(made);
}

TEST(url_value, none_ok) {
    const url made = url::create({});
    EXPECT_FALSE(made.user());
    EXPECT_FALSE(made.password());
    EXPECT_FALSE(made.host());
    EXPECT_FALSE(made.port());
    EXPECT_FALSE(made.database());
    EXPECT_TRUE(made.hosts().empty());
    EXPECT_EQ(made.to_string(), "postgresql://");
    expect_round_trip(made);
}

TEST(url_value, absent_and_empty_are_distinct) {
    EXPECT_NE(url::create({.user = ""}), url::create({}));
    EXPECT_NE(url::create({.database = ""}), url::create({}));
    EXPECT_NE(url::create({.user = "u", .password = ""}), url::create({.user = "u"}));
    // These two can't be told apart in a URL.
    EXPECT_EQ(url::create({.host = ""}), url::create({}));
    EXPECT_EQ(url::create({.password = "p"}), url::create({.user = "", .password = "p"}));
    for (const url& each : {url::create({.user = ""}), url::create({.database = ""}), url::create({.password = "p"}),
                            url::create({.user = "", .password = "", .host = "", .port = 1, .database = ""})})
        expect_round_trip(each);
}

TEST(url_value, drivernames) {
    EXPECT_EQ(url::create({.drivername = "postgres"}).backend_name(), "postgresql");
    EXPECT_EQ(url::create({.drivername = "postgres"}).drivername(), "postgres");
    EXPECT_EQ(url::create({.drivername = "PostgreSQL+AsyncPG"}).drivername(), "postgresql+asyncpg");
    EXPECT_EQ(url::create({.drivername = "postgresql+asyncpg"}).driver_name(), "asyncpg");
    EXPECT_EQ(url::create({.drivername = "queryservice"}).backend_name(), "queryservice");
    for (const char* wrong : {"", "mysql", "postgresql+", "+psycopg", "postgresql+a b", "postgresqlx", "postgresql:"})
        EXPECT_NE(error_of([&] { url::create({.drivername = wrong}); }), "") << wrong;
}

TEST(url_value, default_driver) { EXPECT_EQ(url::create({}).driver_name(), "coropq"); }

TEST(url_value, create_refuses_the_impossible) {
    const std::string nul("a\0b", 3);
    EXPECT_NE(error_of([&] { url::create({.user = nul}); }), "");
    EXPECT_NE(error_of([&] { url::create({.password = nul}); }), "");
    EXPECT_NE(error_of([&] { url::create({.host = nul}); }), "");
    EXPECT_NE(error_of([&] { url::create({.host = '/' + nul}); }), "");
    EXPECT_NE(error_of([&] { url::create({.database = nul}); }), "");
    EXPECT_NE(error_of([&] { url::create({.query = {{nul, "x"}}}); }), "");
    EXPECT_NE(error_of([&] { url::create({.query = {{"x", nul}}}); }), "");
    EXPECT_NE(error_of([&] { url::create({.query = {{"", "x"}}}); }), "");
    for (int port : {0, -1, 65536, 70000})
        EXPECT_NE(error_of([&] { url::create({.host = "h", .port = port}); }), "") << port;
    for (const char* host : {"a b", "a/b", "u@h", "h:80", "a?b", "a#b", "[::1]", "a%b", "::1%", "AdobeOrg", "a\nb"})
        EXPECT_NE(error_of([&] { url::create({.host = host}); }), "") << host;
    EXPECT_NE(error_of([&] { url::create({.host = "a", .hosts = {{"b", {}}}}); }), "");
    EXPECT_NE(error_of([&] { url::create({.port = 1, .hosts = {{"b", {}}}}); }), "");
    EXPECT_NE(error_of([&] { url::create({.hosts = {{"b", std::uint16_t(0)}}}); }), "");
    EXPECT_NE(error_of([&] { url::create({.hosts = {{"b,c", {}}}}); }), "");
}

TEST(url_value, several_hosts) {
    const url listed = url::create({.hosts = {{"a", std::uint16_t(1)}, {"::1", {}}, {"/tmp", std::uint16_t(2)}}});
    EXPECT_EQ(hosts_of(listed), "a:1,::1:-,/tmp:2");
    EXPECT_EQ(listed.host(), "a");
    EXPECT_EQ(listed.port(), 1);
    EXPECT_EQ(listed.to_string(), "postgresql://a:1,[::1],%2Ftmp:2");
    expect_round_trip(listed);
    EXPECT_EQ(hosts_of(url::create({.host = "a,b", .port = 5})), "a:5,b:5");
}

TEST(url_value, component_set) {
    const url first = url::parse(common);
    const auto check = [&](url_changes change, url_changes back) {
        const url changed = first.set(std::move(change));
        EXPECT_NE(changed, first);
        EXPECT_EQ(changed.set(std::move(back)), first);
        expect_round_trip(changed);
    };
    check({.drivername = "postgresql+x"}, {.drivername = first.drivername()});
    check({.user = "new_changed_value"}, {.user = *first.user()});
    check({.password = "new_changed_value"}, {.password = *first.password()});
    check({.host = "new_changed_value"}, {.host = *first.host()});
    check({.port = 81}, {.port = 80});
    check({.database = "new_changed_value"}, {.database = *first.database()});
    check({.query = query_parameters{{"foo", "baz"}}}, {.query = first.query()});
    check({.hosts = std::vector<host_port>{{"a", {}}, {"b", std::uint16_t(1)}}}, {.hosts = first.hosts()});
    EXPECT_EQ(first, url::parse(common)) << "an immutable value";
}

TEST(url_value, set_clears_parts) {
    const url first = url::parse(common);
    EXPECT_FALSE(first.set({.user = absent, .password = absent}).user());
    EXPECT_EQ(first.set({.user = absent}).user(), "") << "a password needs a user in front of it";
    EXPECT_FALSE(first.set({.password = absent}).password());
    EXPECT_FALSE(first.set({.host = absent}).host());
    EXPECT_EQ(first.set({.host = absent}).port(), 80);
    EXPECT_FALSE(first.set({.port = absent}).port());
    EXPECT_FALSE(first.set({.database = absent}).database());
    EXPECT_TRUE(first.set({.query = absent}).query().empty());
    EXPECT_TRUE(first.set({.hosts = absent}).hosts().empty());
    EXPECT_EQ(first.set({.drivername = absent}).drivername(), "postgresql");
    EXPECT_EQ(first.set({}), first);
}

TEST(url_value, set_refuses_the_impossible) {
    const url first = url::parse(common);
    EXPECT_NE(error_of([&] { first.set({.port = 65536}); }), "");
    EXPECT_NE(error_of([&] { first.set({.host = "a", .hosts = std::vector<host_port>{}}); }), "");
    EXPECT_NE(error_of([&] { first.set({.drivername = "mysql"}); }), "");
    EXPECT_NE(error_of([&] { url::create({.hosts = {{"a", {}}, {"b", {}}}}).set({.port = 0}); }), "");
    EXPECT_EQ(hosts_of(url::parse("postgresql://a:1,b:2").set({.port = 3})), "a:3,b:3");
    EXPECT_EQ(hosts_of(url::parse("postgresql://a:1,b:2").set({.port = absent})), "a:-,b:-");
    EXPECT_EQ(hosts_of(url::parse("postgresql://a:1,b:2").set({.host = "c"})), "c:1");
}

TEST(url_value, comparison) {
    const url first = url::parse(common);
    EXPECT_TRUE(first == url::parse(common));
    EXPECT_FALSE(first != url::parse(common));
    EXPECT_TRUE(first != url::parse("postgresql://uname:pwd@host/"));
    EXPECT_NE(first, first.set({.password = "other"}));
    EXPECT_NE(first, first.set({.password = absent}));
    EXPECT_EQ(url::parse("postgresql://?a=1&b=2&b=3"), url::parse("postgresql://?b=2&a=1&b=3"));
    EXPECT_NE(url::parse("postgresql://?b=3&b=2"), url::parse("postgresql://?b=2&b=3"));
    EXPECT_NE(url::parse("postgresql://?b=2"), url::parse("postgresql://?c=2"));
    EXPECT_NE(url::parse("postgres://"), url::parse("postgresql://"));
}

TEST(url_value, hash_agrees_with_equality_and_ignores_secrets) {
    const std::hash<url> hash;
    const url first = url::parse(common);
    EXPECT_EQ(hash(first), hash(url::parse(common)));
    EXPECT_EQ(hash(first), hash(first.set({.password = "other"})));
    EXPECT_EQ(hash(url::parse("postgresql://?a=1&b=2")), hash(url::parse("postgresql://?b=2&a=1")));
    EXPECT_EQ(hash(url::parse("postgresql://?password=1")), hash(url::parse("postgresql://?password=2")));
    EXPECT_EQ(hash(url::parse("postgresql://?PassWord=1")), hash(url::parse("postgresql://?PassWord=2")));
    EXPECT_NE(hash(first), hash(first.set({.user = "other"})));
    EXPECT_NE(hash(first), hash(first.set({.port = 81})));
    EXPECT_NE(hash(first), hash(first.set({.query = absent})));
    const std::unordered_set<url> set{first, url::parse(common), url::create({})};
    EXPECT_EQ(set.size(), 2U);
}

TEST(url_value, copy) {
    const url first = url::parse("postgresql://user:pass@host/db?arg1%3D=param1&arg2=param+2");
    url second = first; // NOLINT: the copy is what is tested
    EXPECT_EQ(first, second);
    EXPECT_EQ(&first.query(), &second.query()) << "copies share their parts";
    const url third = std::move(second);
    EXPECT_EQ(second, third) << "a url that was moved from is still one"; // NOLINT
    static_assert(std::is_nothrow_copy_constructible_v<url> && std::is_nothrow_copy_assignable_v<url>);
    static_assert(std::is_nothrow_move_constructible_v<url> && std::is_nothrow_move_assignable_v<url>);
}

TEST(url_value, query_string) {
    const auto check = [](const char* input, const query_parameters& query, const char* rendered = nullptr) {
        const url parsed = url::parse(input);
        EXPECT_EQ(parsed.query(), query) << input;
        EXPECT_EQ(parsed.to_string(show_password), rendered ? rendered : input);
        expect_round_trip(parsed);
    };
    const query_parameters both = {{"arg1", "param1"}, {"arg2", "param2"}};
    check("postgresql://user:pass@host/db?arg1=param1&arg2=param2", both);
    check("postgresql://user:pass@host/?arg1=param1&arg2=param2", both);
    check("postgresql://user:pass@host?arg1=param1&arg2=param2", both);
    check("postgresql://user:pass@host:450?arg1=param1&arg2=param2", both);
    check("postgresql://user:pass@host/db?arg1=param1&arg2=param2&arg2=param3",
          {{"arg1", "param1"}, {"arg2", {"param2", "param3"}}});
    check("postgresql://user:pass@host/db?arg1%3D=param1&arg2=param+2", {{"arg1=", "param1"}, {"arg2", "param 2"}},
          "postgresql://user:pass@host/db?arg1%3D=param1&arg2=param%202");
    check("postgresql://?b=2&a=1", {{"b", "2"}, {"a", "1"}}, "postgresql://?a=1&b=2");
    EXPECT_EQ(url::parse("postgresql://h/?a=1").database(), "");
    EXPECT_EQ(url::parse("postgresql://h?a=1").database(), std::nullopt);
}

TEST(url_value, query_by_name) {
    const url parsed = url::parse("postgresql://?a=1&b=2&a=3");
    ASSERT_TRUE(parsed.query("a"));
    EXPECT_EQ(*parsed.query("a"), (std::vector<std::string>{"1", "3"}));
    EXPECT_FALSE(parsed.query("c"));
}

TEST(url_value, normalized_query) {
    EXPECT_EQ(url::parse("postgresql://?b=2&a=1&b=3").normalized_query(),
              (query_parameters{{"a", "1"}, {"b", {"2", "3"}}}));
}

TEST(url_value, update_query_dict) {
    const url start = url::parse("postgresql:///?foo1=bar1&foo2=bar2");
    const query_parameters change = {{"foo2", "bar22"}, {"foo3", "bar3"}};
    EXPECT_EQ(start.update_query_dict(change), url::parse("postgresql:///?foo1=bar1&foo2=bar22&foo3=bar3"));
    EXPECT_EQ(start.update_query_dict(change, true),
              url::parse("postgresql:///?foo1=bar1&foo2=bar2&foo2=bar22&foo3=bar3"));
    EXPECT_EQ(start.query().size(), 2U);
}

TEST(url_value, update_query_pairs) {
    const url start = url::parse("postgresql:///?foo1=bar1&foo2=bar2");
    EXPECT_EQ(start.update_query_pairs({{"foo2", "x"}, {"foo2", "y"}}),
              url::parse("postgresql:///?foo1=bar1&foo2=x&foo2=y"));
    EXPECT_EQ(start.update_query_pairs({{"foo2", "x"}, {"foo2", "y"}}, true),
              url::parse("postgresql:///?foo1=bar1&foo2=bar2&foo2=x&foo2=y"));
    EXPECT_EQ(start.update_query_pairs({{"a", "x y&=+"}}).query("a")->front(), "x y&=+") << "nothing is decoded";
}

TEST(url_value, update_query_string) {
    const auto check = [](const std::string& start, const char* change, const std::string& expected, bool append) {
        EXPECT_EQ(url::parse("postgresql:///?" + start).update_query_string(change, append),
                  url::parse("postgresql:///?" + expected));
    };
    check("foo1=bar1&foo2=bar2", "foo2=bar22&foo3=bar3", "foo1=bar1&foo2=bar22&foo3=bar3", false);
    check("foo1=bar1&foo2=bar2", "foo2=bar22&foo3=bar3", "foo1=bar1&foo2=bar2&foo2=bar22&foo3=bar3", true);
    check("foo1=bar1&foo2=bar21&foo2=bar22&foo3=bar31", "foo2=bar23&foo3=bar32&foo3=bar33",
          "foo1=bar1&foo2=bar21&foo2=bar22&foo2=bar23&foo3=bar31&foo3=bar32&foo3=bar33", true);
    check("foo1=bar1&foo2=bar21&foo2=bar22&foo3=bar31", "foo2=bar23&foo3=bar32&foo3=bar33",
          "foo1=bar1&foo2=bar23&foo3=bar32&foo3=bar33", false);
    check("a=1", "", "a=1", false);
    EXPECT_NE(error_of([] { url::create({}).update_query_string("FLATTEN"); }), "");
    EXPECT_NE(error_of([] { url::create({}).update_query_string("a=%zz"); }), "");
    EXPECT_NE(error_of([] { url::create({}).update_query_string("=1"); }), "");
}

TEST(url_value, difference_update_query) {
    const url start = url::parse("postgresql:///db?a=1&b=2&a=3");
    EXPECT_EQ(start.difference_update_query({"a", "nothing"}), url::parse("postgresql:///db?b=2"));
    EXPECT_EQ(start.difference_update_query({"nothing"}), start);
    EXPECT_EQ(start.difference_update_query({}), start);
}

TEST(url_value, rfc1738_password) {
    const auto check = [](const char* input, const char* password, const char* hidden, const char* shown) {
        const url parsed = url::parse(input);
        EXPECT_EQ(password_of(parsed), password);
        EXPECT_EQ(parsed.to_string(), hidden);
        EXPECT_EQ(parsed.to_string(show_password), shown);
        expect_round_trip(parsed);
    };
    check("postgresql://user:pass word + other%3Awords@host/dbname", "pass word + other:words",
          "postgresql://user:***@host/dbname", "postgresql://user:pass%20word%20+%20other%3Awords@host/dbname");
    check("postgresql://username:apples%2Foranges@hostspec/database", "apples/oranges",
          "postgresql://username:***@hostspec/database", "postgresql://username:apples%2Foranges@hostspec/database");
    check("postgresql://username:apples%40oranges%40%40@hostspec/database", "apples@oranges@@",
          "postgresql://username:***@hostspec/database",
          "postgresql://username:apples%40oranges%40%40@hostspec/database");
    check("postgresql://username%40:@hostspec/database", "", "postgresql://username%40:***@hostspec/database",
          "postgresql://username%40:@hostspec/database");
}

TEST(url_value, dont_urlescape_slashes) {
    const url parsed = url::parse("postgresql:///path/with/slashes");
    EXPECT_EQ(parsed.to_string(), "postgresql:///path/with/slashes");
    EXPECT_EQ(parsed.database(), "path/with/slashes");
}

TEST(url_value, stream_hides_secrets) {
    std::ostringstream out;
    out << url::parse("postgresql://u:marked@h/db?password=marked");
    EXPECT_EQ(out.str(), "postgresql://u:***@h/db?password=***");
}

TEST(url_value, passwords_lose_white_space_that_was_added) {
    const auto stored = [](const char* given) { return password_of(url::create({.user = "u", .password = given})); };
    EXPECT_EQ(stored("\neyJ.abc\n"), "eyJ.abc");
    EXPECT_EQ(stored(" \t\r\n eyJ \r\n"), "eyJ");
    EXPECT_EQ(stored("eyJ.\r\nabc\n-_9"), "eyJ.abc-_9") << "a wrapped token";
    EXPECT_EQ(stored("pass\nword!"), "pass\nword!") << "not a token: nothing inside is touched";
    EXPECT_EQ(stored("pass word"), "pass word");
    EXPECT_EQ(stored(" \n "), "");
    EXPECT_EQ(password_of(url::parse("postgresql://u:%0Atoken%0A@h")), "token");
    EXPECT_EQ(password_of(url::parse("postgresql://u:to%0D%0Aken@h")), "token");
    EXPECT_EQ(password_of(url::parse("postgresql://u:\nto\r\nken\n@h")), "token");
    EXPECT_EQ(password_of(url::from_keyword_values("password='\ntok\nen\n'")), "token");
    EXPECT_EQ(password_of(url::create({}).set({.password = "\nx\n"})), "x");
    EXPECT_EQ(url::parse("postgresql://?password=%0Atok%0Aen%0A").query("password")->front(), "token");
}

TEST(url_value, passwords_of_any_length) {
    const std::string token(16384, 'x');
    const url made = url::create({.user = "u", .password = token, .host = "h"});
    EXPECT_EQ(password_of(made), token);
    expect_round_trip(made);
}

} // namespace
} // namespace coropq::testing
