// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Which failures of a statement may be repeated, and when; and the queue in which outcomes wait.

#include "fan_out/repetition.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "fan_out/outcome_queue.hpp"

#include <boost/asio/error.hpp>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace {

using namespace coropq;
using namespace coropq::detail;
using namespace std::chrono_literals;

diagnostics while_connecting(error_code code) {
    diagnostics_fields fields;
    fields.attempts.push_back({"db", "10.0.0.1", "5432", code, "refused"});
    return diagnostics(code, std::move(fields));
}

diagnostics while_waiting(error_code code) {
    diagnostics_fields fields;
    fields.known_not_run = true;
    return diagnostics(code, std::move(fields));
}

struct repetition_case {
    const char* what;
    error_code code;
    diagnostics details;
    statement_effect effect;
    bool by_default;
    bool idempotent;
    bool pool_timeouts;
};

TEST(fan_out_repetition, what_is_repeated) {
    const error_code refused = errc::connect_failed;
    const error_code starting = sqlstate::cannot_connect_now;
    const error_code stopping = sqlstate::admin_shutdown;
    const error_code password = sqlstate::invalid_password;
    const error_code silent = errc::connect_timeout;
    const error_code aborted = boost::asio::error::operation_aborted;
    using enum statement_effect;
    const std::vector<repetition_case> cases = {
        {"refused", refused, while_connecting(refused), not_run, true, true, true},
        {"silent address", silent, while_connecting(silent), not_run, true, true, true},
        {"server starts", starting, while_connecting(starting), not_run, true, true, true},
        {"server starts, said by a pooler", starting, {}, not_run, true, true, true},
        {"server stops while connecting", stopping, while_connecting(stopping), not_run, true, true, true},
        {"too many clients", sqlstate::too_many_connections, {}, not_run, true, true, true},
        {"no such host", errc::host_not_found, {}, not_run, true, true, true},
        {"lost before it was sent", errc::not_connected, {}, not_run, true, true, true},
        {"wrong password", password, while_connecting(password), not_run, false, false, false},
        {"no TLS", errc::tls_failed, {}, not_run, false, false, false},
        {"disposed", errc::engine_disposed, {}, not_run, false, false, false},
        {"bad parameter", errc::invalid_parameter, {}, not_run, false, false, false},
        {"pool timeout", errc::pool_timeout, {}, not_run, false, false, true},
        {"too many wait", errc::too_many_waiting, {}, not_run, false, false, true},
        {"serialization", sqlstate::serialization_failure, {}, rolled_back, true, true, true},
        {"deadlock", sqlstate::deadlock_detected, {}, rolled_back, true, true, true},
        {"unique", sqlstate::unique_violation, {}, rolled_back, false, false, false},
        {"cancelled by an administrator", sqlstate::query_canceled, {}, rolled_back, false, false, false},
        {"copy", errc::unsupported, {}, rolled_back, false, false, false},
        {"lost", errc::connection_lost, {}, unknown, false, true, false},
        {"completion unknown", sqlstate::statement_completion_unknown, {}, unknown, false, true, false},
        {"time limit", errc::timeout, {}, unknown, false, false, false},
        {"time limit, waiting", errc::timeout, while_waiting(errc::timeout), not_run, false, false, false},
        {"cancelled", aborted, {}, unknown, false, false, false},
        {"cancelled, waiting", aborted, while_waiting(aborted), not_run, false, false, false},
        {"rows don't fit", errc::wrong_type, {}, unknown, false, false, false},
    };
    const statement work("select 1");
    const fan_out_options none;
    const fan_out_options idempotent = fan_out_options().idempotent(true);
    const fan_out_options pool_timeouts = fan_out_options().retry_pool_timeouts(true);
    for (const repetition_case& each : cases) {
        EXPECT_EQ(effect_of(each.code, each.details), each.effect) << each.what;
        EXPECT_EQ(is_repeatable(each.code, each.details, work, none), each.by_default) << each.what;
        EXPECT_EQ(is_repeatable(each.code, each.details, work, idempotent), each.idempotent) << each.what;
        EXPECT_EQ(is_repeatable(each.code, each.details, work, pool_timeouts), each.pool_timeouts) << each.what;
    }
}

TEST(fan_out_repetition, what_commits_by_itself_is_repeated_only_when_it_is_idempotent) {
    for (const char* text : {"call move_everything()", " /* x */ CALL p()", "do $$ begin commit; end $$",
                             "update a set b = 1; commit; update a set b = 2"})
        EXPECT_TRUE(may_commit_by_itself(statement(text).prepare(false))) << text;
    for (const char* text : {"select ';'", "update a set b = 1;", "insert into a values (1)"})
        EXPECT_FALSE(may_commit_by_itself(statement(text))) << text;
    const statement call("call p()");
    const error_code deadlock = sqlstate::deadlock_detected;
    EXPECT_FALSE(is_repeatable(deadlock, {}, call, fan_out_options()));
    EXPECT_TRUE(is_repeatable(deadlock, {}, call, fan_out_options().idempotent(true)));
    EXPECT_TRUE(is_repeatable(errc::connect_failed, {}, call, fan_out_options()));
}

TEST(fan_out_repetition, waits_twice_as_long_each_time_and_never_beyond_the_end) {
    const fan_out_options rules = fan_out_options().retries(3).backoff(10ms);
    EXPECT_EQ(repetition_delay(rules, 1, {}, 1.0), 10ms);
    EXPECT_EQ(repetition_delay(rules, 2, {}, 1.0), 20ms);
    EXPECT_EQ(repetition_delay(rules, 3, {}, 0.5), 20ms);
    EXPECT_EQ(repetition_delay(rules, 3, {}, 1.5), 60ms);
    EXPECT_EQ(repetition_delay(rules, 4, {}, 1.0), std::nullopt);
    EXPECT_EQ(repetition_delay(fan_out_options(), 1, {}, 1.0), std::nullopt);
    EXPECT_EQ(repetition_delay(rules, 1, 11ms, 1.0), 10ms);
    EXPECT_EQ(repetition_delay(rules, 1, 10ms, 1.0), std::nullopt);
    EXPECT_EQ(repetition_delay(rules, 1, -5ms, 1.0), std::nullopt);
    EXPECT_EQ(repetition_delay(fan_out_options().retries(100), 100, {}, 1.0), 30s);
    EXPECT_EQ(fan_out_options().retries(-1).retries(), 0);
}

fan_out_record record_of(std::size_t index) {
    fan_out_record record;
    record.index = index;
    return record;
}

TEST(fan_out_queue, lets_no_more_be_read_than_the_window_allows) {
    outcome_queue queue(4, 2, false);
    fan_out_record taken;
    for (std::size_t i = 0; i != 4; ++i)
        EXPECT_EQ(queue.reserve(), i);
    EXPECT_FALSE(queue.has_room_again());
    EXPECT_EQ(queue.reserve(), std::nullopt);
    EXPECT_FALSE(queue.take(taken));
    queue.put(record_of(2));
    queue.put(record_of(0));
    EXPECT_EQ(queue.reserve(), std::nullopt);
    EXPECT_EQ(queue.ready(), 2u);
    ASSERT_TRUE(queue.take(taken));
    EXPECT_EQ(taken.index, 2u);
    EXPECT_FALSE(queue.has_room_again()) << "not for one";
    ASSERT_TRUE(queue.take(taken));
    EXPECT_EQ(taken.index, 0u);
    EXPECT_TRUE(queue.has_room_again());
    EXPECT_FALSE(queue.has_room_again()) << "once";
    EXPECT_EQ(queue.reserve(), 4u);
    EXPECT_EQ(queue.reserve(), 5u);
    queue.give_back();
    EXPECT_EQ(queue.read(), 5u);
}

TEST(fan_out_queue, in_order) {
    outcome_queue queue(4, 1, true);
    fan_out_record taken;
    for (std::size_t i = 0; i != 4; ++i)
        EXPECT_EQ(queue.reserve(), i);
    queue.put(record_of(3));
    queue.put(record_of(1));
    EXPECT_EQ(queue.ready(), 0u);
    EXPECT_FALSE(queue.take(taken));
    queue.put(record_of(0));
    for (std::size_t expected : {0u, 1u}) {
        ASSERT_TRUE(queue.take(taken));
        EXPECT_EQ(taken.index, expected);
    }
    EXPECT_FALSE(queue.take(taken));
    EXPECT_EQ(queue.reserve(), 4u);
    EXPECT_EQ(queue.reserve(), 5u);
    EXPECT_EQ(queue.reserve(), std::nullopt);
    queue.put(record_of(5));
    queue.put(record_of(2));
    for (std::size_t expected : {2u, 3u}) {
        ASSERT_TRUE(queue.take(taken));
        EXPECT_EQ(taken.index, expected);
    }
    queue.put(record_of(4));
    queue.abandon();
    EXPECT_FALSE(queue.take(taken));
}

} // namespace
