// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// libpq's keyword/value text. That the quoting is exactly libpq's is the subject of url_libpq_property_test.

#include "url_support.hpp"

namespace coropq::testing {
namespace {

std::string shown(std::string_view input) {
    const url parsed = url::from_keyword_values(input);
    expect_round_trip(parsed);
    return parsed.to_string(show_password);
}

std::string error(std::string_view input) {
    return error_of([&] { url::from_keyword_values(input); });
}

TEST(url_keyword_values, keywords_become_parts) {
    EXPECT_EQ(shown("host=h port=5433 dbname=db user=u password=p sslmode=require"),
              "postgresql://u:p@h:5433/db?sslmode=require");
    EXPECT_EQ(shown(""), "postgresql://");
    EXPECT_EQ(shown(" \n\t "), "postgresql://");
    EXPECT_EQ(shown("dbname=prod:all?FLATTEN user=ABC@AdobeOrg"), "postgresql://ABC%40AdobeOrg@/prod:all%3FFLATTEN");
    EXPECT_EQ(shown("user='' password='' dbname=''"), "postgresql://:@/");
    EXPECT_EQ(shown("host='' port=''"), "postgresql://");
    EXPECT_EQ(shown("port=5433"), "postgresql://:5433");
}

TEST(url_keyword_values, quoting) {
    EXPECT_EQ(shown("user = 'a b' dbname='it\\'s' "), "postgresql://a%20b@/it's");
    EXPECT_EQ(shown(R"(user='a\\b' dbname=a\ b)"), "postgresql://a%5Cb@/a%20b");
    EXPECT_EQ(shown("dbname=u'v"), "postgresql:///u'v") << "a quote inside a value is nothing special";
    EXPECT_EQ(shown("dbname='a'user=w"), "postgresql://w@/a") << "a closing quote ends the value";
    EXPECT_EQ(shown("dbname=a\\"), "postgresql:///a") << "a backslash at the end is dropped";
    EXPECT_EQ(shown("dbname= user=w"), "postgresql:///user=w") << "libpq takes what follows the spaces";
}

TEST(url_keyword_values, last_one_counts) {
    EXPECT_EQ(shown("user=a user=b host=x host=y sslmode=c sslmode=d"), "postgresql://b@y?sslmode=d");
}

TEST(url_keyword_values, several_hosts) {
    EXPECT_EQ(shown("host=a,b,/tmp port=1,2,3"), "postgresql://a:1,b:2,%2Ftmp:3");
    EXPECT_EQ(shown("host=a,b port=1"), "postgresql://a:1,b:1");
    EXPECT_EQ(shown("host=a,b port=,2"), "postgresql://a,b:2");
    EXPECT_EQ(shown("host=a, port=' 1 ,2'"), "postgresql://a:1,:2");
    EXPECT_EQ(shown("host=::1 port=5"), "postgresql://[::1]:5");
    EXPECT_EQ(shown("host=fe80::1%eth0"), "postgresql://[fe80::1%25eth0]");
    EXPECT_EQ(shown("hostaddr=1.2.3.4,5.6.7.8 port=1,2"), "postgresql://:1,:2?hostaddr=1.2.3.4,5.6.7.8");
    EXPECT_EQ(shown("hostaddr=1.2.3.4"), "postgresql://?hostaddr=1.2.3.4");
    EXPECT_NE(error("host=a,b port=1,2,3"), "");
    EXPECT_NE(error("port=1,2"), "");
}

TEST(url_keyword_values, refused) {
    EXPECT_NE(error("host").find("="), std::string::npos);
    EXPECT_NE(error("host h").find("="), std::string::npos);
    EXPECT_NE(error("password=with space"), "");
    EXPECT_NE(error("=x").find("keyword"), std::string::npos);
    EXPECT_NE(error("Host=x").find("keyword"), std::string::npos);
    EXPECT_NE(error("a-b=x").find("keyword"), std::string::npos);
    EXPECT_NE(error("user='abc").find("closing quote"), std::string::npos);
    EXPECT_NE(error("user='abc\\'").find("closing quote"), std::string::npos);
    EXPECT_NE(error("port=x").find("65535"), std::string::npos);
    EXPECT_NE(error("port=0").find("65535"), std::string::npos);
    EXPECT_NE(error("host='a b'").find("host"), std::string::npos);
    EXPECT_NE(error("host=AdobeOrg").find("%40"), std::string::npos);
    EXPECT_NE(error(std::string_view("user=a\0b", 8)).find("NUL"), std::string::npos);
    EXPECT_NE(error("postgresql://h/db"), "");
}

TEST(url_keyword_values, passwords_are_trimmed) {
    EXPECT_EQ(shown("password='\ntok.en\n' user=u"), "postgresql://u:tok.en@");
    EXPECT_EQ(shown("password=\n\ntoken\n user=u"), "postgresql://u:token@");
}

} // namespace
} // namespace coropq::testing
