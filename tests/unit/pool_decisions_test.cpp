// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The rules of the pool by example: who gets a connection, and which one goes. See pool_growth_test for when one opens.

#include "played_pool.hpp"

#include <chrono>

namespace {

using namespace std::chrono_literals;
using coropq::pool_options;
using coropq::detail::session_condition;
using pool_testing::played_pool;
using pool_testing::time_point;
using std::chrono::milliseconds;

// ---- Taking turns

TEST(pool_decisions, opens_when_first_needed) {
    played_pool play;
    EXPECT_EQ(play.pool.next_event(), time_point::max());
    EXPECT_TRUE(play.pool.empty());
    EXPECT_EQ(play.take(), "none");
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.take(), "0");
    EXPECT_EQ(play.pool.slot_count(), 1U);
    EXPECT_FALSE(play.pool.empty());
}

TEST(pool_decisions, lifo) {
    played_pool play;
    play.keep(3);
    EXPECT_EQ(play.take(), "2");
    EXPECT_EQ(play.wait(), "give 1 to 3");
    EXPECT_EQ(play.released(2), "");
    EXPECT_EQ(play.released(1), "");
    EXPECT_EQ(play.take(), "1");
    EXPECT_EQ(play.take(), "2");
    EXPECT_EQ(play.take(), "0");
    EXPECT_EQ(play.take(), "none");
}

TEST(pool_decisions, fifo) {
    played_pool play(pool_options().size(1));
    play.use(1);
    EXPECT_EQ(play.wait() + play.wait() + play.wait(), "");
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.take(), "none");
    EXPECT_EQ(play.leave(2), "");
    EXPECT_EQ(play.released(0), "give 0 to 3");
    EXPECT_EQ(play.leave(3), "") << "served already";
    EXPECT_EQ(play.stats().cancelled_waits, 1U);
}

TEST(pool_decisions, connect_that_is_no_longer_wanted_is_kept) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.leave(0), "");
    EXPECT_EQ(play.opened(0), "");
    EXPECT_EQ(play.take(), "0");
}

TEST(pool_decisions, waits_end_in_time) {
    played_pool play(pool_options().size(1));
    play.use(1);
    EXPECT_EQ(play.wait(20ms), "");
    EXPECT_EQ(play.wait(10ms), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: refuse 2: timed out");
    EXPECT_EQ(play.advance_to_next(), "10000 us: refuse 1: timed out");
    EXPECT_EQ(play.stats().acquire_timeouts, 2U);
    EXPECT_EQ(play.released(0), "") << "nobody is left to have it";
    EXPECT_EQ(play.take(), "0");
}

TEST(pool_decisions, too_many_waiting) {
    played_pool play(pool_options().size(1).max_waiting(1));
    play.use(1);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.wait(), "refuse 2: too many waiting");
    EXPECT_EQ(play.stats().refused, 1U);
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.wait(), "");
}

TEST(pool_decisions, nobody_may_wait_but_connections_are_opened) {
    played_pool play(pool_options().size(2).max_waiting(0));
    EXPECT_EQ(play.wait(), "open 0");
    play.now += 10ms;
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.wait(), "") << "there is room: it may be opened";
    EXPECT_EQ(play.wait(), "refuse 2: too many waiting");
}

TEST(pool_decisions, only_with_room) {
    played_pool play(pool_options().size(1));
    EXPECT_EQ(play.wait(30s, true), "open 0");
    EXPECT_EQ(play.wait(30s, true), "refuse 1: timed out");
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.wait(30s, true), "refuse 2: timed out");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.wait(30s, true), "give 0 to 3");
}

TEST(pool_decisions, overflow_is_closed_when_nobody_waits) {
    played_pool play(pool_options().size(1).max_overflow(1));
    play.use(2);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.released(0), "give 0 to 2");
    EXPECT_EQ(play.released(1), "close 1: overflow");
    EXPECT_EQ(play.released(0), "") << "one is kept";
    EXPECT_EQ(play.stats().closing, 1U);
}

TEST(pool_decisions, a_closing_one_still_counts) {
    played_pool play(pool_options().size(1));
    play.use(1);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.released(0, session_condition::spoiled), "close 0: broken");
    EXPECT_EQ(play.closed(0), "open 0");
}

// ---- Signs of life

TEST(pool_decisions, one_that_was_idle_for_long_is_checked) {
    played_pool play(pool_options().ping_after(1s));
    play.keep(2);
    play.now += 1s - 1ms;
    EXPECT_EQ(play.take(), "1");
    play.now += 1ms;
    EXPECT_EQ(play.take(), "none");
    EXPECT_EQ(play.wait(), "check 0");
    EXPECT_EQ(play.stats().idle, 1U);
    EXPECT_EQ(play.wait(), "") << "there is no other";
    EXPECT_EQ(play.leave(2), "");
    EXPECT_EQ(play.checked(0), "give 0 to 3") << "the one in front by then";
    EXPECT_EQ(play.stats().pings, 1U);
}

TEST(pool_decisions, checked_for_nobody_stays_idle_and_is_fresh) {
    played_pool play(pool_options().ping_after(1s));
    play.keep(2);
    play.now += 2s;
    EXPECT_EQ(play.wait(), "check 1");
    EXPECT_EQ(play.leave(2), "");
    EXPECT_EQ(play.checked(1), "");
    EXPECT_EQ(play.take(), "1");
    EXPECT_EQ(play.take(), "none") << "the other one has given none";
}

TEST(pool_decisions, ping_each_time_and_never) {
    played_pool each(pool_options().ping_after(0ms));
    each.keep(1);
    EXPECT_EQ(each.take(), "none");
    EXPECT_EQ(each.wait(), "check 0");
    EXPECT_EQ(each.checked(0), "give 0 to 1");

    played_pool never(pool_options().ping_after(milliseconds::max()).max_idle(0ms).max_lifetime(0ms));
    never.keep(1);
    never.now += 24h * 1000;
    EXPECT_EQ(never.take(), "0");
}

TEST(pool_decisions, failed_ping_is_replaced) {
    played_pool play(pool_options().size(1));
    play.keep(1);
    play.now += 2s;
    EXPECT_EQ(play.wait(), "check 0");
    EXPECT_EQ(play.checked(0, session_condition::spoiled), "close 0: broken");
    EXPECT_EQ(play.closed(0), "open 0");
    EXPECT_EQ(play.opened(0), "give 0 to 1");
    EXPECT_EQ(play.stats().failed_pings, 1U);
    EXPECT_EQ(play.stats().closed.broken, 1U);
}

TEST(pool_decisions, a_broken_one_makes_the_others_suspect) {
    played_pool play;
    play.keep(3);
    EXPECT_EQ(play.take_two(), "2 and 1");
    EXPECT_EQ(play.released(2, session_condition::broken), "close 2: broken");
    EXPECT_EQ(play.take(), "none") << "0 was idle";
    EXPECT_EQ(play.released(1), "");
    EXPECT_EQ(play.take(), "none") << "1 was in use";
    EXPECT_EQ(play.wait(), "check 1");
    EXPECT_EQ(play.checked(1), "give 1 to 3");
    EXPECT_EQ(play.released(1), "");
    EXPECT_EQ(play.take(), "1") << "cleared of suspicion";
}

TEST(pool_decisions, a_suspect_one_is_checked_before_it_goes_to_somebody_who_waits) {
    played_pool play(pool_options().size(2));
    play.use(2);
    EXPECT_EQ(play.wait() + play.wait(), "");
    EXPECT_EQ(play.released(0, session_condition::broken), "close 0: broken");
    EXPECT_EQ(play.released(1), "check 1");
    EXPECT_EQ(play.checked(1), "give 1 to 2");
}

TEST(pool_decisions, a_spoiled_one_says_nothing_about_the_others) {
    played_pool play;
    play.keep(2);
    EXPECT_EQ(play.take(), "1");
    EXPECT_EQ(play.released(1, session_condition::spoiled), "close 1: broken");
    EXPECT_EQ(play.take(), "0");
}

// ---- Generations

TEST(pool_decisions, shut_down_retires_the_generation) {
    played_pool play;
    play.keep(4);
    EXPECT_EQ(play.take_two(), "3 and 2");
    EXPECT_EQ(play.released(3, session_condition::shut_down),
              "close 3: broken, close 0: invalidated, close 1: invalidated");
    EXPECT_EQ(play.wait(), "open 4") << "the one in use won't be of use any more";
    EXPECT_EQ(play.opened(4), "give 4 to 4");
    EXPECT_EQ(play.released(4), "");
    EXPECT_EQ(play.released(2, session_condition::shut_down), "close 2: broken")
        << "late news about the old generation, not the new one";
    EXPECT_EQ(play.take(), "4");
}

TEST(pool_decisions, invalidate) {
    played_pool play;
    play.keep(3);
    EXPECT_EQ(play.take(), "2");
    EXPECT_EQ(play.invalidate(), "close 0: invalidated, close 1: invalidated");
    EXPECT_EQ(play.released(2), "close 2: invalidated");
    EXPECT_EQ(play.stats().closed.invalidated, 3U);
}

TEST(pool_decisions, invalidate_while_opening_and_checking) {
    played_pool play;
    play.keep(1);
    play.now += 2s;
    EXPECT_EQ(play.wait(), "check 0");
    EXPECT_EQ(play.invalidate(), "close 0: invalidated, open 1");
    EXPECT_EQ(play.checked(0), "") << "too late";
    EXPECT_EQ(play.invalidate(), "open 2");
    EXPECT_EQ(play.opened(1), "close 1: invalidated");
    EXPECT_EQ(play.opened(2), "give 2 to 1");
}

// ---- Age

TEST(pool_decisions, max_lifetime_with_jitter) {
    played_pool play(pool_options().max_lifetime(1000ms).max_idle(0ms));
    play.keep(10);
    const time_point opened = play.now;
    EXPECT_GE(play.pool.next_event(), opened - 100ms + 900ms);
    std::size_t steps = 0;
    while (play.stats().idle > 0 && steps++ < 100)
        play.advance_to_next();
    EXPECT_GE(steps, 5U) << "they should not end together";
    EXPECT_LE(play.now, opened + 1000ms);
    EXPECT_EQ(play.stats().closed.lifetime, 10U);
    EXPECT_EQ(play.pool.next_event(), time_point::max());
}

TEST(pool_decisions, max_lifetime_of_one_in_use) {
    played_pool play(pool_options().max_lifetime(1000ms).size(1));
    play.use(1);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance(1s), "");
    EXPECT_EQ(play.released(0), "close 0: lifetime") << "although somebody waits";
    EXPECT_EQ(play.closed(0), "open 0");
}

TEST(pool_decisions, retired_before_their_credentials_end) {
    played_pool play(pool_options().max_lifetime(1h).max_idle(0ms).size(10));
    const time_point from = play.now + 10s;
    for (int i = 0; i != 10; ++i)
        EXPECT_NE(play.wait(), "gone");
    while (play.stats().connecting < 10)
        play.advance_to_next();
    for (std::size_t slot = 0; slot != 10; ++slot)
        EXPECT_EQ(play.opened(slot, {from, from + 1s}), "give " + std::to_string(slot) + " to " + std::to_string(slot));
    for (std::size_t slot = 0; slot != 9; ++slot)
        EXPECT_EQ(play.released(slot), "");
    std::size_t steps = 0;
    while (play.stats().idle > 0 && steps++ < 100) {
        play.advance_to_next();
        EXPECT_GE(play.now, from);
    }
    EXPECT_GE(steps, 5U) << "they should not end together";
    EXPECT_LE(play.now, from + 1s);
    play.now = from + 1s;
    EXPECT_EQ(play.released(9), "close 9: lifetime") << "the one in use goes when it comes back";
    EXPECT_EQ(play.stats().closed.lifetime, 10U);
}

TEST(pool_decisions, one_whose_credentials_have_ended_meanwhile_still_serves_who_waits) {
    played_pool play(pool_options().size(1));
    EXPECT_EQ(play.wait(), "open 0");
    const time_point past = play.now - 1s;
    EXPECT_EQ(play.opened(0, {past, past}), "give 0 to 0");
    play.now += 1s;
    EXPECT_EQ(play.released(0), "close 0: lifetime");
}

TEST(pool_decisions, expired_idle_is_never_handed_out) {
    played_pool play(pool_options().max_lifetime(1000ms).ping_after(milliseconds::max()).max_idle(0ms));
    play.keep(2);
    play.now += 1s; // nobody called advance
    EXPECT_EQ(play.take(), "none, close 1: lifetime, close 0: lifetime");
    EXPECT_EQ(play.wait(), "open 2");
}

TEST(pool_decisions, max_idle_spares_min_idle) {
    played_pool play(pool_options().max_idle(100ms).min_idle(1).size(3));
    EXPECT_EQ(play.wait(), "open 0, open 1");
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.opened(1), "");
    EXPECT_EQ(play.wait(), "give 1 to 1, open 2");
    EXPECT_EQ(play.opened(2), "");
    EXPECT_EQ(play.wait(), "give 2 to 2");
    for (const std::size_t slot : {2U, 0U, 1U}) {
        play.now += 10ms;
        EXPECT_EQ(play.released(slot), "");
    }
    EXPECT_EQ(play.advance_to_next(), "80000 us: close 2: idle");
    EXPECT_EQ(play.advance_to_next(), "10000 us: close 0: idle");
    EXPECT_EQ(play.advance(1s), "");
    EXPECT_EQ(play.stats().idle, 1U);
}

TEST(pool_decisions, limits_that_no_clock_can_show) {
    played_pool play(pool_options()
                         .max_lifetime(milliseconds::max())
                         .max_idle(milliseconds::max())
                         .retry_delay(milliseconds::max(), milliseconds::max())
                         .max_overflow(static_cast<std::size_t>(-1)));
    play.keep(2);
    EXPECT_EQ(play.pool.next_event(), time_point::max());
    EXPECT_EQ(play.take(), "1");
}

// ---- The size, and the end

TEST(pool_decisions, resize) {
    played_pool play(pool_options().size(4));
    play.keep(4);
    EXPECT_EQ(play.take_two(), "3 and 2");
    EXPECT_EQ(play.resize(1, 0), "close 0: overflow, close 1: overflow");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.released(2), "close 2: overflow") << "above the limit, although somebody waits";
    EXPECT_EQ(play.released(3), "give 3 to 4");
    EXPECT_EQ(play.stats().size, 1U);
    EXPECT_EQ(play.closed({0, 1, 2}), "");
    EXPECT_EQ(play.wait(), "");
    play.now += 10ms;
    EXPECT_EQ(play.resize(1, 1), "open 2") << "room for those who wait";
}

TEST(pool_decisions, drain) {
    played_pool play(pool_options().size(2));
    play.use(2);
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.drain(), "");
    EXPECT_EQ(play.wait(), "refuse 3: disposed");
    EXPECT_EQ(play.released(0), "give 0 to 2");
    EXPECT_EQ(play.released(1), "close 1: disposed");
    EXPECT_EQ(play.released(0), "close 0: disposed");
    EXPECT_EQ(play.closed({0, 1}), "");
    EXPECT_TRUE(play.pool.empty());
}

TEST(pool_decisions, drain_closes_what_nobody_wants) {
    played_pool play;
    play.keep(2);
    EXPECT_EQ(play.take_two(), "1 and 0");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 2");
    EXPECT_EQ(play.released(1), "give 1 to 2");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.drain(), "close 0: disposed, close 2: disposed");
    EXPECT_EQ(play.stats().closed.disposed, 1U) << "the other was never open";
}

TEST(pool_decisions, dispose) {
    played_pool play(pool_options().size(4).ping_after(0ms));
    play.keep(3);
    EXPECT_EQ(play.wait(), "check 2");
    EXPECT_EQ(play.checked(2), "give 2 to 3");
    EXPECT_EQ(play.wait(), "check 1");
    EXPECT_EQ(play.dispose(), "refuse 4: disposed, close 0: disposed, close 1: disposed");
    EXPECT_EQ(play.wait(), "refuse 5: disposed");
    EXPECT_EQ(play.take(), "none");
    EXPECT_EQ(play.released(2), "close 2: disposed");
    EXPECT_EQ(play.closed({0, 1, 2}), "");
    EXPECT_TRUE(play.pool.empty());
    EXPECT_EQ(play.pool.next_event(), time_point::max());
}

TEST(pool_decisions, dispose_stops_opening) {
    played_pool play;
    EXPECT_EQ(play.wait(), "open 0");
    EXPECT_EQ(play.dispose(), "refuse 0: disposed, close 0: disposed");
    EXPECT_EQ(play.opened(0), "") << "it couldn't know";
    EXPECT_EQ(play.closed(0), "");
    EXPECT_TRUE(play.pool.empty());
    EXPECT_EQ(play.stats().closed.disposed, 0U);
}

TEST(pool_decisions, statistics) {
    played_pool play(pool_options().size(1));
    play.use(1); // waits for 10 ms
    EXPECT_EQ(play.wait(), "");
    play.now += 30ms;
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.take(), "0");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.wait(), "give 0 to 2");
    const coropq::pool_statistics numbers = play.stats();
    EXPECT_EQ(numbers.acquired, 4U);
    EXPECT_EQ(numbers.waited, 2U);
    EXPECT_EQ(numbers.wait_time, 40ms);
    EXPECT_EQ(numbers.longest_wait, 30ms);
    EXPECT_EQ(numbers.mean_connect_time, 10ms);
    EXPECT_EQ(numbers.opened, 1U);
    EXPECT_EQ(numbers.active, 1U);
}

} // namespace
