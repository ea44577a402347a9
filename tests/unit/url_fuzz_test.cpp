// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Whatever the bytes: a url that round-trips, or a url_error. Under the sanitizers this also says that nothing is read
// that isn't there.

#include "url_support.hpp"

#include <cstring>
#include <memory>
#include <random>

namespace coropq::testing {
namespace {

/// Exactly as large as the text, so that the sanitizer sees every step beyond it.
template <class Function>
void with_exact_memory(const std::string& input, Function function) {
    const std::unique_ptr<char[]> memory(new char[input.size()]);
    std::memcpy(memory.get(), input.data(), input.size());
    function(std::string_view(memory.get(), input.size()));
}

int read_everything(const std::string& input) {
    int accepted = 0;
    with_exact_memory(input, [&](std::string_view text) {
        for (url (*read)(std::string_view) : {&url::parse, &url::from_keyword_values, &url::from_psql_command}) {
            try {
                const url parsed = read(text);
                expect_round_trip(parsed);
                EXPECT_EQ(url::parse(parsed.to_string()).database(), parsed.database());
                ++accepted;
            } catch (const url_error&) {
            }
        }
        try {
            expect_round_trip(url::create({.user = "u"}).update_query_string(text, true));
            ++accepted;
        } catch (const url_error&) {
        }
        try {
            const std::string part(text);
            expect_round_trip(url::create({.user = part,
                                           .password = part,
                                           .host = part,
                                           .port = static_cast<int>(part.size()),
                                           .database = part,
                                           .query = {{part + "x", {part, part}}}}));
            ++accepted;
        } catch (const url_error&) {
        }
    });
    return accepted;
}

TEST(url_fuzz, random_bytes) {
    std::mt19937 random(1);
    for (int i = 0; i != 20000; ++i) {
        std::string input(random() % 40, '\0');
        for (char& c : input)
            c = static_cast<char>(random());
        read_everything(input);
    }
}

TEST(url_fuzz, random_bytes_behind_a_beginning) {
    std::mt19937 random(2);
    for (int i = 0; i != 20000; ++i) {
        std::string input(random() % 30, '\0');
        for (char& c : input)
            c = static_cast<char>(random());
        static const std::string beginnings[] = {"postgresql://", "postgresql://u:", "postgresql://h/d?",
                                                 "user=",         "psql '",          "psql \"",
                                                 "psql -h ",      "postgresql://[",  "postgresql://u:p@h:"};
        read_everything(beginnings[random() % std::size(beginnings)] + input);
    }
}

TEST(url_fuzz, random_pieces) {
    static const std::string pieces[] = {"postgresql://",
                                         "psql ",
                                         "'",
                                         "\"",
                                         "\\",
                                         "@",
                                         ":",
                                         "/",
                                         "?",
                                         "&",
                                         "=",
                                         "%",
                                         "%41",
                                         "%00",
                                         "[",
                                         "]",
                                         "::1",
                                         ",",
                                         " ",
                                         "\n",
                                         "\r\n",
                                         "host",
                                         "port",
                                         "user",
                                         "password",
                                         "dbname",
                                         "-h",
                                         "--port",
                                         "1",
                                         "65535",
                                         "h",
                                         "FLATTEN",
                                         "AdobeOrg",
                                         "+",
                                         "#",
                                         "\xC3\xA9"};
    std::mt19937 random(3);
    int accepted = 0;
    for (int i = 0; i != 40000; ++i) {
        std::string input = i % 3 == 0 ? "postgresql://" : i % 3 == 1 ? "psql " : "";
        for (auto count = random() % 14; count != 0; --count)
            input += pieces[random() % std::size(pieces)];
        accepted += read_everything(input);
    }
    EXPECT_GT(accepted, 10000);
}

TEST(url_fuzz, long_inputs_take_no_quadratic_time) {
    for (const char* piece :
         {"@", ":", "/", "?", "&", "=", "%41", ",", " ", "'", "\\", "a=b ", "a=b&", "[::1],", "h:1,", "\n", "x\n"}) {
        std::string input;
        while (input.size() < 200000)
            input += piece;
        for (const char* beginning : {"", "postgresql://", "postgresql:///?", "postgresql://u:", "psql '"})
            with_exact_memory(beginning + input, [](std::string_view text) {
                for (url (*read)(std::string_view) :
                     {&url::parse, &url::from_keyword_values, &url::from_psql_command}) {
                    try {
                        read(text);
                    } catch (const url_error&) {
                    }
                }
            });
    }
}

} // namespace
} // namespace coropq::testing
