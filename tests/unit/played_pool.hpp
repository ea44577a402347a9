// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_PLAYED_POOL_HPP
#define COROPQ_TESTS_UNIT_PLAYED_POOL_HPP

#include "pool_events.hpp"

#include <gtest/gtest.h>

namespace pool_testing {

/// A pool with a clock in our hands. Each event gives what was to be done then, as text; those who wait have the
/// numbers 0, 1, 2…
struct played_pool {
    explicit played_pool(const coropq::pool_options& options = {}) : pool(options, 1) {}

    /// That many connections, all in use, for the first so many who wait. Each connect takes 10 ms.
    void use(std::size_t connections) {
        for (std::size_t slot = 0; slot < connections; ++slot) {
            std::string begun = wait();
            if (begun.empty()) {
                now = pool.next_event();
                begun = advance();
            }
            EXPECT_EQ(begun, "open " + std::to_string(slot));
            now += std::chrono::milliseconds(10);
            EXPECT_EQ(opened(slot), "give " + std::to_string(slot) + " to " + std::to_string(slot));
        }
    }
    /// … all idle. The one with the greatest number was used last.
    void keep(std::size_t connections) {
        use(connections);
        for (std::size_t slot = 0; slot < connections; ++slot)
            EXPECT_EQ(released(slot), "");
    }

    std::string take() {
        const auto taken = pool.take_idle(now);
        const std::string rest = done();
        return (taken ? std::to_string(*taken) : "none") + (rest.empty() ? "" : ", " + rest);
    }
    std::string take_two() {
        const std::string first = take();
        return first + " and " + take();
    }
    std::string wait(clock::duration limit = std::chrono::seconds(30), bool only_with_room = false) {
        pool.wait(now, now + limit, only_with_room);
        return done();
    }
    /// A statement that came, as the pool treats it: idle connections first, then a place on a shared one, then the
    /// queue. What it got, and what was to be done.
    std::string come(clock::duration limit = std::chrono::seconds(30), bool only_with_room = false) {
        if (const auto taken = pool.take_idle(now)) {
            pool.share(*taken, now);
            const std::string rest = done();
            return "takes " + std::to_string(*taken) + (rest.empty() ? "" : ", " + rest);
        }
        if (const auto joined = pool.join(now))
            return "joins " + std::to_string(*joined);
        pool.wait_to_share(now, now + limit, only_with_room);
        const std::string rest = done();
        return "waits" + (rest.empty() ? "" : ", " + rest);
    }
    /// So many came, all of which join that one.
    void join(pool_decisions::slot_id slot, std::size_t statements) {
        for (; statements > 0; --statements)
            EXPECT_EQ(come(), "joins " + std::to_string(slot));
    }
    std::string share(pool_decisions::slot_id slot) { return pool.share(slot, now), done(); }
    std::string answered(pool_decisions::slot_id slot, std::size_t statements = 1) {
        pool.answered(slot, statements, now);
        return done();
    }
    std::string keep_off(pool_decisions::slot_id slot) { return pool.keep_others_off(slot, now), done(); }
    std::string leave(pool_decisions::waiter_id waiter) { return pool.leave(waiter, now), done(); }
    std::string opened(pool_decisions::slot_id slot, const coropq::detail::retirement& ends = {}) {
        return pool.opened(slot, now, ends), done();
    }
    std::string open_failed(pool_decisions::slot_id slot, bool at_limit = false) {
        return pool.open_failed(slot, now, at_limit), done();
    }
    std::string checked(pool_decisions::slot_id slot, session_condition as = session_condition::reusable) {
        return pool.checked(slot, now, as), done();
    }
    std::string released(pool_decisions::slot_id slot, session_condition as = session_condition::reusable) {
        return pool.released(slot, now, as), done();
    }
    std::string closed(pool_decisions::slot_id slot) { return pool.closed(slot, now), done(); }
    std::string closed(std::initializer_list<pool_decisions::slot_id> slots) {
        for (const pool_decisions::slot_id slot : slots)
            pool.closed(slot, now);
        return done();
    }
    std::string invalidate() { return pool.invalidate(now), done(); }
    std::string resize(std::size_t size, std::size_t overflow) { return pool.resize(size, overflow, now), done(); }
    std::string drain() { return pool.drain(now), done(); }
    std::string dispose() { return pool.dispose(now), done(); }
    std::string advance() { return pool.advance(now), done(); }
    std::string advance(clock::duration time) { return now += time, advance(); }
    /// Until something has to be done: how long that takes, and what it is.
    std::string advance_to_next() {
        const clock::duration time = pool.next_event() - now;
        const std::string acted = advance(time);
        return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) + " us: " + acted;
    }

    std::string done() { return text_of(pool.take_actions()); }
    coropq::pool_statistics stats() const { return pool.statistics(); }

    pool_decisions pool;
    time_point now{std::chrono::hours(1)};
};

} // namespace pool_testing

#endif
