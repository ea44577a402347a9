// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What users of Query Service paste: the URLs of Adobe's samples and the command of its credentials page.

#include "url_support.hpp"

namespace coropq::testing {
namespace {

const std::string token = "eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IjE2MzQ.c2ln-bmF0_dXJl";

void expect_parts(const url& parsed, const char* database = "prod:all", text password = token) {
    EXPECT_EQ(parsed.user(), "ABC@AdobeOrg");
    EXPECT_EQ(password_of(parsed), password);
    EXPECT_EQ(hosts_of(parsed), "acme.platform-query.adobe.io:80");
    EXPECT_EQ(parsed.database(), database);
    EXPECT_EQ(parsed.to_string().find(password->substr(0, 4)), std::string::npos);
    expect_round_trip(parsed);
}

url with(const std::string& user, const std::string& password, const std::string& rest = "prod:all") {
    return url::parse("postgresql://" + user + ':' + password + "@acme.platform-query.adobe.io:80/" + rest);
}

TEST(url_query_service, raw_at_sign_in_the_user) {
    expect_parts(with("ABC@AdobeOrg", token)); // what Adobe's sample builds
}

TEST(url_query_service, encoded_at_sign_in_the_user) { expect_parts(with("ABC%40AdobeOrg", token)); }

TEST(url_query_service, raw_slash_in_the_password) {
    expect_parts(with("ABC%40AdobeOrg", "to/ken/x"), "prod:all", "to/ken/x");
    expect_parts(with("ABC@AdobeOrg", "to/ken/x"), "prod:all", "to/ken/x");
    expect_parts(with("ABC@AdobeOrg", "12/34"), "prod:all", "12/34");
    expect_parts(with("ABC%40AdobeOrg", "12/34"), "prod:all", "12/34");
    // Here user and password could be a host and a port.
    EXPECT_NE(error_of([] { with("user", "12/34"); }).find("%2F"), std::string::npos);
}

TEST(url_query_service, line_breaks_in_the_password) {
    expect_parts(with("ABC@AdobeOrg", "\n" + token + "\n"));
    expect_parts(with("ABC@AdobeOrg", "%0A" + token + "%0A")); // quote('''\n<PW>\n''')
    expect_parts(with("ABC@AdobeOrg", token.substr(0, 20) + "\r\n" + token.substr(20)));
    expect_parts(with("ABC@AdobeOrg", token.substr(0, 20) + "%0D%0A" + token.substr(20)));
}

TEST(url_query_service, flags_belong_to_the_database) {
    expect_parts(with("ABC@AdobeOrg", token, "prod:all?FLATTEN"), "prod:all?FLATTEN");
    expect_parts(with("ABC@AdobeOrg", token, "prod:all%3FFLATTEN?sslmode=require"), "prod:all?FLATTEN");
    expect_parts(with("ABC@AdobeOrg", token, "prod:all?FLATTEN&sslmode=require"), "prod:all?FLATTEN");
    expect_parts(with("ABC@AdobeOrg", token, "prod:cja?CJA_USE_IDS"), "prod:cja?CJA_USE_IDS");
}

TEST(url_query_service, second_colon_in_the_password) {
    expect_parts(with("ABC@AdobeOrg", "id0123:cred4567"), "prod:all", "id0123:cred4567");
}

TEST(url_query_service, keyword_form) {
    expect_parts(url::from_keyword_values("host=acme.platform-query.adobe.io port=80 dbname=prod:all?FLATTEN "
                                          "user=ABC@AdobeOrg password=" +
                                          token),
                 "prod:all?FLATTEN");
}

TEST(url_query_service, the_organization_is_no_host) {
    for (const char* input : {"postgresql://ABC@AdobeOrg/prod:all", "postgresql://ABC@AdobeOrg",
                              "postgresql://ABC@adobeorg:80/x", "postgresql://ABC@AdobeOrg:80/prod:all?FLATTEN"}) {
        const std::string error = parse_error(input);
        EXPECT_NE(error.find("write %40 for @ in the user name, or use url::create"), std::string::npos) << error;
    }
}

TEST(url_query_service, long_tokens) {
    std::string characters;
    for (std::size_t i = 0; i != 8192; ++i)
        characters += "abcdefgh.ijklmn_opq-rstuvwxyz0123456789"[i * 7 % 39];
    expect_parts(with("ABC@AdobeOrg", characters), "prod:all", characters);
}

TEST(url_query_service, scheme_of_its_own) {
    const url parsed = url::parse("queryservice://ABC%40AdobeOrg:t@acme.platform-query.adobe.io/prod:all");
    EXPECT_EQ(parsed.backend_name(), "queryservice");
    EXPECT_FALSE(parsed.port());
}

// The command of the credentials page.

const std::string parameters = "sslmode=require host=acme.platform-query.adobe.io port=80 dbname=prod:all?FLATTEN "
                               "user=ABC@AdobeOrg password=" +
                               token;

TEST(url_psql_command, as_it_is_copied) {
    for (const std::string& command :
         {"psql '" + parameters + "'", "psql \"" + parameters + "\"", "  psql   '" + parameters + "' \n",
          "$ psql '" + parameters + "'", "/usr/bin/psql '" + parameters + "';", "psql -d '" + parameters + "'",
          "psql --dbname='" + parameters + "'", "psql -W '" + parameters + "'", "psql \\\n  '" + parameters + "'",
          "psql -h other -U someone '" + parameters + "'"}) {
        const url parsed = url::from_psql_command(command);
        expect_parts(parsed, "prod:all?FLATTEN");
        EXPECT_EQ(parsed.query("sslmode")->front(), "require");
    }
}

TEST(url_psql_command, line_breaks_anywhere) {
    const std::string command = "psql '" + parameters + "'";
    for (const char* line_break : {"\n", "\r\n", "\r", "\n\n", "\\\n"}) {
        for (std::size_t at = 6; at <= 6 + parameters.size(); ++at) {
            std::string broken = command;
            if (broken[at] == ' ') // the space itself may have become the break
                broken.replace(at, 1, line_break);
            else
                broken.insert(at, line_break);
            SCOPED_TRACE(broken);
            expect_parts(url::from_psql_command(broken), "prod:all?FLATTEN");
        }
    }
}

TEST(url_psql_command, wrapped_at_every_width) {
    for (std::size_t width = 5; width != 90; ++width) {
        for (const char* line_break : {"\n", "\r\n"}) {
            std::string wrapped;
            for (std::size_t at = 0; at < parameters.size(); at += width)
                wrapped += (at ? line_break : "") + parameters.substr(at, width);
            SCOPED_TRACE(wrapped);
            expect_parts(url::from_psql_command("psql '" + wrapped + "'"), "prod:all?FLATTEN");
        }
    }
}

TEST(url_psql_command, urls) {
    expect_parts(url::from_psql_command("psql \"postgresql://ABC@AdobeOrg:" + token +
                                        "@acme.platform-query.adobe.io:80/prod:all?FLATTEN\""),
                 "prod:all?FLATTEN");
    expect_parts(url::from_psql_command("psql 'postgresql://ABC@AdobeOrg:" + token.substr(0, 9) + "\r\n" +
                                        token.substr(9) + "@acme.platform-\r\nquery.adobe.io:80/prod:all'"));
    expect_parts(url::from_psql_command(
        "PGPASSWORD=" + token + " psql postgresql://acme.platform-query.adobe.io/prod:all -p 80 -U ABC@AdobeOrg"));
    EXPECT_EQ(url::from_psql_command("psql -h other -p 1 -U x postgresql://u@h:5/db").to_string(),
              "postgresql://u@h:5/db");
    EXPECT_EQ(url::from_psql_command("PGSSLMODE=require psql postgresql:///?a=b -h h").to_string(),
              "postgresql://h/?a=b&sslmode=require");
}

TEST(url_psql_command, options) {
    const auto shown = [](const char* command) { return url::from_psql_command(command).to_string(show_password); };
    EXPECT_EQ(shown("psql"), "postgresql://");
    EXPECT_EQ(shown("psql mydb"), "postgresql:///mydb");
    EXPECT_EQ(shown("psql mydb ada"), "postgresql://ada@/mydb");
    EXPECT_EQ(shown("psql -h h -p 5433 -U ada -d db"), "postgresql://ada@h:5433/db");
    EXPECT_EQ(shown("psql -hh -p5433 -Uada -ddb"), "postgresql://ada@h:5433/db");
    EXPECT_EQ(shown("psql --host=h --port 5433 --username='a da' --dbname=db -w"), "postgresql://a%20da@h:5433/db");
    EXPECT_EQ(shown("PGPASSWORD='p w' PGUSER=u PGHOST=h PGPORT=1 PGDATABASE=d PGSSLMODE=disable psql"),
              "postgresql://u:p%20w@h:1/d?sslmode=disable");
    EXPECT_EQ(shown("psql -h /var/run/postgresql db"), "postgresql://%2Fvar%2Frun%2Fpostgresql/db");
    EXPECT_EQ(shown("psql -h a,b -p 1,2"), "postgresql://a:1,b:2");
    EXPECT_EQ(shown(R"(psql "host=h password='a\\'b' user=\"u\$\"")"), "postgresql://%22u%24%22:a%27b@h");
    EXPECT_EQ(shown(R"(psql "my"db\ x)"), "postgresql:///mydb%20x");
    EXPECT_EQ(shown("psql -d db ada -h h"), "postgresql://ada@h/db");
}

TEST(url_psql_command, refused) {
    const auto error = [](const std::string& command) { return error_of([&] { url::from_psql_command(command); }); };
    EXPECT_NE(error("").find("psql"), std::string::npos);
    EXPECT_NE(error("mysql -h h").find("psql"), std::string::npos);
    EXPECT_NE(error("FOO=bar psql").find("psql"), std::string::npos);
    EXPECT_NE(error("psql 'host=h").find("quote"), std::string::npos);
    EXPECT_NE(error("psql \"host=h").find("quote"), std::string::npos);
    EXPECT_NE(error("psql -c 'select 1'").find("option"), std::string::npos);
    EXPECT_NE(error("psql --host").find("no value"), std::string::npos);
    EXPECT_NE(error("psql db user more").find("arguments"), std::string::npos);
    EXPECT_NE(error("psql host=h user=u password=p").find("single quotes"), std::string::npos);
    EXPECT_NE(error("psql $(secret)").find("single quotes"), std::string::npos);
    EXPECT_NE(error("psql db | less").find("single quotes"), std::string::npos);
    EXPECT_NE(error("psql db; rm x").find("single quotes"), std::string::npos);
    EXPECT_NE(error("psql 'host=h port=0'").find("65535"), std::string::npos);
    EXPECT_NE(error(std::string("psql a\0b", 8)).find("NUL"), std::string::npos);
}

} // namespace
} // namespace coropq::testing
