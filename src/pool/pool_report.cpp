// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What a pool says about itself.

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "pool/pool_internals.hpp"
#include "pool/saturated_time.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

namespace coropq::detail {

namespace {

using std::chrono::milliseconds;

std::string in_words(milliseconds time) {
    if (time < std::chrono::seconds(1))
        return std::to_string(time.count()) + " ms";
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%.1f s", static_cast<double>(time.count()) / 1000);
    return text.data();
}

// "connect at src/report.cpp:42 (awaitable<void> report())"
std::string text_of(const connection_holder& holder) {
    std::string text(holder.purpose);
    if (holder.where.line() == 0)
        return text;
    text += " at " + std::string(holder.where.file_name()) + ":" + std::to_string(holder.where.line());
    if (*holder.where.function_name() != '\0')
        text += " (" + std::string(holder.where.function_name()) + ")";
    return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string reason_of(const operation_outcome& failure) {
    return first_line(failure.details.empty() ? failure.code.message() : failure.details.to_string());
}

std::string state_of(const pool_statistics& numbers, const operation_outcome& last_failure) {
    const std::size_t most = numbers.max_overflow > static_cast<std::size_t>(-1) - numbers.size
                                 ? static_cast<std::size_t>(-1)
                                 : numbers.size + numbers.max_overflow;
    std::string text = std::to_string(numbers.active) + " active, " + std::to_string(numbers.idle) + " idle, " +
                       std::to_string(numbers.connecting) + " connecting, ";
    if (numbers.closing != 0)
        text += std::to_string(numbers.closing) + " closing, ";
    text += std::to_string(numbers.waiting) + " waiting, of " + std::to_string(most) + " at most";
    if (!numbers.holders.empty()) {
        const connection_holder& longest = numbers.holders.front();
        text += "; held the longest: " + in_words(longest.held) + ", by " + text_of(longest);
    }
    if (last_failure.code)
        text += "; the last connect failed: " + reason_of(last_failure);
    return text;
}

operation_outcome without_connection(errc code, std::string message, const operation_outcome& last_failure) {
    diagnostics_fields fields;
    fields.message = std::move(message);
    fields.hint = last_failure.code ? "see why connects fail; nobody gets a connection that can't be made"
                                    : "raise pool_options::size or pool_options::acquire_timeout, or hold connections "
                                      "for a shorter time";
    fields.attempts = last_failure.details.attempts();
    const boost::system::error_code failure = code;
    return {failure, diagnostics(failure, std::move(fields))};
}

} // namespace

operation_outcome pool::refusal_of(const refused_wait& refused) const {
    using refusal = pool_decisions::refusal;
    const refusal why = refused.why;
    if (why == refusal::disposed)
        return failed_operation(errc::engine_disposed, "the engine was disposed of", "create a new engine");
    if (why == refusal::connect_failed)
        return refused.failure;
    const pool_statistics numbers = statistics();
    const std::string state = state_of(numbers, refused.failure);
    if (why == refusal::too_many_waiting)
        return without_connection(errc::too_many_waiting,
                                  "no connection is free, and as many operations wait for one as may (" +
                                      std::to_string(options_.pool().max_waiting()) + "): " + state,
                                  refused.failure);
    if (refused.limit_is_own)
        return known_not_run(deadline_passed(refused.limit, "waiting for a connection: " + state));
    const milliseconds limit = std::max(options_.pool().acquire_timeout(), milliseconds(0));
    if (refused.failure.code == errc::session_limit) {
        diagnostics_fields fields = fields_of(refused.failure.details);
        fields.message += "; no session became free within " + std::to_string(limit.count()) + " ms";
        return {refused.failure.code, diagnostics(refused.failure.code, std::move(fields))};
    }
    return without_connection(errc::pool_timeout,
                              "no connection became free within " + std::to_string(limit.count()) + " ms: " + state,
                              refused.failure);
}

pool_statistics pool::statistics() const {
    constexpr std::size_t most = 10;
    const std::scoped_lock lock(mutex_);
    pool_statistics numbers = decisions_.statistics();
    numbers.leaks = leaks_;
    if (last_failure_.code)
        numbers.last_connect_error =
            last_failure_.details.empty() ? last_failure_.code.message() : last_failure_.details.to_string();
    const time_point now = clock::now();
    for (const entry& each : slots_) {
        if (each.now == phase::leased || each.now == phase::shared)
            numbers.holders.push_back(holder_of(each, now));
    }
    std::sort(numbers.holders.begin(), numbers.holders.end(),
              [](const connection_holder& left, const connection_holder& right) { return left.held > right.held; });
    if (numbers.holders.size() > most)
        numbers.holders.resize(most);
    return numbers;
}

connection_holder pool::holder_of(const entry& leased, time_point now) {
    connection_holder holder;
    holder.held = std::chrono::duration_cast<milliseconds>(now - leased.since);
    holder.purpose = leased.user.purpose;
    holder.where = leased.user.where;
    return holder;
}

// Those that are due; and when to look again.
std::vector<connection_holder> pool::take_leaks(time_point now) {
    std::vector<connection_holder> leaks;
    const auto limit = options_.pool().leak_after();
    if (!limit || now < leak_at_)
        return leaks;
    leak_at_ = time_point::max();
    for (entry& each : slots_) {
        if ((each.now != phase::leased && each.now != phase::shared) || each.reported)
            continue;
        const time_point due = later_by(each.since, saturated_duration(*limit));
        if (due > now) {
            leak_at_ = std::min(leak_at_, due);
            continue;
        }
        each.reported = true;
        ++leaks_;
        leaks.push_back(holder_of(each, now));
    }
    return leaks;
}

void pool::report(const std::vector<connection_holder>& leaks) const noexcept {
    for (const connection_holder& each : leaks) {
        try {
            if (options_.pool().on_leak())
                options_.pool().on_leak()(each);
            else
                std::clog << "coropq: a connection has been in use for " + in_words(each.held) + ", by " +
                                 text_of(each) + "\n"
                          << std::flush;
        } catch (...) { // NOLINT(bugprone-empty-catch): nobody is there who could do something about it
        }
    }
}

} // namespace coropq::detail
