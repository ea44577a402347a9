// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Rows become structs, tuples and values, or an error that says why not.

#include "api_support.hpp"

#include <coropq/types/composite.hpp>

#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace shop {

struct entity {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(entity, (), (id))

struct address {
    std::string street;
    std::optional<int> number;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, number))

struct customer : entity {
    std::string firstName;
    std::optional<int> age;
    std::string mail;
};
BOOST_DESCRIBE_STRUCT(customer, (entity), (firstName, age, mail))

struct delivery {
    int id = 0;
    address target;
    std::optional<address> billing;
};
BOOST_DESCRIBE_STRUCT(delivery, (), (id, target, billing))

struct small {
    std::int16_t n = 0;
};
BOOST_DESCRIBE_STRUCT(small, (), (n))

struct overlapping {
    int user_id = 0;
};
BOOST_DESCRIBE_STRUCT(overlapping, (), (user_id))

} // namespace shop

template <>
struct coropq::column_names<shop::customer> {
    static constexpr std::array renames{coropq::column_name{"mail", "e-mail"}};
};

namespace {

using namespace coropq::test;

struct mapping : testing::Test {
    asio::io_context context;
    coropq::connection conn{context};

    mapping() { run(context, conn.connect(plain_address())); }
    ~mapping() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }

    template <typename T>
    std::vector<T> fetch(std::string_view sql) {
        return run(context, conn.fetch<T>(sql));
    }
    // The error says all of that, and not the value.
    template <typename T>
    void wrong(std::string_view sql, coropq::errc code, const std::vector<std::string>& pieces) {
        for (int i = 0; i != 2; ++i) { // text, then binary
            const auto failure = failure_of<coropq::result_error>(context, conn.fetch<T>(sql));
            EXPECT_EQ(failure.code(), code) << failure.what();
            for (const std::string& piece : pieces)
                EXPECT_TRUE(contains(failure.what(), piece)) << piece << " isn't in\n" << failure.what();
            EXPECT_FALSE(contains(failure.what(), "70123")) << failure.what();
        }
    }
};

TEST_F(mapping, members_find_their_columns_by_name) {
    for (const char* sql : {"select 'x@y' as \"e-mail\", 7::int8 as id, 'Ada' as first_name, 36 as age, 'no' as extra",
                            "select 36 as \"AGE\", 'Ada' as \"FirstName\", 'x@y' as \"E-Mail\", 7::int8 as \"_id\""}) {
        for (int i = 0; i != 2; ++i) {
            const auto found = fetch<shop::customer>(sql);
            ASSERT_EQ(found.size(), 1u);
            EXPECT_EQ(found[0].id, 7);
            EXPECT_EQ(found[0].firstName, "Ada");
            EXPECT_EQ(found[0].age, 36);
            EXPECT_EQ(found[0].mail, "x@y");
        }
    }
    EXPECT_EQ(fetch<shop::customer>("select 1 as id, '' as first_name, null::int as age, '' as \"e-mail\"")[0].age,
              std::nullopt);
    // The exact name wins over similar ones.
    EXPECT_EQ(fetch<shop::overlapping>("select 1 as \"userId\", 2 as user_id, 3 as \"USER_ID\"")[0].user_id, 2);
}

TEST_F(mapping, composites_within_rows) {
    const temporary_database database = cluster().create_database();
    coropq::connection own(context);
    run(context, own.connect(plain_address(database)));
    run(context, own.execute("create type address as (number int, street text)"));
    const std::string sql = "select 1 as id, row(5, 'Main, \"St\"')::address as target, null::address as billing "
                            "union all select 2, row(null, '')::address, row(6, 'b')::address order by id";
    for (int i = 0; i != 3; ++i) {
        const auto found = run(context, own.fetch<shop::delivery>(sql));
        ASSERT_EQ(found.size(), 2u);
        EXPECT_EQ(found[0].target.street, "Main, \"St\"");
        EXPECT_EQ(found[0].target.number, 5);
        EXPECT_FALSE(found[0].billing);
        EXPECT_EQ(found[1].target.number, std::nullopt);
        ASSERT_TRUE(found[1].billing);
        EXPECT_EQ(found[1].billing->street, "b");
        EXPECT_EQ(run(context, own.fetch_value<shop::address>("select row(1, 'x')::address")).street, "x");
    }
    run(context, own.close());
}

TEST_F(mapping, what_does_not_fit_says_why) {
    using coropq::errc;
    using shop::customer;
    wrong<customer>("select 1 as id, 2 as age, 'x' as \"e-mail\", 'y' as name", errc::unknown_column,
                    {"customer", "\"firstName\"", "id, age, e-mail, name"});
    wrong<customer>("select 1 as id, 'a' as first_name, 'b' as \"firstname\", 2 as age, 'x' as \"e-mail\"",
                    errc::ambiguous_column, {"customer", "\"firstName\""});
    wrong<shop::small>("select 1 as n, 2 as n", errc::ambiguous_column, {"small", "\"n\""});
    wrong<shop::small>("select 'x'::text as n", errc::wrong_type, {"\"n\"", "text", "short"});
    wrong<shop::small>("select 1::int2 as n union all select null order by n", errc::null_value,
                       {"\"n\"", "smallint", "short", "row 1", "std::optional"});
    wrong<shop::small>("select n from (values (1), (2), (70123)) v (n)", errc::wrong_type,
                       {"\"n\"", "integer", "short", "row 2", "doesn't fit"});
    wrong<std::tuple<int, int>>("select 1, 2, 3", errc::wrong_column_count, {"2 columns", "3"});
    wrong<std::tuple<int, int>>("select 1", errc::wrong_column_count, {"2 columns", "1"});
    wrong<int>("select 1, 2", errc::wrong_column_count, {"int", "1 column", "2"});
    wrong<std::tuple<int, std::string, bool>>("select 1, 'x', 2 as third", errc::wrong_type, {"\"third\"", "bool"});
    const auto none = failure_of<coropq::result_error>(context, conn.fetch<int>("set application_name to 'x'"));
    EXPECT_EQ(none.code(), errc::wrong_column_count);
}

// Also when there is no row: the program is wrong, whatever the data are.
TEST_F(mapping, columns_are_checked_once_for_all_rows_and_without_any) {
    for (int i = 0; i != 2; ++i) {
        EXPECT_EQ(
            failure_of<coropq::result_error>(context, conn.fetch<shop::small>("select 1 as m where false")).code(),
            coropq::errc::unknown_column);
        EXPECT_EQ(failure_of<coropq::result_error>(context, conn.fetch<int>("select 'x'::text where false")).code(),
                  coropq::errc::wrong_type);
        EXPECT_TRUE(fetch<shop::small>("select 1 as n where false").empty());
    }
    // A row that doesn't fit is found when it is read.
    const coropq::result found = run(context, conn.execute("select n from (values (1), (70123)) v (n)"));
    const auto objects = found.rows<shop::small>();
    EXPECT_EQ(objects[0].n, 1);
    EXPECT_THROW((void)objects[1], coropq::result_error);
    EXPECT_EQ((*objects.begin()).n, 1);
}

TEST_F(mapping, tuples_pairs_and_values) {
    EXPECT_EQ((fetch<std::tuple<int, std::optional<std::string>>>("select 1, null::text")),
              (std::vector<std::tuple<int, std::optional<std::string>>>{{1, std::nullopt}}));
    EXPECT_EQ((fetch<std::pair<std::string, bool>>("select 'a', true")),
              (std::vector<std::pair<std::string, bool>>{{"a", true}}));
    EXPECT_EQ(fetch<std::int64_t>("select generate_series(1, 3)"), (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(fetch<std::optional<int>>("select null::int"), (std::vector<std::optional<int>>{std::nullopt}));
}

TEST_F(mapping, one_optional_and_value) {
    using coropq::errc;
    const auto code = [&](auto operation) {
        return failure_of<coropq::result_error>(context, std::move(operation)).code();
    };
    EXPECT_EQ(run(context, conn.fetch_one<int>("select $1", 5)), 5);
    EXPECT_EQ(code(conn.fetch_one<int>("select 1 where false")), errc::no_row);
    EXPECT_EQ(code(conn.fetch_one<int>("select generate_series(1, 2)")), errc::several_rows);
    EXPECT_EQ(code(conn.fetch_one<int>("select 1, 2")), errc::wrong_column_count);
    EXPECT_EQ(code(conn.fetch_one<int>("select null::int")), errc::null_value);
    EXPECT_EQ(run(context, conn.fetch_optional<int>("select 1 where false")), std::nullopt);
    EXPECT_EQ(run(context, conn.fetch_optional<int>("select 4")), 4);
    EXPECT_EQ(code(conn.fetch_optional<int>("select generate_series(1, 2)")), errc::several_rows);
    EXPECT_EQ(code(conn.fetch_optional<int>("select 'x'::text where false")), errc::wrong_type);
    EXPECT_EQ(run(context, conn.fetch_value<std::string>("select 3")), "3");
    EXPECT_EQ(run(context, conn.fetch_value<std::optional<int>>("select null::int")), std::nullopt);
    EXPECT_EQ(code(conn.fetch_value<int>("select null::int")), errc::null_value);
    EXPECT_EQ(code(conn.fetch_value<int>("select 1 where false")), errc::no_row);
    EXPECT_EQ(code(conn.fetch_value<int>("select generate_series(1, 2)")), errc::several_rows);
    EXPECT_EQ(code(conn.fetch_value<int>("select 1, 2")), errc::wrong_column_count);
}

} // namespace
