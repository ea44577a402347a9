// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The rules of the pool by example: when it opens connections, and what it does when that fails.

#include "played_pool.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

namespace {

using namespace std::chrono_literals;
using coropq::pool_options;
using coropq::detail::session_condition;
using pool_testing::action;
using pool_testing::clock;
using pool_testing::played_pool;
using pool_testing::pool_decisions;
using pool_testing::time_point;

// ---- Whether to open one, or to wait for one

TEST(pool_growth, opens_when_waiting_has_cost_as_much) {
    played_pool play;
    play.use(1); // a connect takes 10 ms
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1");
    EXPECT_EQ(play.pool.next_event(), play.now + 29990ms) << "nothing else to be done but to end the wait";
}

TEST(pool_growth, many_lose_time_together) {
    played_pool play;
    play.use(1);
    EXPECT_EQ(play.wait() + play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "5000 us: open 1");
    EXPECT_EQ(play.wait(), "open 2") << "two who wait for 5 ms again";
    EXPECT_EQ(play.advance_to_next(), "5000 us: open 3");
}

TEST(pool_growth, one_that_comes_back_starts_the_clock_again) {
    played_pool play;
    play.use(1);
    EXPECT_EQ(play.wait() + play.wait(), "");
    EXPECT_EQ(play.advance(4ms), "");
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1");
}

TEST(pool_growth, slow_returns_are_remembered) {
    played_pool play;
    play.use(1);
    EXPECT_EQ(play.wait(100ms), "");
    play.now += 20ms; // advance comes late
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.wait(), "open 1") << "they have come back every 20 ms, and a connect takes 10";
}

TEST(pool_growth, assumes_a_connect_time_before_the_first) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1");
    EXPECT_EQ(play.stats().mean_connect_time, 0ms);
}

TEST(pool_growth, never_above_the_limit) {
    played_pool play(pool_options().size(2).max_overflow(1));
    play.use(3);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "30000000 us: refuse 3: timed out");
}

TEST(pool_growth, ten_long_queries_on_an_empty_pool) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    for (int more = 0; more < 9; ++more)
        EXPECT_EQ(play.wait(), "");
    const time_point start = play.now;
    while (play.stats().connecting < 10 && play.now < start + 1s)
        play.advance_to_next();
    EXPECT_EQ(play.now, start + 10ms);
    for (std::size_t slot = 0; slot < 10; ++slot)
        EXPECT_EQ(play.opened(slot), "give " + std::to_string(slot) + " to " + std::to_string(slot));
}

// Many short queries at once, with connects that take long: those are not worth it.
TEST(pool_growth, slow_connects_and_a_burst_of_short_queries) {
    constexpr std::size_t open_before = 5;
    constexpr clock::duration connect_time = 150ms;
    constexpr clock::duration query_time = 2ms;
    played_pool play(pool_options().size(50));
    for (std::size_t slot = 0; slot < open_before; ++slot) { // long transactions, one after the other
        play.wait();
        while (play.stats().connecting == 0)
            play.advance_to_next();
        play.now += connect_time;
        play.opened(slot);
    }
    for (std::size_t slot = 0; slot < open_before; ++slot)
        play.released(slot);

    std::multimap<time_point, std::pair<bool, std::size_t>> due; // released, or opened, and which
    const auto carry_out = [&](const std::vector<action>& actions) {
        for (const action& one : actions) {
            if (one.what == action::kind::hand_over)
                due.emplace(play.now + query_time, std::pair(true, one.slot));
            else if (one.what == action::kind::open)
                due.emplace(play.now + connect_time, std::pair(false, one.slot));
        }
    };
    const time_point start = play.now;
    for (int query = 0; query < 50; ++query) {
        if (const auto taken = play.pool.take_idle(play.now))
            due.emplace(play.now + query_time, std::pair(true, *taken));
        else
            play.pool.wait(play.now, play.now + 30s);
        carry_out(play.pool.take_actions());
    }
    while (!due.empty()) {
        if (play.pool.next_event() < due.begin()->first) {
            play.now = play.pool.next_event();
            play.pool.advance(play.now);
        } else {
            const auto [when, what] = *due.begin();
            due.erase(due.begin());
            play.now = when;
            if (what.first)
                play.pool.released(what.second, play.now, session_condition::reusable);
            else
                play.pool.opened(what.second, play.now);
        }
        carry_out(play.pool.take_actions());
    }
    EXPECT_EQ(play.stats().acquired, open_before + 50);
    EXPECT_GE(play.stats().idle, open_before);
    EXPECT_LE(play.stats().idle, open_before + 1);
    EXPECT_LE(play.stats().longest_wait, connect_time * 4 + 20ms) << "that of the transactions before";
    EXPECT_LE(play.now - start, connect_time + 50ms);
}

// ---- Idle ones in reserve

TEST(pool_growth, min_idle_begins_with_the_first_use) {
    played_pool play(pool_options().size(4).min_idle(2));
    EXPECT_EQ(play.advance(1h), "");
    EXPECT_EQ(play.wait(), "open 0, open 1, open 2");
    EXPECT_EQ(play.opened(2), "give 2 to 0");
    EXPECT_EQ(play.opened(0), "");
    EXPECT_EQ(play.opened(1), "");
    EXPECT_EQ(play.take(), "1");
    EXPECT_EQ(play.pool.next_event(), play.now);
    EXPECT_EQ(play.advance(), "open 3") << "one more than that would be above the size";
    EXPECT_EQ(play.take(), "0");
    EXPECT_EQ(play.advance(), "");
}

TEST(pool_growth, min_idle_in_a_burst) {
    played_pool play(pool_options().size(10).min_idle(2));
    EXPECT_EQ(play.wait(), "open 0, open 1, open 2");
    play.now += 100ms;
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.opened(1) + play.opened(2), "");
    EXPECT_EQ(play.take() + play.take(), "21");
    EXPECT_EQ(play.advance(), "open 3, open 4") << "there shall be two idle ones again";
    EXPECT_EQ(play.wait() + play.wait() + play.wait(), "") << "three are in use and will come back";
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.released(1), "give 1 to 2");
    EXPECT_EQ(play.released(2), "give 2 to 3");
    EXPECT_EQ(play.opened(3) + play.opened(4), "");
    EXPECT_EQ(play.stats().idle, 2U);
}

TEST(pool_growth, min_idle_after_losses) {
    played_pool play(pool_options().size(2).min_idle(2));
    EXPECT_EQ(play.wait(), "open 0, open 1");
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.opened(1) + play.released(0), "");
    EXPECT_EQ(play.invalidate(), "close 0: invalidated, close 1: invalidated");
    EXPECT_EQ(play.closed(0), "open 0");
    EXPECT_EQ(play.closed(1), "open 1");
}

TEST(pool_growth, min_idle_after_max_lifetime) {
    played_pool play(pool_options().size(2).min_idle(1).max_lifetime(1000ms));
    EXPECT_EQ(play.wait(), "open 0, open 1");
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.open_failed(1), "") << "the other one is there";
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.advance(1000ms), "close 0: lifetime, open 1");
    EXPECT_EQ(play.opened(1), "");
    EXPECT_EQ(play.stats().idle, 1U);
}

// ---- Connects that fail

TEST(pool_growth, failure_is_told_to_those_who_waited_for_it) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.open_failed(0), "refuse 0: connect failed") << "1 came when it had begun";
    EXPECT_EQ(play.stats().waiting, 1U);
    EXPECT_EQ(play.stats().failed_connects, 1U);
    const clock::duration delay = play.pool.next_event() - play.now;
    EXPECT_GE(delay, 25ms / 2);
    EXPECT_LE(delay, 25ms);
    EXPECT_EQ(play.advance(delay - 1ns), "");
    EXPECT_EQ(play.advance(1ns), "open 0");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance(1s), "") << "one attempt at a time";
    EXPECT_EQ(play.opened(0), "give 0 to 1");
    EXPECT_EQ(play.advance_to_next(), "1000000 us: open 1") << "connects take that long now";
}

TEST(pool_growth, nobody_is_told_while_others_are_open) {
    played_pool play;
    play.use(1);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1");
    EXPECT_EQ(play.open_failed(1), "");
    EXPECT_EQ(play.released(0), "give 0 to 1");
}

TEST(pool_growth, nobody_is_told_while_others_are_opening) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1");
    EXPECT_EQ(play.open_failed(0), "");
    EXPECT_EQ(play.open_failed(1), "refuse 0: connect failed, refuse 1: connect failed");
}

TEST(pool_growth, delays_grow_up_to_the_longest) {
    played_pool play(pool_options().retry_delay(10ms, 70ms));
    clock::duration most = 10ms;
    for (int failure = 0; failure < 6; ++failure) {
        play.wait();
        if (play.stats().connecting == 0) {
            const clock::duration delay = play.pool.next_event() - play.now;
            EXPECT_GE(delay, most / 2);
            EXPECT_LE(delay, most);
            EXPECT_EQ(play.advance(delay), "open 0");
            most = std::min<clock::duration>(2 * most, 70ms);
        }
        EXPECT_EQ(play.open_failed(0), "refuse " + std::to_string(failure) + ": connect failed");
    }
    EXPECT_EQ(most, 70ms);
}

// A server without a session for us is no reason to give up: others end theirs.
TEST(pool_growth, a_session_limit_is_waited_out) {
    played_pool play(coropq::pool_options().size(1).session_limit_delay(10s, 30s));
    EXPECT_EQ(play.wait(60s), "open 0");
    EXPECT_EQ(play.open_failed(0, true), "");
    EXPECT_EQ(play.wait(60s), "") << "nobody else tries in the meantime";
    clock::duration longest = 10s;
    for (int failure = 0; failure != 3; ++failure) {
        const clock::duration delay = play.pool.next_event() - play.now;
        EXPECT_GE(delay, longest / 2);
        EXPECT_LE(delay, longest);
        EXPECT_EQ(play.advance(delay), "open 0");
        if (failure != 2) {
            EXPECT_EQ(play.open_failed(0, true), "");
        }
        longest = std::min<clock::duration>(2 * longest, 30s);
    }
    EXPECT_EQ(play.opened(0), "give 0 to 0");
}

TEST(pool_growth, who_waits_for_a_session_waits_no_longer_than_allowed) {
    played_pool play(coropq::pool_options().size(1).session_limit_delay(10s, 30s));
    EXPECT_EQ(play.wait(1s), "open 0");
    EXPECT_EQ(play.open_failed(0, true), "");
    EXPECT_EQ(play.advance_to_next(), "1000000 us: refuse 0: timed out");
    played_pool impatient(coropq::pool_options().size(1).acquire_timeout(0s));
    EXPECT_EQ(impatient.wait(1h, true), "open 0");
    EXPECT_EQ(impatient.open_failed(0, true), "refuse 0: connect failed");
}

TEST(pool_growth, failures_in_parallel_are_one) {
    played_pool play;
    for (int more = 0; more < 5; ++more)
        play.wait();
    while (play.stats().connecting < 5)
        play.advance_to_next();
    for (std::size_t slot = 0; slot < 5; ++slot)
        play.open_failed(slot);
    play.wait();
    EXPECT_LE(play.pool.next_event(), play.now + 25ms);
}

TEST(pool_growth, success_ends_the_delay) {
    played_pool play;
    play.wait();
    play.open_failed(0);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance(25ms), "open 0");
    EXPECT_EQ(play.opened(0), "give 0 to 1");
    EXPECT_EQ(play.released(0, session_condition::spoiled), "close 0: broken");
    EXPECT_EQ(play.wait(), "open 1");
}

TEST(pool_growth, min_idle_waits_for_the_delay_too) {
    played_pool play(pool_options().size(2).min_idle(2).retry_delay(20ms, 20ms));
    EXPECT_EQ(play.wait(), "open 0, open 1");
    EXPECT_EQ(play.open_failed(1), "");
    EXPECT_EQ(play.open_failed(0), "refuse 0: connect failed");
    EXPECT_EQ(play.advance(9ms), "");
    EXPECT_EQ(play.advance(11ms), "open 0") << "only one of the two";
    EXPECT_EQ(play.opened(0), "open 1");
}

} // namespace
