// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/pipeline_round.hpp"

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "libpq/execution.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

bool sync_pipeline(session::state& session) {
    if (PQpipelineSync(session.handle.get()) != 1)
        return false;
    ++session.due_syncs;
    return true;
}

namespace {

// In a failed transaction nothing can be done but to roll it back, so what remains to be done waits for that.
ahead_statements take_ahead(session::state& session) {
    ahead_statements ahead = std::exchange(session.ahead, {});
    if (ahead.reset.empty() && session.unread == 0 && PQtransactionStatus(session.handle.get()) == PQTRANS_INERROR)
        std::swap(session.ahead.others, ahead.others);
    return ahead;
}

} // namespace

void forget_ahead(session::state& session) noexcept {
    session.setup_due = false;
    session.begin_due = false;
    session.unlocks_due.clear();
    session.ahead_failed = false;
    session.commits_due = 0;
}

bool pipeline_round::send(const std::string& text) {
    if (PQsendQueryParams(session_.handle.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
        return false;
    ahead_.push_back(text);
    return true;
}

bool pipeline_round::send_all_of(const std::vector<std::string>& texts) {
    return std::all_of(texts.begin(), texts.end(), [this](const std::string& text) { return send(text); });
}

bool pipeline_round::begin() {
    PGconn* const handle = session_.handle.get();
    if (PQpipelineStatus(handle) == PQ_PIPELINE_OFF && PQenterPipelineMode(handle) != 1)
        return false;
    // In a transaction nothing is deallocated; the one that is about to begin hasn't yet.
    if (!send_deallocations(session_, deallocated_))
        return false;
    // libpq forgets that it was to give rows one by one when it comes to the second statement of a pipeline.
    if (std::exchange(session_.single_row_mode, false) && !send(""))
        return false;
    return send_ahead();
}

bool pipeline_round::send_ahead() {
    const ahead_statements ahead = take_ahead(session_);
    forget_ahead(session_);
    session_.setup_due = !ahead.setup.empty();
    session_.begin_due = !ahead.begin.empty();
    std::copy_if(ahead.others.begin(), ahead.others.end(), std::back_inserter(session_.unlocks_due),
                 [](const std::string& one) { return one.starts_with("select pg_advisory_unlock"); });
    session_.commits_due = static_cast<std::size_t>(std::count(ahead.others.begin(), ahead.others.end(), "commit")) +
                           (ahead.setup.empty() ? 0u : 1u);
    if (!send_all_of(ahead.reset))
        return false;
    if (!ahead.setup.empty()) {
        if (!send("begin") || !send_all_of(ahead.setup) || !send("commit"))
            return false;
        setup_ = ahead_.size();
    }
    return send_all_of(ahead.others) && (ahead.begin.empty() || send(ahead.begin)) && send_all_of(ahead.inside);
}

asio::awaitable<error_code> pipeline_round::finish(answer& received) {
    if (!sync_pipeline(session_))
        co_return errc::connection_lost;
    error_code code = co_await send_all(session_);
    if (!code)
        code = co_await read_unread(session_);
    if (!code)
        code = co_await read_deallocations(session_, deallocated_);
    received.ahead = ahead_;
    received.setup = setup_;
    if (!code)
        code = co_await read_to_sync(session_, received);
    if (!code && PQexitPipelineMode(session_.handle.get()) != 1)
        code = errc::connection_lost;
    if (code)
        co_return code;
    forget_ahead(session_);
    const std::size_t answered = received.results.size();
    received.results.erase(received.results.begin(),
                           received.results.begin() + static_cast<std::ptrdiff_t>(std::min(answered, ahead_.size())));
    received.ahead = {};
    if (received.code && answered < setup_) // a session without its settings isn't the one that was asked for
        code = errc::unsupported;
    co_return code;
}

namespace {

asio::awaitable<error_code> send_simply(session::state& session, answer& received) {
    const ahead_statements ahead = take_ahead(session);
    forget_ahead(session);
    session.setup_due = !ahead.setup.empty();
    std::string text;
    const auto add = [&text](const std::vector<std::string>& statements) {
        for (const std::string& one : statements)
            text += one + ";";
    };
    add(ahead.reset);
    if (!ahead.setup.empty()) { // a transaction of their own here too: what is rolled back later would take them back
        text += "begin;";
        add(ahead.setup);
        text += "commit;";
        session.commits_due = 1;
    }
    add(ahead.others);
    if (!ahead.begin.empty())
        text += ahead.begin + ";";
    add(ahead.inside);
    if (PQsendQuery(session.handle.get(), text.c_str()) == 0)
        co_return errc::connection_lost;
    error_code code = co_await send_all(session);
    if (!code)
        code = co_await read_answer(session, received);
    if (!code)
        forget_ahead(session);
    received.results.clear();
    if (!code && received.code && !ahead.setup.empty())
        code = errc::unsupported;
    co_return code;
}

std::string take_first(std::vector<std::string>& statements) {
    std::string first = std::move(statements.front());
    statements.erase(statements.begin());
    return first;
}

// Of what stands ahead, what is to be sent first. A set-up statement stays there until it is answered.
std::optional<std::string> take_next(session::state& session) {
    ahead_statements& ahead = session.ahead;
    if (!ahead.reset.empty())
        return take_first(ahead.reset);
    if (!ahead.setup.empty())
        return ahead.setup.front();
    if (!ahead.others.empty() && PQtransactionStatus(session.handle.get()) != PQTRANS_INERROR)
        return take_first(ahead.others);
    if (!ahead.begin.empty()) {
        session.begin_due = true;
        return std::exchange(ahead.begin, {});
    }
    if (!ahead.inside.empty())
        return take_first(ahead.inside);
    return std::nullopt;
}

// Each in a message of its own, as it is, and in no transaction that nobody has asked for: not every server that speaks
// the protocol takes several statements at once, and not every one can take settings back.
asio::awaitable<error_code> send_one_by_one(session::state& session, answer& received) {
    error_code code;
    while (!code) {
        const bool is_setup = session.ahead.reset.empty() && !session.ahead.setup.empty();
        const std::optional<std::string> next = take_next(session);
        if (!next)
            co_return code;
        if (PQsendQuery(session.handle.get(), next->c_str()) == 0)
            co_return errc::connection_lost;
        received.ahead = {&*next, 1};
        received.setup = is_setup ? 1 : 0;
        code = co_await send_all(session);
        if (!code)
            code = co_await read_answer(session, received);
        received.ahead = {};
        received.setup = 0;
        received.results.clear();
        if (code)
            break;
        forget_ahead(session);
        if (received.code) {
            session.ahead = {};
            if (is_setup)
                code = errc::unsupported;
            break;
        }
        if (is_setup)
            session.ahead.setup.erase(session.ahead.setup.begin());
    }
    co_return code;
}

} // namespace

asio::awaitable<error_code> send_ahead_alone(session::state& session, answer& received) {
    if (!needs_pipeline(session))
        co_return error_code();
    error_code code;
    if (session.ahead.empty()) {
        code = co_await read_unread(session);
        if (!code && PQexitPipelineMode(session.handle.get()) != 1)
            code = errc::connection_lost;
        co_return code;
    }
    if (session.dialect == dialect::query_service) {
        code = co_await send_one_by_one(session, received);
        co_return code;
    }
    if (avoids_pipelines(session.defaults)) {
        code = co_await send_simply(session, received);
        co_return code;
    }
    pipeline_round round(session);
    if (!round.begin())
        co_return errc::connection_lost;
    code = co_await round.finish(received);
    co_return code;
}

asio::awaitable<error_code> read_unread(session::state& session) {
    error_code code;
    while (session.unread != 0 && !code) {
        answer ignored;
        code = co_await read_to_sync(session, ignored);
        if (!code)
            --session.unread;
        if (ignored.code) // "discard all" can: nobody else may get what it has left
            session.lost_on_the_way = true;
    }
    co_return code;
}

} // namespace coropq::detail
