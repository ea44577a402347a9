// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What is read as text doesn't depend on the form in which it came, nor on what the session has set.

#include "api_support.hpp"

#include <coropq/coropq.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace coropq::test;
namespace asio = boost::asio;

constexpr std::string_view columns =
    "select '2026-07-01 12:00:00+00'::timestamptz as a, '2026-07-01'::date as b, '1 mon 2 days 03:04:05'::interval as "
    "c, "
    "'\\x00ff41'::bytea as d, 0.1::float8 as e, array['2026-07-01 12:00:00+00'::timestamptz] as f, "
    "tstzrange('2026-07-01 12:00:00+00', null) as g, 'text' as h, 7 as i";

const std::vector<std::string> expected = {"2026-07-01 12:00:00+00",
                                           "2026-07-01",
                                           "1 mon 2 days 03:04:05",
                                           "\\x00ff41",
                                           "0.1",
                                           R"({"2026-07-01 12:00:00+00"})",
                                           R"(["2026-07-01 12:00:00+00",))",
                                           "text",
                                           "7"};

class text_settings : public testing::Test {
protected:
    text_settings() : connection(context) {
        run(context, connection.connect(plain_address()));
        run(context, connection.execute_script("set timezone = 'Asia/Kolkata'; set bytea_output = 'escape'; "
                                               "set intervalstyle = 'iso_8601'; set extra_float_digits = 3"));
    }

    std::vector<std::string> texts(const coropq::result& rows) {
        std::vector<std::string> all;
        for (const coropq::field value : rows[0])
            all.push_back(value.text());
        return all;
    }

    asio::io_context context;
    coropq::connection connection;
};

TEST_F(text_settings, are_the_same_in_every_run) {
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(texts(run(context, connection.execute(columns))), expected) << "run " << i;
    EXPECT_EQ(texts(run(context, connection.execute(coropq::statement(columns).prepare(false)))), expected);
    const coropq::statement binary = coropq::statement(columns).results(coropq::result_format::binary);
    EXPECT_EQ(texts(run(context, connection.execute(binary))), expected);
}

TEST_F(text_settings, are_the_same_in_streams) {
    for (const auto strategy : {coropq::stream_strategy::rows, coropq::stream_strategy::cursor}) {
        for (int i = 0; i != 2; ++i) {
            coropq::row_stream rows = run(context, connection.stream_rows(coropq::statement(columns), {1, strategy}));
            EXPECT_EQ(texts(run(context, rows.next_batch())), expected);
            EXPECT_TRUE(run(context, rows.next_batch()).empty());
        }
    }
}

TEST_F(text_settings, shape_the_text_that_was_asked_for) {
    const coropq::statement text = coropq::statement(columns).results(coropq::result_format::text);
    const std::vector<std::string> raw = texts(run(context, connection.execute(text)));
    EXPECT_EQ(raw[0], "2026-07-01 17:30:00+05:30");
    EXPECT_EQ(raw[2], "P1M2DT3H4M5S");
    EXPECT_EQ(raw[3], "\\000\\377A");
    EXPECT_EQ(texts(run(context, connection.execute(coropq::statement(columns).simple_protocol(true)))), raw);
}

TEST_F(text_settings, do_not_keep_dates_from_being_read) {
    run(context, connection.execute("set datestyle = 'German'"));
    for (int i = 0; i != 2; ++i)
        EXPECT_EQ(run(context, connection.execute("select '2026-07-01'::date"))[0][0].text(), "2026-07-01");
    const coropq::statement date("select '2026-07-01'::date as d");
    const coropq::statement raw = coropq::statement(date).results(coropq::result_format::text);
    EXPECT_EQ(run(context, connection.execute(raw))[0][0].text(), "01.07.2026");
}

TEST_F(text_settings, that_cannot_be_read_are_told) {
    run(context, connection.execute("set datestyle = 'German'"));
    // Without preparing, there is nothing but text.
    const coropq::statement date = coropq::statement("select '2026-07-01'::date").prepare(false);
    const coropq::result rows = run(context, connection.execute(date));
    try {
        rows[0][0].text();
        FAIL() << "a German date is no ISO date";
    } catch (const coropq::result_error& problem) {
        EXPECT_EQ(problem.code(), coropq::errc::wrong_type);
        EXPECT_NE(problem.details().hint().find("DateStyle"), std::string::npos) << problem.what();
    }
}

} // namespace
