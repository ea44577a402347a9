// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Secrets don't get out: not into error texts, whatever is wrong with the input, and not into what is printed.

#include "url_support.hpp"

#include <functional>
#include <random>
#include <sstream>
#include <vector>

namespace coropq::testing {
namespace {

// Nothing that an error text says by itself has four characters of it in a row.
const std::string marker = "Zq7Xw9Kj5Vb3Gy8Hx1";

bool shows_marker(const std::string& output) {
    for (std::size_t i = 0; i + 4 <= marker.size(); ++i) {
        if (output.find(marker.substr(i, 4)) != std::string::npos)
            return true;
    }
    return false;
}

/// Everything that can be shown about an error.
std::string everything(const url_error& e) {
    std::ostringstream out;
    out << e.what() << e.code() << e.code().message() << e.details() << e.details().hint() << e.details().message()
        << e.details().host() << e.details().port() << e.details().user() << e.details().database();
    return out.str();
}

using reader = std::function<url(std::string_view)>;

/// Returns how many inputs were refused.
int check_never_echoed(const std::vector<std::string>& inputs, const reader& read) {
    int refused = 0;
    for (const std::string& input : inputs) {
        try {
            // Only what is taken for a password is hidden; in malformed inputs the marker can be something else.
            const url parsed = read(input);
            if (parsed.password() && parsed.password()->expose() == marker) {
                EXPECT_EQ(parsed.to_string().find(':' + marker + '@'), std::string::npos) << input;
            }
        } catch (const url_error& e) {
            ++refused;
            EXPECT_FALSE(shows_marker(everything(e))) << input << "\n" << e.what();
        }
    }
    return refused;
}

/// Every insertion, replacement and removal of one character, and every cut at the end.
std::vector<std::string> mutations(const std::string& valid, std::string_view characters) {
    std::vector<std::string> result;
    for (std::size_t at = 0; at <= valid.size(); ++at) {
        result.push_back(valid.substr(0, at));
        for (char c : characters) {
            result.push_back(valid.substr(0, at) + c + valid.substr(at));
            if (at != valid.size())
                result.push_back(valid.substr(0, at) + c + valid.substr(at + 1));
        }
        if (at != valid.size())
            result.push_back(valid.substr(0, at) + valid.substr(at + 1));
    }
    return result;
}

TEST(url_secrets, malformed_urls_are_never_echoed) {
    int refused = 0;
    for (const std::string& valid :
         {"postgresql://user:" + marker + "@host:5432/db?sslmode=require",
          "postgresql://ABC@AdobeOrg:" + marker + "@acme.platform-query.adobe.io:80/prod:all?FLATTEN",
          "postgresql://" + marker + "@h1:1,[::1]:2/db",
          "postgresql://h/db?password=" + marker + "&sslpassword=" + marker,
          "postgresql://" + marker + ":" + marker + "@" + marker + ":5/" + marker + "?" + marker + "=" + marker})
        refused += check_never_echoed(mutations(valid, std::string_view("@:/?#%[]&= ,\n\0\x7f", 15)),
                                      [](std::string_view input) { return url::parse(input); });
    EXPECT_GT(refused, 1000);
}

TEST(url_secrets, malformed_keyword_texts_are_never_echoed) {
    int refused = 0;
    for (const std::string& valid : {"host=h port=5432 dbname=db user=u password=" + marker,
                                     "password='" + marker + "' user='" + marker + "' host=" + marker + " port=1"})
        refused += check_never_echoed(mutations(valid, std::string_view("'\\= ,\n\0@/", 9)),
                                      [](std::string_view input) { return url::from_keyword_values(input); });
    EXPECT_GT(refused, 100);
}

TEST(url_secrets, malformed_commands_are_never_echoed) {
    int refused = 0;
    for (const std::string& valid : {"psql 'host=h port=5432 dbname=db user=u password=" + marker + "'",
                                     "psql \"postgresql://u:" + marker + "@h/db\" -p 5 -U " + marker,
                                     "PGPASSWORD=" + marker + " psql -h " + marker + " " + marker + " " + marker})
        refused += check_never_echoed(mutations(valid, std::string_view("'\"\\= -$;\n\0@/", 12)),
                                      [](std::string_view input) { return url::from_psql_command(input); });
    EXPECT_GT(refused, 100);
}

TEST(url_secrets, random_splices_are_never_echoed) {
    std::mt19937 random(20240607);
    const std::vector<std::string> pieces = {"postgresql://",
                                             "postgres:",
                                             "//",
                                             "@",
                                             ":",
                                             "/",
                                             "?",
                                             "#",
                                             "%",
                                             "%4",
                                             "%00",
                                             "[",
                                             "]",
                                             "::1",
                                             ",",
                                             "&",
                                             "=",
                                             " ",
                                             "'",
                                             "\\",
                                             "\n",
                                             "host",
                                             "port=",
                                             "password=",
                                             "user",
                                             "AdobeOrg",
                                             "80",
                                             "99999",
                                             "FLATTEN",
                                             marker,
                                             marker,
                                             marker};
    std::vector<std::string> inputs;
    for (int i = 0; i != 5000; ++i) {
        std::string input = i % 2 ? "postgresql://" : "";
        for (auto count = 1 + random() % 12; count != 0; --count)
            input += pieces[random() % pieces.size()];
        inputs.push_back(std::move(input));
    }
    for (const reader& read :
         {reader([](std::string_view input) { return url::parse(input); }),
          reader([](std::string_view input) { return url::from_keyword_values(input); }),
          reader([](std::string_view input) { return url::from_psql_command("psql '" + std::string(input) + "'"); }),
          reader([](std::string_view input) { return url::create({}).update_query_string(input); })})
        EXPECT_GT(check_never_echoed(inputs, read), 1000);
}

TEST(url_secrets, impossible_parts_are_never_echoed) {
    const std::string nul = marker + '\0';
    for (const std::function<void()>& make : std::vector<std::function<void()>>{
             [] { url::create({.drivername = marker}); }, [&] { url::create({.user = nul}); },
             [&] { url::create({.password = nul}); }, [] { url::create({.host = marker + " "}); },
             [] { url::create({.host = marker, .port = 70000}); }, [&] { url::create({.database = nul}); },
             [] {
                 url::create({.query = {{"port", marker}}});
             },
             [] {
                 url::create({.query = {{"host", marker + ":1"}, {"port", marker}}});
             },
             [&] {
                 url::create({.query = {{marker, nul}}});
             }}) {
        try {
            make();
            ADD_FAILURE() << "accepted";
        } catch (const url_error& e) {
            EXPECT_FALSE(shows_marker(everything(e))) << e.what();
        }
    }
}

TEST(url_secrets, are_hidden_in_what_is_printed) {
    for (const char* key :
         {"password", "sslpassword", "PASSWORD", "SslPassword", "p%61ssword", "%70%61%73%73%77%6f%72%64",
          "ssl%70assword", "oauth_client_secret", "scram_client_key", "scram_server_key"}) {
        const url parsed =
            url::parse("postgresql://u:" + marker + "@h/db?a=b&" + key + "=" + marker + "&" + key + "=" + marker);
        EXPECT_FALSE(shows_marker(parsed.to_string())) << parsed;
        EXPECT_EQ(password_of(parsed), marker);
        EXPECT_TRUE(shows_marker(parsed.to_string(show_password)));
        expect_round_trip(parsed);
    }
    EXPECT_EQ(url::parse("postgresql://u:@h/?password=").to_string(), "postgresql://u:***@h/?password=***")
        << "that a password is empty is a secret too";
}

TEST(url_secrets, raw_separators_do_not_move_parts_of_a_password_out) {
    // A password that begins with the marker: wherever it contains raw separators, either nothing is accepted, or
    // nothing of it shows.
    for (const char* separator :
         {"@", ":", "/", "?", "#", "%40", "/@", "@/", "?@", "@?", "//", "@:", ":@", "/?", "[", "]"}) {
        for (const std::string& password :
             {marker + separator + "x", separator + marker, marker + separator + marker}) {
            for (const char* user : {"u", "ABC@AdobeOrg"}) {
                for (const char* rest :
                     {"@host", "@host:5432", "@host:5432/db", "@host/db?sslmode=require", "@host/prod:all?FLATTEN"}) {
                    const std::string input = std::string("postgresql://") + user + ':' + password + rest;
                    try {
                        const url parsed = url::parse(input);
                        EXPECT_FALSE(shows_marker(parsed.to_string())) << input << ' ' << parsed;
                        EXPECT_EQ(parsed.host(), "host") << input;
                    } catch (const url_error& e) {
                        EXPECT_FALSE(shows_marker(everything(e))) << input;
                    }
                }
            }
        }
    }
}

} // namespace
} // namespace coropq::testing
