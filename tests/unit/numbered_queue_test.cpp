// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The queues of the pool beside plain containers that do the same.

#include "pool/deadline_queue.hpp"
#include "pool/numbered_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <utility>

namespace {

using namespace std::chrono_literals;
using coropq::detail::deadline_queue;
using coropq::detail::numbered_queue;
using time_point = deadline_queue::time_point;

TEST(numbered_queue, values_leave_by_number_from_anywhere) {
    numbered_queue<std::unique_ptr<int>> line;
    EXPECT_TRUE(line.empty());
    EXPECT_FALSE(line.take(0));
    for (int i = 0; i != 10; ++i)
        line.push(static_cast<std::uint64_t>(2 * i), std::make_unique<int>(i));
    EXPECT_EQ(line.size(), 10u);
    EXPECT_EQ(line.find(3), nullptr);
    EXPECT_EQ(line.find(20), nullptr);
    ASSERT_NE(line.find(6), nullptr);
    EXPECT_EQ(**line.find(6), 3);
    EXPECT_EQ(**line.take(6), 3);
    EXPECT_EQ(line.find(6), nullptr);
    EXPECT_FALSE(line.take(6));
    EXPECT_EQ(**line.take(0), 0);
    EXPECT_EQ(line.first(), 2u);
    EXPECT_EQ(*line.front(), 1);
    EXPECT_EQ(line.count_before(9, 100), 3u) << "2, 4 and 8";
    EXPECT_EQ(line.count_before(9, 2), 2u);
    EXPECT_EQ(line.count_before(2, 100), 0u);
}

TEST(numbered_queue, does_what_a_map_does) {
    std::mt19937 random(1);
    for (int round = 0; round != 50; ++round) {
        numbered_queue<int> line;
        std::map<std::uint64_t, int> expected;
        std::uint64_t next = 0;
        const auto in_front = random() % 100; // how often those in front leave
        for (int step = 0; step != 2000; ++step) {
            if (random() % 5 < 3) {
                next += 1 + random() % 3;
                line.push(next, step);
                expected.emplace(next, step);
            } else if (!expected.empty()) {
                const bool first = random() % 100 < in_front;
                const std::uint64_t id = first ? expected.begin()->first : random() % (next + 2);
                const std::optional<int> taken = line.take(id);
                const auto found = expected.find(id);
                ASSERT_EQ(taken.has_value(), found != expected.end());
                if (taken) {
                    ASSERT_EQ(*taken, found->second);
                    expected.erase(found);
                }
            }
            ASSERT_EQ(line.size(), expected.size());
            ASSERT_EQ(line.empty(), expected.empty());
            if (!expected.empty()) {
                ASSERT_EQ(line.first(), expected.begin()->first);
                ASSERT_EQ(line.front(), expected.begin()->second);
                const std::uint64_t id = random() % (next + 2);
                const auto before = static_cast<std::size_t>(std::distance(expected.begin(), expected.lower_bound(id)));
                ASSERT_EQ(line.count_before(id, 7), std::min<std::size_t>(before, 7));
                ASSERT_EQ(line.find(id) != nullptr, expected.contains(id));
            }
        }
    }
}

TEST(deadline_queue, the_next_one_is_always_in_front) {
    std::mt19937 random(2);
    const time_point start;
    for (int round = 0; round != 50; ++round) {
        deadline_queue line;
        std::map<std::uint64_t, time_point> waiting;
        std::set<std::pair<time_point, std::uint64_t>> expected;
        std::uint64_t next = 0;
        const auto own = random() % 100; // how many have limits of their own
        for (int step = 0; step != 2000; ++step) {
            if (random() % 2 == 0 || waiting.empty()) {
                const std::uint64_t id = next++;
                time_point when = start + (step + 1000) * 1ms;
                if (random() % 100 < own)
                    when = start + (step + static_cast<int>(random() % 2000)) * 1ms;
                if (random() % 8 == 0)
                    when = time_point::max();
                line.push(id, when);
                waiting.emplace(id, when);
                if (when != time_point::max())
                    expected.emplace(when, id);
            } else {
                auto leaving = waiting.begin();
                if (random() % 2 == 0)
                    std::advance(leaving, static_cast<std::ptrdiff_t>(random() % waiting.size()));
                line.remove(leaving->first, leaving->second);
                expected.erase({leaving->second, leaving->first});
                waiting.erase(leaving);
            }
            ASSERT_EQ(line.empty(), expected.empty());
            if (!expected.empty()) {
                ASSERT_EQ(line.front(), *expected.begin());
            }
        }
    }
}

} // namespace
