// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The order of tables by what they depend on.

#include "inspect/table_order.hpp"
#include "support/table_order_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using coropq::detail::order_tables;
using coropq::detail::table_dependencies;
using coropq::reflected::table_order;
using coropq::test::text_of;

using edge = std::pair<std::string, std::string>;

/// Tables of the schema s. A key is called like the table that it refers to.
class tables {
public:
    tables& table(const std::string& name, const std::vector<std::string>& referred = {},
                  const std::vector<std::string>& parents = {}) {
        table_dependencies& added = all_.emplace_back();
        added.table = {"s", name};
        for (const std::string& each : referred)
            added.foreign_keys.push_back({each, {"s", each}});
        for (const std::string& each : parents)
            added.parents.push_back({"s", each});
        return *this;
    }
    table_order order() const { return order_tables(all_); }

    /// The same whatever the order in which they come.
    std::string text() const {
        const std::string forwards = text_of(order_tables(all_));
        std::vector<table_dependencies> reversed(all_.rbegin(), all_.rend());
        EXPECT_EQ(text_of(order_tables(std::move(reversed))), forwards);
        return forwards;
    }

private:
    std::vector<table_dependencies> all_;
};

TEST(table_order, nothing_and_names) {
    EXPECT_EQ(tables().text(), "");
    EXPECT_EQ(tables().table("b").table("a").table("c").text(), "a b c");
}

TEST(table_order, what_is_referred_to_comes_first) {
    EXPECT_EQ(tables().table("a", {"b"}).table("b", {"c"}).table("c").text(), "c b>c a>b");
    EXPECT_EQ(tables().table("a").table("b", {"a"}).table("c", {"a", "b"}).text(), "a b>a c>a>b");
}

TEST(table_order, a_circle_elsewhere_disturbs_nothing) {
    EXPECT_EQ(tables().table("a", {"b"}).table("b", {"c"}).table("c").table("x", {"y"}).table("y", {"x"}).text(),
              "c b>c a>b x y>x | x>y");
}

TEST(table_order, within_a_circle_only_keys_to_later_tables_wait) {
    EXPECT_EQ(tables().table("a", {"b"}).table("b", {"c"}).table("c", {"a"}).text(), "a b c>a | a>b | b>c");
    EXPECT_EQ(tables().table("x", {"y", "z"}).table("y", {"x"}).table("z").text(), "z x>z y>x | x>y");
    // What hangs on a circle, and what it hangs on.
    EXPECT_EQ(tables().table("a", {"m"}).table("m", {"n", "z"}).table("n", {"m"}).table("z").text(),
              "z m>z n>m a>m | m>n");
}

TEST(table_order, a_table_may_refer_to_itself) {
    EXPECT_EQ(tables().table("a", {"a"}).text(), "a>a");
    EXPECT_EQ(tables().table("a", {"a", "b"}).table("b", {"a", "b"}).text(), "a>a b>a>b | a>b");
}

TEST(table_order, names_of_keys_are_those_of_their_table) {
    table_dependencies x;
    x.table = {"s", "x"};
    x.foreign_keys.push_back({"same", {"s", "y"}});
    table_dependencies y;
    y.table = {"s", "y"};
    y.foreign_keys.push_back({"same", {"s", "x"}});
    y.foreign_keys.push_back({"other", {"s", "x"}});
    const table_order order = order_tables({x, y});
    ASSERT_EQ(order.deferred.size(), 1u);
    EXPECT_EQ(order.deferred[0].table.name, "x");
    EXPECT_EQ(order.deferred[0].name, "same");
    EXPECT_EQ(order.tables.at(1).foreign_keys, (std::vector<std::string>{"other", "same"}));
}

TEST(table_order, the_same_name_in_two_schemas) {
    table_dependencies a;
    a.table = {"a", "t"};
    a.foreign_keys.push_back({"far", {"b", "t"}});
    table_dependencies b;
    b.table = {"b", "t"};
    const table_order order = order_tables({a, b});
    EXPECT_EQ(order.tables.at(0).table.schema, "b");
    EXPECT_TRUE(order.deferred.empty());
}

TEST(table_order, tables_that_are_not_listed_are_there) {
    EXPECT_EQ(tables().table("a", {"elsewhere"}, {"parent"}).text(), "a>elsewhere");
}

TEST(table_order, parents_come_first_even_in_a_circle) {
    EXPECT_EQ(tables().table("child", {}, {"parent"}).table("parent").text(), "parent child");
    EXPECT_EQ(tables().table("a", {}, {"b"}).table("b", {"a"}).text(), "b a | b>a");
    EXPECT_EQ(tables().table("a", {"c"}, {"b"}).table("b", {"a"}).table("c", {"b"}).text(), "b a c>b | a>c | b>a");
}

TEST(table_order, a_long_chain_needs_no_deep_stack) {
    tables chain;
    constexpr int length = 20'000;
    for (int i = 0; i != length; ++i)
        chain.table(std::to_string(1'000'000 + i), {std::to_string(1'000'000 + i + 1)});
    const table_order order = chain.order();
    ASSERT_EQ(order.tables.size(), static_cast<std::size_t>(length));
    EXPECT_EQ(order.tables.front().table.name, std::to_string(1'000'000 + length - 1));
    EXPECT_TRUE(order.deferred.empty());
}

// Any graph: every key is there once; those with a table refer to it or to one before it; those that wait refer to one
// that comes later and from which there is a way back.
TEST(table_order, any_graph) {
    std::mt19937 random(7);
    for (int round = 0; round != 300; ++round) {
        const int size = 1 + static_cast<int>(random() % 9);
        std::map<std::string, std::vector<std::string>> referred;
        tables all;
        for (int i = 0; i != size; ++i) {
            const std::string name(1, static_cast<char>('a' + i));
            for (int j = 0; j != size; ++j)
                if (random() % 5 == 0)
                    referred[name].push_back(std::string(1, static_cast<char>('a' + j)));
            all.table(name, referred[name]);
        }
        const table_order order = all.order();
        std::map<std::string, std::size_t> position;
        for (std::size_t i = 0; i != order.tables.size(); ++i)
            position[order.tables[i].table.name] = i;
        ASSERT_EQ(position.size(), static_cast<std::size_t>(size));
        std::vector<edge> found;
        for (const auto& each : order.tables)
            for (const std::string& key : each.foreign_keys) {
                EXPECT_LE(position.at(key), position.at(each.table.name));
                found.emplace_back(each.table.name, key);
            }
        for (const auto& each : order.deferred) {
            EXPECT_GT(position.at(each.name), position.at(each.table.name));
            std::vector<std::string> reached{each.name};
            for (std::size_t i = 0; i != reached.size(); ++i)
                for (const std::string& next : referred[reached[i]])
                    if (std::find(reached.begin(), reached.end(), next) == reached.end())
                        reached.push_back(next);
            EXPECT_NE(std::find(reached.begin(), reached.end(), each.table.name), reached.end());
            found.emplace_back(each.table.name, each.name);
        }
        std::vector<edge> expected;
        for (const auto& [name, keys] : referred)
            for (const std::string& key : keys)
                expected.emplace_back(name, key);
        std::sort(found.begin(), found.end());
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(found, expected);
    }
}

TEST(table_order, prints_as_json) {
    std::ostringstream text;
    text << tables().table("a", {"a"}).order();
    EXPECT_EQ(text.str(),
              "{\"tables\": [{\"table\": {\"schema\": \"s\", \"name\": \"a\"}, \"foreign_keys\": [\"a\"]}], "
              "\"deferred\": []}");
}

} // namespace
