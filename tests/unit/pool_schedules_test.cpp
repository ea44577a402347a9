// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Random schedules: users come and go, servers fail, time passes; after each event the rules must hold.
// COROPQ_SCHEDULES=N in the environment asks for that many, COROPQ_FIRST_SCHEDULE=SEED says where they begin;
// COROPQ_SCHEDULE=SEED plays one, and tells what happens.

#include "pool_model.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace {

using namespace std::chrono_literals;
using coropq::detail::session_condition;
using pool_testing::action;
using pool_testing::broken_rule;
using pool_testing::clock;
using pool_testing::pool_decisions;
using pool_testing::pool_event;
using pool_testing::pool_model;
using pool_testing::text_of;
using pool_testing::time_point;
using kind = pool_event::kind;
using std::chrono::milliseconds;

class random_choices {
public:
    explicit random_choices(std::uint64_t seed) : engine_(seed) {}

    int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(engine_); }
    std::size_t count(int least, int most) { return static_cast<std::size_t>(between(least, most)); }
    bool percent(int chance) { return between(1, 100) <= chance; }
    /// Most are short, some are long; in microseconds, so that things seldom happen at the same time, except at none.
    clock::duration time(milliseconds most) {
        const int choice = between(1, 10);
        if (choice == 1)
            return clock::duration::zero();
        const int longest = static_cast<int>(std::chrono::microseconds(most).count());
        return std::chrono::microseconds(between(0, choice <= 3 ? longest : longest / 5));
    }
    template <typename T>
    T one_of(std::initializer_list<T> values) {
        return values.begin()[count(0, static_cast<int>(values.size()) - 1)];
    }

private:
    std::mt19937_64 engine_;
};

coropq::pool_options random_options(random_choices& random) {
    coropq::pool_options options;
    options.size(random.count(1, random.percent(20) ? 12 : 4))
        .max_overflow(random.percent(50) ? 0 : random.count(1, 3))
        .min_idle(random.percent(50) ? 0 : random.count(1, 4))
        .max_lifetime(random.one_of<milliseconds>({0ms, 0ms, 10ms, 50ms, 300ms, milliseconds::max()}))
        .max_idle(random.one_of<milliseconds>({0ms, 5ms, 30ms, 200ms, milliseconds::max()}))
        .ping_after(random.one_of<milliseconds>({0ms, 1ms, 10ms, 1000ms, milliseconds::max()}))
        .retry_delay(random.one_of<milliseconds>({0ms, 1ms, 25ms}), random.one_of<milliseconds>({1ms, 40ms, 800ms}));
    if (random.percent(30))
        options.max_waiting(random.count(0, 5));
    options.pipeline_depth(random.one_of<std::size_t>({1, 2, 5, 20, 256}));
    return options;
}

/// Users, servers and a clock, for one pool.
class schedule {
public:
    schedule(std::uint64_t seed, bool tell)
        : random_(seed)
        , tell_(tell)
        , options_(random_options(random_))
        , pool_(options_, seed)
        , model_(options_)
        , connect_time_(random_.one_of<milliseconds>({1ms, 10ms, 50ms}))
        , hold_time_(random_.one_of<milliseconds>({1ms, 10ms, 100ms}))
        , patience_(random_.one_of<milliseconds>({5ms, 100ms, 30000ms}))
        , late_(random_.percent(30))
        , trouble_(random_.percent(60))
        , calm_(random_.percent(20))
        , statements_(random_.one_of({0, 30, 80, 100})) {}

    /// Throws `broken_rule`.
    void play() {
        plan_users();
        plan_trouble();
        plan_end();
        for (int steps = 0;; ++steps) {
            if (steps > 100'000)
                throw broken_rule("it doesn't end");
            time_point due = pool_.next_event();
            if (due == time_point::max() && planned_.empty())
                break;
            if (calm_ && planned_.size() == 1 && pool_.statistics().waiting == 0) // only the end is left
                due = time_point::max();
            if (due != time_point::max() && late_)
                due += random_.time(20ms);
            if (planned_.empty() || due < planned_.begin()->first ||
                (due == planned_.begin()->first && random_.percent(50))) {
                now_ = std::max(now_, due);
                pool_.advance(now_);
                done({kind::advance});
            } else {
                now_ = std::max(now_, planned_.begin()->first);
                const plan next = planned_.begin()->second;
                planned_.erase(planned_.begin());
                happen(next);
            }
        }
        if (!pool_.empty())
            throw broken_rule("connections are left over");
        if (calm_ && pool_.statistics().acquire_timeouts > 0 && !asked_for_room_)
            throw broken_rule("somebody wasn't served, though all came back");
    }

    std::size_t events() const { return events_; }

private:
    struct plan {
        enum class kind : std::uint8_t { user, event, shared, server_down, server_up };
        kind what{};
        pool_event event{};
    };

    void plan_users() {
        const int bursts = random_.between(1, 6);
        for (int burst = 0; burst < bursts; ++burst) {
            const time_point start = now_ + random_.time(400ms);
            for (int users = random_.between(1, random_.percent(statements_ / 2) ? 100 : 15); users > 0; --users)
                planned_.emplace(start + (random_.percent(50) ? 0ms : random_.time(50ms)), plan{plan::kind::user});
        }
    }

    void plan_trouble() {
        while (random_.percent(trouble_ ? 60 : 5)) {
            const time_point when = now_ + random_.time(400ms);
            switch (random_.between(1, 4)) {
            case 1: planned_.emplace(when, plan{plan::kind::event, {kind::invalidate}}); break;
            case 2: {
                pool_event resize{kind::resize};
                resize.size = random_.count(1, 6);
                resize.max_overflow = random_.count(0, 2);
                planned_.emplace(when, plan{plan::kind::event, resize});
                break;
            }
            default:
                planned_.emplace(when, plan{plan::kind::server_down});
                planned_.emplace(when + random_.time(100ms), plan{plan::kind::server_up});
            }
        }
    }

    void plan_end() {
        const time_point end = now_ + (calm_ ? 1h : random_.between(50, 600) * 1ms);
        if (!calm_ && random_.percent(30))
            planned_.emplace(end - random_.time(100ms), plan{plan::kind::event, {kind::drain}});
        planned_.emplace(end, plan{plan::kind::event, {kind::dispose}});
    }

    void happen(const plan& next) {
        switch (next.what) {
        case plan::kind::server_down: server_down_ = true; break;
        case plan::kind::server_up: server_down_ = false; break;
        case plan::kind::user: acquire(); break;
        case plan::kind::event: tell_pool(next.event); break;
        case plan::kind::shared: something_happens_on(next.event.slot); break;
        }
    }

    void acquire() {
        const bool statement = random_.percent(statements_);
        if (random_.percent(80)) {
            pool_event take{kind::take};
            take.taken = pool_.take_idle(now_);
            done(take);
            if (take.taken) {
                statement ? begin_statement(*take.taken) : plan_release(*take.taken);
                return;
            }
        }
        if (statement && random_.percent(90)) {
            pool_event join{kind::join};
            join.taken = pool_.join(now_);
            done(join);
            if (join.taken) {
                ++on_it_[*join.taken];
                return;
            }
        }
        wait(statement);
    }

    void wait(bool statement) {
        pool_event wait{statement ? kind::wait_to_share : kind::wait};
        wait.only_with_room = random_.percent(10);
        asked_for_room_ = asked_for_room_ || wait.only_with_room;
        wait.deadline = now_ + (calm_ ? 30min : random_.time(patience_));
        wait.waiter = statement ? pool_.wait_to_share(now_, wait.deadline, wait.only_with_room)
                                : pool_.wait(now_, wait.deadline, wait.only_with_room);
        if (statement)
            sharing_.insert(wait.waiter);
        if (random_.percent(20)) { // somebody served by then may leave as well
            pool_event leave{kind::leave};
            leave.waiter = wait.waiter;
            planned_.emplace(now_ + random_.time(50ms), plan{plan::kind::event, leave});
        }
        done(wait);
    }

    // A statement has a connection: most share it from the next moment on.
    void begin_statement(pool_decisions::slot_id slot) {
        if (random_.percent(10)) {
            plan_release(slot);
            return;
        }
        pool_event share{kind::share};
        share.slot = slot;
        plan_outcome(share, random_.percent(80) ? clock::duration::zero() : random_.time(1ms));
    }

    void plan_shared(pool_decisions::slot_id slot) {
        pool_event next{};
        next.slot = slot;
        const auto planned = planned_.emplace(now_ + random_.time(hold_time_ / (random_.percent(80) ? 10 : 1)),
                                              plan{plan::kind::shared, next});
        pending_[slot] = planned;
    }

    // Some are answered; or it ends, perhaps with statements still on their way to it; or it is lost, and those that
    // weren't sent try again.
    void something_happens_on(pool_decisions::slot_id slot) {
        std::size_t& load = on_it_[slot];
        pool_event happened{kind::answered};
        happened.slot = slot;
        happened.statements = random_.percent(50) ? 1 : random_.count(1, static_cast<int>(load));
        const int choice = random_.between(1, trouble_ ? 20 : 200);
        if (choice == 1) {
            happened.what = kind::released;
            happened.condition = random_condition(20);
            for (std::size_t unsent = random_.count(0, static_cast<int>(load)); unsent > 0; --unsent)
                planned_.emplace(now_, plan{plan::kind::user});
            load = 0;
            tell_pool(happened);
            return;
        }
        if (choice == 2) {
            happened.what = kind::keep_off;
        } else if (choice == 3) {
            happened.what = kind::sharing_ended;
            happened.condition = random_condition(60);
        }
        if (happened.what != kind::keep_off)
            load -= happened.statements;
        if (load > 0)
            plan_shared(slot);
        else
            pending_.erase(slot);
        tell_pool(happened);
    }

    void tell_pool(pool_event event) {
        switch (event.what) {
        case kind::share:
            on_it_[event.slot] = 1;
            pool_.share(event.slot, now_);
            break;
        case kind::answered: event.last = pool_.answered(event.slot, event.statements, now_); break;
        case kind::sharing_ended:
            event.last = pool_.sharing_ended(event.slot, event.statements, now_, event.condition);
            break;
        case kind::keep_off: pool_.keep_others_off(event.slot, now_); break;
        case kind::leave: pool_.leave(event.waiter, now_); break;
        case kind::opened: pool_.opened(event.slot, now_); break;
        case kind::open_failed: pool_.open_failed(event.slot, now_); break;
        case kind::checked: pool_.checked(event.slot, now_, event.condition); break;
        case kind::released: pool_.released(event.slot, now_, event.condition); break;
        case kind::closed: pool_.closed(event.slot, now_); break;
        case kind::invalidate: pool_.invalidate(now_); break;
        case kind::resize: pool_.resize(event.size, event.max_overflow, now_); break;
        case kind::drain: pool_.drain(now_); break;
        case kind::dispose: pool_.dispose(now_); break;
        case kind::take:
        case kind::wait:
        case kind::wait_to_share:
        case kind::join:
        case kind::advance: break;
        }
        done(event);
    }

    // After each event.
    void done(const pool_event& event) {
        ++events_;
        if (is_outcome(event))
            pending_.erase(event.slot);
        if (event.what == kind::share)
            plan_shared(event.slot);
        const std::vector<action> actions = pool_.take_actions();
        if (tell_)
            std::clog << std::chrono::duration<double, std::milli>(now_ - beginning).count()
                      << " ms: " << text_of(event) << " -> " << text_of(actions) << '\n';
        model_.apply(event, now_, actions, pool_);
        for (const action& one : actions)
            carry_out(one);
    }

    static bool is_outcome(const pool_event& event) {
        return event.what == kind::opened || event.what == kind::open_failed || event.what == kind::checked ||
               event.what == kind::released || event.what == kind::closed || event.what == kind::share;
    }

    void carry_out(const action& one) {
        pool_event outcome{};
        outcome.slot = one.slot;
        switch (one.what) {
        case action::kind::open:
            outcome.what = random_.percent(server_down_ ? 90 : 3) ? kind::open_failed : kind::opened;
            plan_outcome(outcome, random_.time(connect_time_));
            break;
        case action::kind::check:
            outcome.what = kind::checked;
            outcome.condition = random_condition(server_down_ ? 40 : 85);
            plan_outcome(outcome, random_.time(5ms));
            break;
        case action::kind::hand_over:
            sharing_.contains(one.waiter) ? begin_statement(one.slot) : plan_release(one.slot);
            break;
        case action::kind::join: ++on_it_[one.slot]; break;
        case action::kind::close:
            if (const auto planned = pending_.find(one.slot); planned != pending_.end())
                planned_.erase(planned->second);
            outcome.what = kind::closed;
            plan_outcome(outcome, random_.time(5ms));
            break;
        case action::kind::refuse: break;
        }
    }

    void plan_release(pool_decisions::slot_id slot) {
        pool_event release{kind::released};
        release.slot = slot;
        release.condition = random_condition(server_down_ ? 60 : trouble_ ? 90 : 100);
        plan_outcome(release, random_.time(hold_time_));
    }

    void plan_outcome(const pool_event& outcome, clock::duration after) {
        pending_[outcome.slot] = planned_.emplace(now_ + after, plan{plan::kind::event, outcome});
    }

    session_condition random_condition(int chance_to_be_reusable) {
        if (random_.percent(chance_to_be_reusable))
            return session_condition::reusable;
        return random_.one_of({session_condition::broken, session_condition::broken, session_condition::shut_down,
                               session_condition::spoiled});
    }

    static constexpr time_point beginning{1h};

    random_choices random_;
    bool tell_;
    coropq::pool_options options_;
    pool_decisions pool_;
    pool_model model_;
    milliseconds connect_time_;
    milliseconds hold_time_;
    milliseconds patience_;
    bool late_;
    bool trouble_;
    bool calm_;      ///< Everybody waits for as long as it takes.
    int statements_; ///< How many of hundred users share.
    bool asked_for_room_ = false;
    bool server_down_ = false;
    time_point now_ = beginning;
    std::multimap<time_point, plan> planned_;
    std::map<pool_decisions::slot_id, std::multimap<time_point, plan>::iterator>
        pending_;                                          ///< What a place will do next.
    std::map<pool_decisions::slot_id, std::size_t> on_it_; ///< The statements on shared connections.
    std::set<pool_decisions::waiter_id> sharing_;          ///< The statements that waited, or do.
    std::size_t events_ = 0;
};

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(pool_schedules, rules_hold_after_each_event) {
    const std::uint64_t one = number_from_environment("COROPQ_SCHEDULE", 0);
    const std::uint64_t first = one != 0 ? one : number_from_environment("COROPQ_FIRST_SCHEDULE", 1);
    const std::uint64_t count = one != 0 ? 1 : number_from_environment("COROPQ_SCHEDULES", 3000);
    const std::uint64_t last = first + count - 1;
    std::size_t events = 0;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        schedule played(seed, one != 0);
        try {
            played.play();
        } catch (const broken_rule& problem) {
            FAIL() << problem.what() << "; see it with COROPQ_SCHEDULE=" << seed;
        }
        events += played.events();
    }
    RecordProperty("events", std::to_string(events));
    EXPECT_GT(events, 20 * (last - first)) << "schedules in which next to nothing happens";
}

} // namespace
