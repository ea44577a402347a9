// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Deadlines of operations: where they come from, what the server is told of them, and what they end with.

#include "dialect/protocol_choice.hpp"
#include "libpq/execution.hpp"
#include "libpq/pipeline_round.hpp"
#include "libpq/recovery.hpp"
#include "libpq/session.hpp"
#include "libpq/session_state.hpp"

#include <coropq/error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <string>

namespace coropq::detail {

namespace {

using milliseconds = std::chrono::milliseconds;

std::string in_words(std::chrono::steady_clock::duration time) {
    return std::to_string(std::chrono::ceil<milliseconds>(time).count()) + " ms";
}

} // namespace

deadline deadline_of(const statement& work, const statement_options& options) {
    deadline found;
    found.limit = work.timeout().value_or(options.timeout());
    if (found.limit.count() > 0)
        found.when = saturated_deadline(found.limit);
    return found;
}

operation_outcome deadline_passed(const deadline& limit, std::string_view what) {
    std::string message = "the operation didn't end within " + in_words(limit.limit) + ": ";
    if (limit.acquiring.count() > 0) {
        const auto rest = std::max(std::chrono::steady_clock::duration(limit.limit) - limit.acquiring,
                                   std::chrono::steady_clock::duration(0));
        message += in_words(limit.acquiring) + " waiting for a connection, " + in_words(rest) + " ";
    }
    message += what;
    return failed_operation(errc::timeout, std::move(message),
                            "a longer limit is set with statement::timeout or statement_options::timeout");
}

// That of the caller began earlier, and may be somebody else's: a transaction's.
deadline session::limit_of(const statement& work, const deadline& limit) const {
    const deadline own = deadline_of(work, state_->defaults);
    return own.when < limit.when ? own : limit;
}

operation_outcome session::stopped(const deadline& limit) {
    const bool timed_out = state_->timed_out;
    const bool sent = is_statement_due(*state_);
    leave_statement();
    if (timed_out)
        return deadline_passed(limit, sent ? "running; the statement is being cancelled on the server"
                                           : "preparing; nothing was sent");
    if (state_->interrupted)
        return failed_operation(boost::asio::error::operation_aborted,
                                "the operation was interrupted: its connection was given back");
    return failed_operation(boost::asio::error::operation_aborted,
                            sent ? "the operation was cancelled; so is the statement, on the server"
                                 : "the operation was cancelled before anything was sent");
}

void note_settings_effect(session::state& session, std::string_view tag) {
    constexpr milliseconds unknown(-1);
    // `set local` goes with its transaction, and with the savepoint behind which it was.
    if ((tag == "ROLLBACK" || tag == "COMMIT" || tag == "RESET") && session.mirrored_within)
        session.mirrored_within = unknown;
    if ((tag == "DISCARD ALL" || tag == "RESET") && session.mirrored != milliseconds(0))
        session.mirrored.reset();
}

namespace {

milliseconds wanted_timeout(const deadline& limit) {
    const bool has_limit = limit.when != time_limit::clock::time_point::max();
    return has_limit ? std::max(limit.limit, milliseconds(1)) : milliseconds(0);
}

// The server's is an int. Without a limit of ours, that of the role or of the URL holds.
std::string timeout_setting(milliseconds wanted) {
    return "statement_timeout = " + (wanted.count() != 0
                                         ? std::to_string(std::min<milliseconds::rep>(wanted.count(), 2147483647))
                                         : std::string("default"));
}

} // namespace

std::optional<std::string> mirrored_timeout(session::state& session, const deadline& limit) {
    const milliseconds wanted = wanted_timeout(limit);
    if (session.mirrored == wanted)
        return std::nullopt;
    session.mirrored = wanted;
    return "set " + timeout_setting(wanted);
}

void mirror_deadline(session::state& session, const deadline& limit) {
    if (!session.defaults.server_timeout() || avoids_pipelines(session.defaults))
        return;
    const bool within = !is_autocommit(session);
    if (!within)
        session.mirrored_within.reset();
    else if (PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR)
        return; // only "rollback" can be sent
    const milliseconds wanted = wanted_timeout(limit);
    const std::optional<milliseconds> present =
        within && session.mirrored_within ? session.mirrored_within : session.mirrored;
    if (present == wanted)
        return;
    const std::string text = timeout_setting(wanted);
    if (within) {
        session.ahead.inside.push_back("set local " + text);
        session.mirrored_within = wanted;
    } else {
        // As a transaction of its own: what fails behind it would take it back.
        for (std::string one : {std::string("begin"), "set " + text, std::string("commit")})
            session.ahead.others.push_back(std::move(one));
        session.mirrored = wanted;
    }
}

} // namespace coropq::detail
