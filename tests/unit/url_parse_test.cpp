// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What each form of a URL means, or why it is refused.

#include "url_support.hpp"

#include <set>

namespace coropq::testing {
namespace {

TEST(url_parse, rfc1738) {
    // SQLAlchemy's list, with a scheme of ours.
    const std::set<text> users = {"username", "user%&|", "username with space+and+plus", "user\U0001F40D\u6e2c\u8a66",
                                  std::nullopt};
    const std::set<text> passwords = {"password",
                                      "password with spaces",
                                      "password with space+and+plus",
                                      "apples/oranges",
                                      "pass%&|",
                                      "pass\U0001F40D\u6e2c\u8a66",
                                      std::nullopt};
    const std::set<text> hosts = {"hostspec", "127.0.0.1", "2001:da8:2004:1000:202:116:160:90", std::nullopt};
    const std::set<text> databases = {"database",
                                      "test+database with@atsign",
                                      "test database with spaces",
                                      "/usr/local/_xtest@example.com/members.db",
                                      "/usr/db_file.db",
                                      ":memory:",
                                      "",
                                      "foo/bar/im/a/file",
                                      "E:/work/src/LEM/db/hello.db",
                                      "db?with=qmark",
                                      std::nullopt};
    for (const char* input :
         {"://username:password@hostspec:110//usr/db_file.db",
          "://username:password@hostspec/database",
          "+apitype://username:password@hostspec/database",
          "://username:password@hostspec",
          "://username:password@/database",
          "://username@hostspec",
          "://username:password@127.0.0.1:1521",
          "://hostspec/database",
          "://hostspec",
          "://hostspec/?arg1=val1&arg2=val2",
          "+apitype:///database",
          ":///:memory:",
          ":///foo/bar/im/a/file",
          ":///E:/work/src/LEM/db/hello.db",
          ":///E:/work/src/LEM/db/hello.db?foo=bar&hoho=lala",
          ":///E:/work/src/LEM/db/hello.db?foo=bar&hoho=lala&hoho=bat",
          "://",
          "://username:password@/database",
          ":////usr/local/_xtest@example.com/members.db",
          "://username:apples%2Foranges@hostspec/database",
          "://username:password@[2001:da8:2004:1000:202:116:160:90]/database?foo=bar",
          "://username:password@[2001:da8:2004:1000:202:116:160:90]:80/database?foo=bar",
          "://username:password@hostspec/test+database with%40atsign",
          "://username:password@hostspec/db%3Fwith%3Dqmark",
          "://username:password@hostspec/test database with spaces",
          "://username:password@hostspec?query=but_no_db",
          "://username:password@hostspec:450?query=but_no_db",
          "://username:password with spaces@hostspec:450?query=but_no_db",
          "+apitype://username with space+and+plus:password with space+and+plus@hostspec:450?query=but_no_db",
          "://user%25%26%7C:pass%25%26%7C@hostspec:499?query=but_no_db",
          "://user\U0001F40D\u6e2c\u8a66:pass\U0001F40D\u6e2c\u8a66@hostspec:499?query=but_no_db"}) {
        const url parsed = url::parse(std::string("postgresql") + input);
        EXPECT_TRUE(parsed.drivername() == "postgresql" || parsed.drivername() == "postgresql+apitype");
        EXPECT_TRUE(users.contains(parsed.user())) << input;
        EXPECT_TRUE(passwords.contains(password_of(parsed))) << input;
        EXPECT_TRUE(hosts.contains(parsed.host())) << input;
        EXPECT_TRUE(databases.contains(parsed.database())) << input;
        expect_round_trip(parsed);
    }
}

TEST(url_parse, windows_path_in_place_of_a_database) {
    EXPECT_EQ(url::parse("postgresql:///E:/work/src/LEM/db/hello.db").database(), "E:/work/src/LEM/db/hello.db");
}

/// What a URL has to give; absent hosts are "".
struct expected_parts {
    const char* input;
    text user;
    text password;
    std::string hosts;
    text database;
};

void check(const expected_parts& expected) {
    SCOPED_TRACE(expected.input);
    const url parsed = url::parse(expected.input);
    EXPECT_EQ(parsed.user(), expected.user);
    EXPECT_EQ(password_of(parsed), expected.password);
    EXPECT_EQ(hosts_of(parsed), expected.hosts);
    EXPECT_EQ(parsed.database(), expected.database);
    expect_round_trip(parsed);
}

// The matrix of docs/urls.md, row by row.

TEST(url_parse, raw_separators_in_credentials_that_can_be_read_in_one_way) {
    check({"postgresql://u:p@ss@h", "u", "p@ss", "h:-", {}});
    check({"postgresql://u:p@ss@h/db", "u", "p@ss", "h:-", "db"});
    check({"postgresql://u:p/ss@h/db", "u", "p/ss", "h:-", "db"});
    check({"postgresql://u:p//s/s@h:5/db", "u", "p//s/s", "h:5", "db"});
    check({"postgresql://u:p?ss@h/db", "u", "p?ss", "h:-", "db"});
    check({"postgresql://u:p#ss@h/db", "u", "p#ss", "h:-", "db"});
    check({"postgresql://u:p:ss@h/db", "u", "p:ss", "h:-", "db"});
    check({"postgresql://u:p?s/s@h/db", "u", "p?s/s", "h:-", "db"});
    check({"postgresql://u:p@s?s@h/db", "u", "p@s?s", "h:-", "db"});
    check({"postgresql://u@d:p@h/db", "u@d", "p", "h:-", "db"});
    check({"postgresql://u@d@h/db", "u@d", {}, "h:-", "db"});
    check({"postgresql://u@d:p@ss@h/db", "u@d", "p@ss", "h:-", "db"});
    check({"postgresql://u:[p]@h/db", "u", "[p]", "h:-", "db"});
    check({"postgresql://u:p/@h", "u", "p/", "h:-", {}});
    check({"postgresql://u:p@s/s:x@h/db", "u", "p@s/s:x", "h:-", "db"});
}

TEST(url_parse, two_possible_readings_are_refused) {
    // A tail of a password must not be sent to a wrong host as the name of a database.
    for (const char* input : {"postgresql://u:12/ss@h/db", "postgresql://h:80/db@x", "postgresql://u:p@s/s@h/db",
                              "postgresql://u:p@s?s=1@h/db", "postgresql://u:p/s@s/s@h/db", "postgresql://u:1?a=b@h",
                              "postgresql://u:p@h/test database with@atsign", "postgresql://h:5432/db?passfile=a@b",
                              "postgresql:///u:p@h/db", "postgresql://u/v:p@h/db", "postgresql://u?r:p@h/db?a=b"}) {
        const std::string error = parse_error(input);
        EXPECT_NE(error.find("can be read in two ways"), std::string::npos) << input << error;
        EXPECT_NE(error.find("write %40 for @ in the user name, or use url::create"), std::string::npos) << error;
    }
}

TEST(url_parse, an_at_sign_behind_the_host_is_fine_where_no_password_can_be_meant) {
    check({"postgresql:////usr/local/_xtest@example.com/m.db", {}, {}, "", "/usr/local/_xtest@example.com/m.db"});
    check({"postgresql://host/db@x", {}, {}, "host:-", "db@x"});
    check({"postgresql://u@host/db@x", "u", {}, "host:-", "db@x"});
    check({"postgresql://h:5432/db?user=ABC@AdobeOrg", {}, {}, "h:5432", "db"});
    check({"postgresql://h:5432/db?user=me@corp&password=p@ss", {}, {}, "h:5432", "db"});
    check({"postgresql://u:p@h/db?application_name=me@corp", "u", "p", "h:-", "db"});
    check({"postgresql://u:p@/db?host=@abstract", "u", "p", "@abstract:-", "db"});
    EXPECT_EQ(url::parse("postgresql://h:5432/db?user=me@corp").query("user")->front(), "me@corp");
}

TEST(url_parse, empty_and_absent_credentials) {
    check({"postgresql://:p@h", "", "p", "h:-", {}});
    check({"postgresql://@h", "", {}, "h:-", {}});
    check({"postgresql://u:@h", "u", "", "h:-", {}});
    check({"postgresql://u@h", "u", {}, "h:-", {}});
    check({"postgresql://:@", "", "", "", {}});
}

TEST(url_parse, percent_encoding) {
    check({"postgresql://u%3A%40:p%2F%3F%23@h%65/d%62%20x%2F%25", "u:@", "p/?#", "he:-", "db x/%"});
    check({"postgresql://%C3%A9:%e2%82%ac@h/%C3%A9", "\u00e9", "\u20ac", "h:-", "\u00e9"});
    check({"postgresql://u+v:p+w@h/d+b", "u+v", "p+w", "h:-", "d+b"});
    check({"postgresql://h/a%0Ab", {}, {}, "h:-", "a\nb"});
    for (const char* input : {"postgresql://u:p%ss@h", "postgresql://u%zz@h", "postgresql://h/d%", "postgresql://h/d%4",
                              "postgresql://h%gg/d", "postgresql://h/?a=%xx", "postgresql://h/?a%=1"})
        EXPECT_NE(parse_error(input).find("write %25"), std::string::npos) << input;
}

TEST(url_parse, nul_bytes_are_refused) {
    for (const char* input :
         {"postgresql://u%00@h", "postgresql://u:p%00@h", "postgresql://h%00/d", "postgresql://h/d%00",
          "postgresql://h/?a%00=b", "postgresql://h/?a=b%00", "postgresql://[::1%00]"})
        EXPECT_NE(parse_error(input).find("NUL"), std::string::npos) << input;
    EXPECT_NE(parse_error(std::string("postgresql://h/d\0b", 18)).find("NUL"), std::string::npos);
    EXPECT_NE(parse_error(std::string("postgresql://u:p\0b@h", 20)).find("NUL"), std::string::npos);
}

TEST(url_parse, ports) {
    check({"postgresql://h:/db", {}, {}, "h:-", "db"});
    check({"postgresql://h:1", {}, {}, "h:1", {}});
    check({"postgresql://h:65535", {}, {}, "h:65535", {}});
    check({"postgresql://h:05432", {}, {}, "h:5432", {}});
    check({"postgresql://:5433/db", {}, {}, ":5433", "db"});
    for (const char* port :
         {"0", "-1", "65536", "70000", "99999999999999999999", "abc", "5432x", "+5", " 5", "1.5", "0x10"})
        EXPECT_NE(parse_error(std::string("postgresql://h:") + port + "/db").find("1 to 65535"), std::string::npos)
            << port;
    EXPECT_NE(parse_error("postgresql://h:1:2/db"), "");
}

TEST(url_parse, ipv6) {
    check({"postgresql://[::1]:5/db", {}, {}, "::1:5", "db"});
    check({"postgresql://[::1]", {}, {}, "::1:-", {}});
    check({"postgresql://u:p@[2001:db8::1]:5432/db", "u", "p", "2001:db8::1:5432", "db"});
    check({"postgresql://[fe80::1%25eth0]:5/db", {}, {}, "fe80::1%eth0:5", "db"});
    check({"postgresql://[::ffff:1.2.3.4]", {}, {}, "::ffff:1.2.3.4:-", {}});
    EXPECT_EQ(url::parse("postgresql://[fe80::1%25eth0]").to_string(), "postgresql://[fe80::1%25eth0]");
    EXPECT_NE(parse_error("postgresql://::1/db").find("in brackets"), std::string::npos);
    for (const char* input :
         {"postgresql://[::1/db", "postgresql://[]", "postgresql://[abc]", "postgresql://[1.2.3.4]",
          "postgresql://[::1%25]", "postgresql://[::1%zz]", "postgresql://[::1]x", "postgresql://[::1]5432",
          "postgresql://[::1]:x", "postgresql://[::1:5432/db", "postgresql://[:::1]"})
        EXPECT_NE(parse_error(input), "") << input;
}

TEST(url_parse, socket_directories) {
    check({"postgresql://%2Ftmp%2Fsock/db", {}, {}, "/tmp/sock:-", "db"});
    check({"postgresql://u:p@%2Ftmp%2Fsock:5433/db", "u", "p", "/tmp/sock:5433", "db"});
    check({"postgresql:///db?host=/tmp/sock", {}, {}, "/tmp/sock:-", "db"});
    check({"postgresql://%40abstract/db", {}, {}, "@abstract:-", "db"});
    EXPECT_EQ(url::parse("postgresql://%2ftmp/db").to_string(), "postgresql://%2Ftmp/db");
}

TEST(url_parse, schemes) {
    for (const char* scheme : {"postgres", "postgresql", "POSTGRESQL", "PostGres", "postgresql+asyncpg",
                               "postgresql+a_b-c.d", "postgres+psycopg2", "queryservice", "queryservice+x"})
        EXPECT_EQ(url::parse(std::string(scheme) + "://h/db").database(), "db") << scheme;
    for (const char* input : {"mysql://h/db", "jdbc:postgresql://h/db", "postgresqlx://h", "://h", " ://h", "http://h",
                              "postgresql+://h", "postgre sql://h", "sqlite:///x"})
        EXPECT_NE(parse_error(input).find("write postgresql://"), std::string::npos) << input;
    for (const char* input : {"", "h", "u:p@h/db", "postgresql:", "postgresql:/h", "postgresql//h", "//h/db", "host=h"})
        EXPECT_NE(parse_error(input).find("write postgresql://"), std::string::npos) << input;
}

TEST(url_parse, white_space) {
    check({" \r\n\tpostgresql://h/db \n", {}, {}, "h:-", "db"});
    check({"postgresql://h/db%20", {}, {}, "h:-", "db "});
    check({"postgresql://a b:c d@h/e f?x=g h", "a b", "c d", "h:-", "e f"});
    for (const char* input : {"postgresql://h/d\nb", "postgresql://u\ts@h", "postgresql://h\r/db",
                              "postgresql://h/?a=b\nc", "postgresql://h o/db",
                              "postgresql://h/d\x7f"
                              "b"})
        EXPECT_NE(parse_error(input), "") << input;
}

TEST(url_parse, queries) {
    const auto query = [](const std::string& input) { return url::parse("postgresql://h/db?" + input).query(); };
    EXPECT_EQ(query("a=1&b=2"), (query_parameters{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(query("a="), (query_parameters{{"a", ""}})) << "a blank value is one";
    EXPECT_EQ(query("a=1;b=2"), (query_parameters{{"a", "1;b=2"}}));
    EXPECT_EQ(query("options=-c%20x=y"), (query_parameters{{"options", "-c x=y"}}));
    EXPECT_EQ(query("a=x+y%2Bz"), (query_parameters{{"a", "x y+z"}}));
    EXPECT_EQ(query("a=b#frag"), (query_parameters{{"a", "b#frag"}}));
    EXPECT_EQ(query("sslmode=a&sslmode=b"), (query_parameters{{"sslmode", {"a", "b"}}}));
    EXPECT_EQ(query("a=?/:"), (query_parameters{{"a", "?/:"}}));
    EXPECT_EQ(query("a=1&&b=2&"), (query_parameters{{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(query(""), query_parameters{});
    EXPECT_EQ(query("unknown_key=1"), (query_parameters{{"unknown_key", "1"}})) << "known names are for the connection";
    EXPECT_EQ(query("ssl=true"), (query_parameters{{"ssl", "true"}}));
    EXPECT_EQ(url::parse("postgresql://h/db#frag").database(), "db#frag");
    for (const char* input : {"a", "=b", "a=1&b", "sslmode", "a=1&=2"})
        EXPECT_NE(parse_error(std::string("postgresql://h/db?") + input).find("write key=value"), std::string::npos)
            << input;
}

TEST(url_parse, value_less_flags_belong_to_the_database) {
    EXPECT_EQ(url::parse("postgresql://h/prod:all?FLATTEN").database(), "prod:all?FLATTEN");
    EXPECT_EQ(url::parse("postgresql://h/prod:cja?CJA_USE_IDS").database(), "prod:cja?CJA_USE_IDS");
    const url both = url::parse("postgresql://h/prod:all?sslmode=require&FLATTEN&a=1");
    EXPECT_EQ(both.database(), "prod:all?FLATTEN");
    EXPECT_EQ(both.query(), (query_parameters{{"sslmode", "require"}, {"a", "1"}}));
    EXPECT_EQ(url::parse("postgresql://h/prod:all?A&B").database(), "prod:all?A&B");
    expect_round_trip(url::parse("postgresql://h/prod:all?A&B&x=y"));
    EXPECT_EQ(url::parse("postgresql://h/prod:all%3FFLATTEN?sslmode=require").database(), "prod:all?FLATTEN");
    EXPECT_NE(parse_error("postgresql://h?FLATTEN").find("needs a database"), std::string::npos);
    EXPECT_NE(parse_error("postgresql://h/?FLATTEN").find("needs a database"), std::string::npos);
}

TEST(url_parse, many_at_signs) {
    EXPECT_NE(parse_error("postgresql://u:" + std::string(100000, '@') + "h"), "");
    check({"postgresql://u:@@@@@@@@@h", "u", "@@@@@@@@", "h:-", {}});
}

TEST(url_parse, every_part_round_trips_whatever_it_contains) {
    std::string bytes;
    for (int c = 1; c != 256; ++c)
        bytes += static_cast<char>(c);
    const std::string password = "p" + bytes + "p"; // white space at the ends would be removed
    const url made = url::create(
        {.user = bytes, .password = password, .host = "/", .database = bytes, .query = {{bytes, {bytes, ""}}}});
    EXPECT_EQ(made.user(), bytes);
    EXPECT_EQ(password_of(made), password);
    expect_round_trip(made);
    expect_round_trip(made.set({.host = "/tmp/" + bytes.substr(0, 40)}));
}

} // namespace
} // namespace coropq::testing
