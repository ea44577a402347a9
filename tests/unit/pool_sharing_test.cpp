// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The rules by example for connections that several statements use at once. Those who wait have numbers, statements or
// not, in the order in which they came.

#include "played_pool.hpp"

#include <chrono>

namespace {

using namespace std::chrono_literals;
using coropq::pool_options;
using coropq::detail::session_condition;
using pool_testing::played_pool;

/// All connections of the pool are shared by one statement each; each connect takes 10 ms.
struct shared_pool : played_pool {
    explicit shared_pool(const pool_options& options) : played_pool(options) {
        keep(options.size());
        for (std::size_t i = 0; i < options.size(); ++i)
            EXPECT_EQ(come(), "takes " + std::to_string(options.size() - 1 - i));
    }
};

// ---- Which connection

TEST(pool_sharing, idle_ones_come_first_then_new_ones_then_those_with_the_fewest_statements) {
    played_pool play(pool_options().size(2).max_overflow(5));
    EXPECT_EQ(play.come(), "waits, open 0");
    play.now += 10ms;
    EXPECT_EQ(play.opened(0), "give 0 to 0");
    EXPECT_EQ(play.share(0), "");
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.come(), "takes 0");
    EXPECT_EQ(play.come(), "waits") << "another one may be opened";
    EXPECT_EQ(play.advance_to_next(), "10000 us: open 1") << "as long as that takes";
    play.now += 1ms;
    EXPECT_EQ(play.opened(1), "give 1 to 1");
    EXPECT_EQ(play.share(1), "");
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.come(), "takes 0");
    const std::string first = play.come();
    EXPECT_EQ(first + ", " + play.come(), first == "joins 0" ? "joins 0, joins 1" : "joins 1, joins 0");
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.come(), "joins 0") << "one on it, two on the other";
    EXPECT_EQ(play.stats().in_flight, 4U);
    EXPECT_EQ(play.stats().active, 2U);
}

TEST(pool_sharing, overflow_is_not_for_statements_that_can_share) {
    shared_pool play(pool_options().size(1).max_overflow(2).pipeline_depth(2));
    play.join(0, 1);
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.advance(5s), "") << "and nothing is opened";
    EXPECT_EQ(play.wait(), "open 1") << "for somebody who wants one for himself";
    EXPECT_EQ(play.advance(20ms), "") << "but not for the statements";
    EXPECT_EQ(play.opened(1), "give 1 to 1, open 2") << "whoever came first gets it, so there is another one for 3";
    EXPECT_EQ(play.share(1), "let 2 join 1");
    EXPECT_EQ(play.advance(20ms), "") << "but none for 4 and 5";
    EXPECT_EQ(play.come() + play.come(), "waitswaits");
    EXPECT_EQ(play.opened(2), "give 2 to 3");
}

TEST(pool_sharing, statements_with_nothing_to_share_get_one_above_the_size) {
    played_pool play(pool_options().size(1).max_overflow(3));
    play.use(1); // by somebody who keeps it
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.advance(10ms), "open 1") << "one for all";
    play.now += 10ms;
    EXPECT_EQ(play.opened(1), "give 1 to 1");
    EXPECT_EQ(play.share(1), "let 2 join 1, let 3 join 1");
    EXPECT_EQ(play.come(), "joins 1") << "it isn't emptied: they would have none";
    EXPECT_EQ(play.released(0), "close 0: overflow");
}

// ---- How many

TEST(pool_sharing, sixteen_until_the_first_answer_then_the_depth) {
    shared_pool play(pool_options().size(1).pipeline_depth(20));
    play.join(0, 15);
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.answered(0), "let 1 join 0");
    play.join(0, 4);
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.stats().in_flight, 20U);
    EXPECT_EQ(play.answered(0, 3), "let 2 join 0");
    play.join(0, 2);
    EXPECT_EQ(play.come(), "waits");
}

TEST(pool_sharing, as_many_as_were_answered_last_time) {
    shared_pool play(pool_options().size(1).pipeline_depth(100));
    play.join(0, 15);
    EXPECT_EQ(play.answered(0), "");
    play.join(0, 10);
    EXPECT_EQ(play.answered(0, 25), "");
    EXPECT_EQ(play.come(), "takes 0");
    play.join(0, 24);
    EXPECT_EQ(play.come(), "waits");
}

TEST(pool_sharing, a_depth_of_one_shares_nothing) {
    shared_pool play(pool_options().size(1).pipeline_depth(0)); // counts as 1
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.answered(0), "give 0 to 1");
    EXPECT_EQ(play.share(0), "");
    EXPECT_EQ(play.stats().shared, 0U);
}

// ---- Turns

TEST(pool_sharing, a_connection_is_emptied_for_somebody_who_wants_it_for_himself) {
    shared_pool play(pool_options().size(2));
    EXPECT_EQ(play.come(), "joins 1");
    EXPECT_EQ(play.wait(), "") << "2 waits for one of them";
    play.join(1, 3); // not the one with the fewest
    EXPECT_EQ(play.answered(0), "give 0 to 2");
    EXPECT_EQ(play.come(), "joins 1");
    EXPECT_EQ(play.released(0), "");
    EXPECT_EQ(play.come(), "takes 0");
}

TEST(pool_sharing, statements_and_others_take_turns) {
    shared_pool play(pool_options().size(1).pipeline_depth(3));
    EXPECT_EQ(play.wait(), "");                         // 1
    EXPECT_EQ(play.come() + play.come(), "waitswaits"); // 2, 3: it is being emptied
    EXPECT_EQ(play.wait(), "");                         // 4
    EXPECT_EQ(play.come() + play.come(), "waitswaits"); // 5, 6
    EXPECT_EQ(play.answered(0), "give 0 to 1");
    EXPECT_EQ(play.released(0), "give 0 to 2");
    EXPECT_EQ(play.share(0), "let 3 join 0") << "5 and 6 come behind 4, though there is room";
    EXPECT_EQ(play.come(), "waits"); // 7
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.answered(0), "give 0 to 4");
    EXPECT_EQ(play.released(0), "give 0 to 5");
    EXPECT_EQ(play.share(0), "let 6 join 0, let 7 join 0");
}

TEST(pool_sharing, one_that_takes_long_is_not_what_somebody_has_to_wait_for) {
    shared_pool play(pool_options().size(2));
    play.now += 1ms;
    EXPECT_EQ(play.answered(1), "");
    EXPECT_EQ(play.come(), "takes 1");
    for (int i = 0; i < 20; ++i) { // on 1, things move; on 0, there is one long statement
        play.now += 1ms;
        EXPECT_EQ(play.answered(1), "");
        EXPECT_EQ(play.come(), "takes 1");
    }
    EXPECT_EQ(play.come(), "joins 1");
    EXPECT_EQ(play.wait(), ""); // 2
    EXPECT_EQ(play.answered(1), "");
    EXPECT_EQ(play.answered(1), "give 1 to 2");
}

TEST(pool_sharing, whoever_leaves_opens_the_connection_again) {
    shared_pool play(pool_options().size(1));
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.leave(1), "let 2 join 0");
    EXPECT_EQ(play.stats().cancelled_waits, 1U);
}

// ---- Which are not joined

TEST(pool_sharing, one_where_nothing_moves_while_others_do) {
    shared_pool play(pool_options().size(2).pipeline_depth(2));
    EXPECT_EQ(play.come(), "joins 1");
    play.now += 10ms + 1us; // longer than a connect takes
    EXPECT_EQ(play.answered(1), "");
    EXPECT_EQ(play.come(), "joins 1");
    EXPECT_EQ(play.come(), "waits") << "there would be room on 0";
    EXPECT_EQ(play.answered(1), "let 2 join 1");
    play.now += 10ms + 1us;
    EXPECT_EQ(play.come(), "joins 0") << "nothing moves anywhere";
}

TEST(pool_sharing, one_that_is_too_old) {
    shared_pool play(pool_options().size(1).max_lifetime(100ms));
    for (int i = 0; i < 8; ++i) { // 72 ms, and 10 before
        play.now += 9ms;
        EXPECT_EQ(play.come(), "joins 0");
        EXPECT_EQ(play.answered(0), "");
    }
    for (int i = 0; i < 3; ++i) { // things still move there
        play.now += 9ms;
        play.pool.answered(0, 0, play.now);
    }
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.answered(0), "close 0: lifetime");
    EXPECT_EQ(play.closed(0), "open 0");
}

TEST(pool_sharing, one_of_an_old_generation) {
    shared_pool play(pool_options().size(1));
    play.join(0, 1);
    EXPECT_EQ(play.invalidate(), "");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.answered(0), "close 0: invalidated");
    EXPECT_EQ(play.closed(0), "open 0");
    EXPECT_EQ(play.opened(0), "give 0 to 1");
}

TEST(pool_sharing, one_that_others_are_kept_off) {
    shared_pool play(pool_options().size(1));
    EXPECT_EQ(play.keep_off(0), "");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.released(0), "give 0 to 1");
    EXPECT_EQ(play.share(0), "");
    EXPECT_EQ(play.come(), "joins 0") << "that is over";
}

TEST(pool_sharing, statements_on_their_way_to_one_that_has_ended) {
    shared_pool play(pool_options().size(1));
    play.join(0, 1);
    EXPECT_FALSE(play.pool.sharing_ended(0, 1, play.now, session_condition::reusable)) << "another one is to arrive";
    EXPECT_EQ(play.done(), "");
    EXPECT_EQ(play.wait(), "");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_TRUE(play.pool.sharing_ended(0, 1, play.now, session_condition::reusable));
    EXPECT_EQ(play.done(), "give 0 to 1");
}

// ---- All of them

TEST(pool_sharing, drain) {
    shared_pool play(pool_options().size(1).pipeline_depth(1));
    EXPECT_EQ(play.come(), "waits"); // 1
    EXPECT_EQ(play.drain(), "");
    EXPECT_EQ(play.come(), "waits, refuse 2: disposed");
    EXPECT_EQ(play.answered(0), "give 0 to 1") << "those who wait are served";
    EXPECT_EQ(play.share(0), "");
    EXPECT_EQ(play.answered(0), "close 0: disposed");
}

TEST(pool_sharing, dispose) {
    shared_pool play(pool_options().size(1).pipeline_depth(2));
    play.join(0, 1);
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.dispose(), "refuse 1: disposed");
    EXPECT_EQ(play.come(), "waits, refuse 2: disposed");
    EXPECT_EQ(play.answered(0), "") << "what was sent goes on";
    EXPECT_EQ(play.answered(0), "close 0: disposed");
}

TEST(pool_sharing, resize) {
    shared_pool play(pool_options().size(2).pipeline_depth(2));
    EXPECT_EQ(play.resize(1, 0), "");
    const std::string joined = play.come();
    EXPECT_TRUE(joined == "joins 0" || joined == "joins 1") << joined;
    const std::size_t kept = joined == "joins 0" ? 0 : 1;
    EXPECT_EQ(play.come(), "waits") << "the other one is to go";
    EXPECT_EQ(play.answered(1 - kept), "close " + std::to_string(1 - kept) + ": overflow");
    EXPECT_EQ(play.answered(kept), "let 2 join " + std::to_string(kept));
    EXPECT_EQ(play.resize(2, 0), "");
}

TEST(pool_sharing, a_lost_one_takes_its_statements_along) {
    shared_pool play(pool_options().size(2));
    EXPECT_EQ(play.come(), "joins 1");
    EXPECT_EQ(play.released(1, session_condition::broken), "close 1: broken");
    EXPECT_EQ(play.stats().in_flight, 1U);
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.closed(1), "");
    EXPECT_EQ(play.stats().in_flight, 0U);
    EXPECT_EQ(play.stats().closed.broken, 1U);
}

// ---- When others are opened

TEST(pool_sharing, statements_that_wait_for_longer_than_a_connect_takes_get_another_connection) {
    played_pool play(pool_options().size(3));
    play.use(1);
    EXPECT_EQ(play.share(0), "");
    EXPECT_EQ(play.come(), "waits");
    for (int i = 1; i < 10; ++i) { // however quickly they take turns
        play.now += 1ms;
        EXPECT_EQ(play.come(), "waits");
        EXPECT_EQ(play.answered(0), "give 0 to " + std::to_string(i));
        EXPECT_EQ(play.share(0), "");
    }
    play.now += 1ms;
    EXPECT_EQ(play.advance(), "open 1");
}

TEST(pool_sharing, statements_join_when_the_last_connection_is_being_opened) {
    shared_pool play(pool_options().size(1));
    EXPECT_EQ(play.resize(2, 0), "");
    EXPECT_EQ(play.come() + play.come() + play.come(), "waitswaitswaits");
    EXPECT_EQ(play.advance(3333us + 1us), "open 1, let 1 join 0, let 2 join 0") << "3 has the new one to hope for";
    EXPECT_EQ(play.opened(1), "give 1 to 3");
}

TEST(pool_sharing, statements_join_when_connects_fail) {
    shared_pool play(pool_options().size(1).retry_delay(1s, 1s));
    EXPECT_EQ(play.resize(2, 0), "");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.advance(10ms), "open 1");
    EXPECT_EQ(play.answered(0, 0), "");
    EXPECT_EQ(play.open_failed(1), "let 1 join 0");
    EXPECT_EQ(play.come(), "joins 0") << "there is room for another one, but the server may not have it";
}

// ---- Limits

TEST(pool_sharing, without_time_to_wait_statements_join_or_are_refused) {
    shared_pool play(pool_options().size(1).pipeline_depth(2));
    EXPECT_EQ(play.come(30s, true), "joins 0");
    EXPECT_EQ(play.come(30s, true), "waits, refuse 1: timed out");
    EXPECT_EQ(play.answered(0), "");
    EXPECT_EQ(play.come(30s, true), "joins 0");
    EXPECT_EQ(play.stats().acquire_timeouts, 1U);
}

TEST(pool_sharing, statements_count_among_those_who_wait) {
    shared_pool play(pool_options().size(1).pipeline_depth(1).max_waiting(1));
    EXPECT_EQ(play.come(20ms), "waits");
    EXPECT_EQ(play.come(), "waits, refuse 2: too many waiting");
    EXPECT_EQ(play.wait(), "refuse 3: too many waiting");
    EXPECT_EQ(play.stats().waiting, 1U);
    EXPECT_EQ(play.advance_to_next(), "20000 us: refuse 1: timed out");
}

TEST(pool_sharing, numbers) {
    shared_pool play(pool_options().size(1).pipeline_depth(2));
    const coropq::pool_statistics before = play.stats();
    play.join(0, 1);
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.come(), "waits");
    EXPECT_EQ(play.stats().waiting, 2U);
    play.now += 5ms;
    EXPECT_EQ(play.answered(0), "let 1 join 0");
    const coropq::pool_statistics numbers = play.stats();
    EXPECT_EQ(numbers.acquired, before.acquired + 2);
    EXPECT_EQ(numbers.shared, 2U);
    EXPECT_EQ(numbers.in_flight, 2U);
    EXPECT_EQ(numbers.active, 1U);
    EXPECT_EQ(numbers.waiting, 1U);
    EXPECT_EQ(numbers.waited, before.waited + 1);
    EXPECT_EQ(numbers.wait_time, before.wait_time + 5ms);
}

} // namespace
