// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Results: typed rows, shapes, views, metadata, lifetimes.

#include "api_support.hpp"

#include <coropq/types/bytea.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using namespace coropq::test;

using typed = coropq::typed_rows<std::tuple<int, std::string_view>>;
static_assert(std::ranges::random_access_range<const typed&>);
static_assert(std::ranges::sized_range<typed>);
static_assert(std::ranges::random_access_range<coropq::row>);
static_assert(std::same_as<std::ranges::range_value_t<coropq::row>, coropq::field>);

struct results : testing::Test {
    asio::io_context context;
    coropq::connection conn{context};

    results() { run(context, conn.connect(plain_address())); }
    ~results() override {
        run(context, conn.close());
        EXPECT_TRUE(cluster().wait_for_session_count(0));
    }
    template <typename... Arguments>
    coropq::result operator()(std::string_view sql, const Arguments&... arguments) {
        return run(context, conn.execute(sql, arguments...));
    }
    template <typename Function>
    static coropq::error_code code_of(Function function) {
        try {
            function();
        } catch (const coropq::result_error& problem) {
            return problem.code();
        }
        return {};
    }
};

TEST_F(results, typed_rows_are_ranges_of_tuples) {
    for (int pass = 0; pass != 2; ++pass) {
        const coropq::result found = (*this)("select g, 'n' || g from generate_series(1, 5) g");
        int expected = 0;
        for (auto [id, name] : found.rows<int, std::string_view>()) {
            EXPECT_EQ(id, ++expected);
            EXPECT_EQ(name, "n" + std::to_string(expected));
        }
        EXPECT_EQ(expected, 5);
        const auto rows = found.rows<int, std::string>();
        EXPECT_EQ(rows.size(), 5u);
        EXPECT_EQ(std::get<1>(rows[4]), "n5");
        const auto even = [](const auto& entry) { return std::get<0>(entry) % 2 == 0; };
        EXPECT_EQ(std::ranges::count_if(rows, even), 2);
        EXPECT_EQ(std::get<0>(*(rows.end() - 1)), 5);
        EXPECT_EQ(rows.end() - rows.begin(), 5);
        auto [first, second] = found[1].as<std::pair<int, std::string_view>>();
        EXPECT_EQ(first, 2);
        EXPECT_EQ(second, "n2");
        EXPECT_EQ((found[2].as<std::tuple<long long, std::string>>()), std::tuple(3LL, std::string("n3")));
        int fields = 0;
        for (const coropq::field value : found[0]) {
            ++fields;
            EXPECT_FALSE(value.is_null());
        }
        EXPECT_EQ(fields, 2);
    }
}

TEST_F(results, shapes) {
    const coropq::result none = (*this)("select 1 as a where false");
    const coropq::result one = (*this)("select 7 as a");
    const coropq::result three = (*this)("select generate_series(1, 3) as a");
    using coropq::errc;
    EXPECT_EQ(three.all<int>(), (std::vector<int>{1, 2, 3}));
    EXPECT_TRUE(none.all<int>().empty());
    EXPECT_EQ(three.first<int>(), 1);
    EXPECT_EQ(none.first<int>(), std::nullopt);
    EXPECT_EQ(code_of([&] { (void)none.first<bool>(); }), errc::wrong_type);
    EXPECT_EQ(one.one<int>(), 7);
    EXPECT_EQ(code_of([&] { (void)none.one<int>(); }), errc::no_row);
    EXPECT_EQ(code_of([&] { (void)three.one<int>(); }), errc::several_rows);
    EXPECT_EQ(one.one_or_none<int>(), 7);
    EXPECT_EQ(none.one_or_none<int>(), std::nullopt);
    EXPECT_EQ(code_of([&] { (void)three.one_or_none<int>(); }), errc::several_rows);
    EXPECT_EQ(three.scalar<int>(), 1);
    EXPECT_EQ(none.scalar<int>(), std::nullopt);
    const coropq::result wide = (*this)("select g as a, 'x' || g as b, null::int as c from generate_series(1, 3) g");
    EXPECT_EQ(wide.scalar<int>(), 1);
    EXPECT_EQ(wide.scalars<int>(), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(wide.scalars<std::string>(1), (std::vector<std::string>{"x1", "x2", "x3"}));
    EXPECT_EQ(wide.scalars<std::optional<int>>(2).size(), 3u);
    EXPECT_EQ(code_of([&] { (void)wide.scalars<int>(2); }), errc::null_value);
    EXPECT_EQ(code_of([&] { (void)wide.scalars<int>(3); }), errc::unknown_column);
    const auto maps = wide.mappings();
    ASSERT_EQ(maps.size(), 3u);
    EXPECT_EQ(maps[1].at("b"), "x2");
    EXPECT_EQ(maps[1].at("a"), "2");
    EXPECT_EQ(maps[1].at("c"), std::nullopt);
    const coropq::result nothing;
    EXPECT_TRUE((nothing.rows<int, bool>().empty()));
    EXPECT_TRUE(nothing.all<int>().empty());
    EXPECT_TRUE(nothing.mappings().empty());
    EXPECT_TRUE(nothing.partitions(3).empty());
    EXPECT_TRUE(nothing.columns().empty());
    EXPECT_EQ(code_of([&] { (void)nothing.one<int>(); }), errc::no_row);
}

TEST_F(results, partitions) {
    const coropq::result ten = (*this)("select generate_series(1, 10) as a");
    const auto pieces = ten.partitions(4);
    ASSERT_EQ(pieces.size(), 3u);
    EXPECT_EQ(pieces[1].all<int>(), (std::vector<int>{5, 6, 7, 8}));
    EXPECT_EQ(pieces[2].all<int>(), (std::vector<int>{9, 10}));
    EXPECT_EQ(pieces[1][3]["a"].as<int>(), 8);
    EXPECT_EQ(code_of([&] { (void)pieces[2][2]; }), coropq::errc::row_out_of_range);
    EXPECT_EQ(pieces[1].partitions(3)[1].all<int>(), (std::vector<int>{8}));
    EXPECT_EQ(pieces[1].first<int>(), 5);
    EXPECT_EQ(pieces[1].scalar<int>(), 5);
    EXPECT_EQ(pieces[1].mappings().front().at("a"), "5");
    EXPECT_EQ(ten.partitions(10).size(), 1u);
    EXPECT_EQ(ten.partitions(static_cast<std::size_t>(-1)).size(), 1u);
    EXPECT_EQ(code_of([&] { (void)ten.partitions(0); }), coropq::errc::row_out_of_range);
    // Errors name the row of the result.
    try {
        (void)(*this)("select 70000 + g from generate_series(1, 9) g").partitions(4)[1][1][0].as<std::int16_t>();
        ADD_FAILURE() << "read";
    } catch (const coropq::result_error& problem) {
        EXPECT_TRUE(contains(problem.what(), "row 5")) << problem.what();
    }
}

TEST_F(results, columns_tell_where_they_come_from) {
    (*this)("create temp table t (a int, b varchar(20), c numeric(6,2))");
    (*this)("alter table t drop column a");
    for (int i = 0; i != 2; ++i) {
        const auto columns = (*this)("select c, b, b || 'x' as e, 1 as \"n ä\" from t").columns();
        ASSERT_EQ(columns.size(), 4u);
        EXPECT_EQ(columns[0].name, "c");
        EXPECT_EQ(columns[0].type_name, "numeric");
        EXPECT_EQ(columns[0].type, 1700u);
        EXPECT_EQ(columns[0].position_in_table, 3);
        EXPECT_EQ(columns[1].type_name, "character varying");
        EXPECT_EQ(columns[1].type_modifier, 24);
        EXPECT_EQ(columns[1].position_in_table, 2);
        EXPECT_EQ(columns[1].table, columns[0].table);
        EXPECT_EQ(columns[1].table, (*this)("select 't'::regclass::oid")[0][0].as<std::uint32_t>());
        EXPECT_EQ(columns[2].table, 0u);
        EXPECT_EQ(columns[2].position_in_table, 0);
        EXPECT_EQ(columns[3].type_modifier, -1);
        EXPECT_EQ(columns[3].name, "n ä");
        EXPECT_EQ(columns[3].type_name, "integer");
    }
}

TEST_F(results, views_are_of_the_result_itself) {
    for (int pass = 0; pass != 2; ++pass) {
        const coropq::result found = (*this)("select repeat('v', 1000), '\\x00ff41'::bytea from generate_series(1, 2)");
        const coropq::result copy = found; // NOLINT(performance-unnecessary-copy-initialization): shares the rows
        const auto text = found[1][0].as<std::string_view>();
        EXPECT_EQ(text, std::string(1000, 'v'));
        EXPECT_EQ(text.data(), copy[1][0].as<std::string_view>().data());
        const auto typed_view = std::get<0>(copy.rows<std::string_view, std::span<const std::byte>>()[1]);
        EXPECT_EQ(text.data(), typed_view.data());
        const auto bytes = found[0][1].as<std::span<const std::byte>>();
        ASSERT_EQ(bytes.size(), 3u);
        EXPECT_EQ(bytes[1], std::byte{0xFF});
        if (pass == 1) { // in binary
            EXPECT_EQ(bytes.data(), (copy[0][1].as<std::span<const std::byte>>().data()));
        }
    }
}

TEST_F(results, ranges_keep_the_rows_alive) {
    std::optional<typed> rows;
    std::vector<coropq::row_range> pieces;
    {
        const coropq::result found = (*this)("select g, repeat('k', 2000) || g from generate_series(1, 9) g");
        rows.emplace(found.rows<int, std::string_view>());
        pieces = found.partitions(4);
    }
    (*this)("select repeat('z', 2000) from generate_series(1, 50)"); // takes the memory, were it free
    EXPECT_EQ(std::get<1>((*rows)[8]), std::string(2000, 'k') + "9");
    EXPECT_EQ(std::get<0>(*(rows->end() - 1)), 9);
    EXPECT_EQ(pieces[2][0][1].as<std::string_view>(), std::string(2000, 'k') + "9");
    const typed copy = *rows;
    rows.reset();
    pieces.clear();
    int sum = 0;
    for (auto [id, text] : copy)
        sum += id + static_cast<int>(text.size()) - 2001;
    EXPECT_EQ(sum, 45);
    // Moved and copied ranges have readers of their own.
    typed moved = copy;
    const typed target = std::move(moved);
    EXPECT_EQ(std::get<0>(*target.begin()), 1);
}

// The views of the first threads stay what they were while others make more.
TEST_F(results, several_threads_read_one_result) {
    coropq::statement work("select g, decode(lpad(to_hex(g), 8, '0'), 'hex') from generate_series(1, 500) g");
    const coropq::result found = run(context, conn.execute(work.results(coropq::result_format::text)));
    std::vector<std::thread> readers;
    std::atomic<int> wrong = 0;
    for (int t = 0; t != 4; ++t) {
        readers.emplace_back([&] {
            std::vector<std::span<const std::byte>> views;
            for (auto [id, bytes] : found.rows<int, std::span<const std::byte>>())
                views.push_back(bytes);
            for (std::size_t i = 0; i != views.size(); ++i) {
                const unsigned number =
                    std::to_integer<unsigned>(views[i][2]) << 8U | std::to_integer<unsigned>(views[i][3]);
                wrong += views[i].size() != 4 || number != i + 1 || found[i]["g"].as<std::size_t>() != i + 1;
            }
            wrong += found.mappings().size() != 500 || found.partitions(7).size() != 72;
        });
    }
    for (std::thread& reader : readers)
        reader.join();
    EXPECT_EQ(wrong, 0);
}

} // namespace
