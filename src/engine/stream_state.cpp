// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "engine/stream_state.hpp"

#include <coropq/error.hpp>

#include "operation/is_cancelled.hpp"
#include "result/result_data.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <atomic>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

row_stream::~row_stream() {
    if (state_)
        state_->leave();
}

row_stream& row_stream::operator=(row_stream&& other) noexcept {
    if (this != &other) {
        const row_stream old(std::move(*this));
        state_ = std::move(other.state_);
    }
    return *this;
}

namespace {

asio::awaitable<result> no_rows() { co_return result(); }
asio::awaitable<void> nothing_to_do() { co_return; }

} // namespace

asio::awaitable<result> row_stream::next_batch() {
    return state_ ? detail::stream_state::next_batch(state_) : no_rows();
}

asio::awaitable<void> row_stream::close() { return state_ ? detail::stream_state::close(state_) : nothing_to_do(); }

namespace detail {

stream_state::stream_state(std::shared_ptr<lease> used, bool gives_back, stream_options options, const deadline& limit)
    : lease_(std::move(used)), gives_back_(gives_back), options_(options), limit_(limit) {
    options_.batch = std::max<std::size_t>(options_.batch, 1);
}

stream_state::~stream_state() { give_back(); }

void stream_state::give_back() noexcept {
    open_ = false;
    if (gives_back_)
        lease_->give_back();
}

namespace {

operation_outcome connection_is_gone() {
    return failed_operation(errc::not_connected, "the connection that the stream was opened on is gone",
                            "keep the connection until the stream has ended");
}

} // namespace

asio::awaitable<operation_outcome> stream_state::run(statement work, deadline until) {
    const lease::use used = lease_->enter();
    if (!used.session)
        co_return connection_is_gone();
    operation_outcome outcome =
        co_await session::run(used.session, session::execute(used.session, std::move(work), until));
    co_return outcome;
}

// A cancelled coroutine throws at its next co_await, which could be the one in front of the clean-up. So these don't
// throw until they are done.

asio::awaitable<void> stream_state::open(pointer self, statement work, deadline until) {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome;
    self->timeout_ = work.timeout();
    if (self->limit_.when < until.when)
        until = self->limit_;
    const lease::use used = self->lease_->enter();
    if (!used.session)
        outcome = connection_is_gone();
    else if (self->uses_cursor())
        outcome = co_await self->open_cursor(used.session, std::move(work), until);
    else
        outcome = co_await session::run(used.session, session::start_rows(used.session, std::move(work), until));
    co_await asio::this_coro::throw_if_cancelled(throws);
    if (outcome.code) {
        self->give_back();
        throw_error(outcome.code, outcome.details);
    }
    self->open_ = true;
}

asio::awaitable<operation_outcome> stream_state::open_cursor(session::pointer used, statement work, deadline until) {
    static std::atomic<unsigned long long> cursors = 0;
    operation_outcome outcome = co_await session::run(used, session::begin_if_idle(used));
    if (outcome.code)
        co_return outcome;
    own_transaction_ = !outcome.output.command_tag().empty();
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        outcome = failed_operation(asio::error::operation_aborted, "the operation was cancelled before it was sent");
    } else {
        cursor_ = "coropq_stream_" + std::to_string(++cursors);
        work.prefix("declare " + cursor_ + " no scroll cursor for ");
        outcome = co_await run(std::move(work), until);
    }
    if (outcome.code && own_transaction_)
        end_in_background(true);
    co_return outcome;
}

asio::awaitable<operation_outcome> stream_state::read() {
    const lease::use used = lease_->enter();
    if (!used.session)
        co_return connection_is_gone();
    operation_outcome outcome =
        co_await session::run(used.session, session::read_rows(used.session, options_.batch, limit_));
    co_return outcome;
}

asio::awaitable<operation_outcome> stream_state::fetch() {
    statement work("fetch forward " + std::to_string(options_.batch) + " from " + cursor_);
    work.results(binary_ ? result_format::binary : result_format::automatic);
    if (timeout_)
        work.timeout(*timeout_);
    operation_outcome outcome = co_await run(std::move(work), limit_);
    // The columns of a cursor don't change, and the first batch shows them.
    if (const session::pointer used = lease_->session(); used && !outcome.code)
        binary_ = used->reads_binary(outcome.output);
    co_return outcome;
}

asio::awaitable<operation_outcome> stream_state::ending(const session::pointer& used, bool failed) {
    if (!uses_cursor())
        return session::end_rows(used);
    if (own_transaction_)
        return session::clean_up(used, statement(failed ? "rollback" : "commit"));
    return session::clean_up(used, statement("close " + cursor_));
}

// Nothing is left to be ended on a connection that went back.
asio::awaitable<operation_outcome> stream_state::end(bool failed) {
    operation_outcome outcome;
    const lease::use used = lease_->enter();
    if (used.session)
        outcome = co_await session::run(used.session, ending(used.session, failed));
    co_return outcome;
}

// Nobody waits for that but the next operation on the session.
void stream_state::end_in_background(bool failed) {
    const lease::use used = lease_->enter();
    if (used.session)
        used.session->run(ending(used.session, failed), nullptr, nullptr, [](error_code) {});
}

namespace {

class counted {
public:
    explicit counted(int& count) : count_(count) { ++count_; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --count_; }

private:
    int& count_;
};

} // namespace

asio::awaitable<result> stream_state::next_batch(pointer self) {
    if (!self->open_)
        co_return result();
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome;
    {
        const counted reading(self->reading_);
        if (self->uses_cursor())
            outcome = co_await self->fetch();
        else
            outcome = co_await self->read();
    }
    const bool is_ours = outcome.code != errc::operation_in_progress; // else somebody else reads
    if (is_ours && (outcome.code || outcome.output.empty())) {
        self->open_ = false;
        // After an error, the transaction of somebody else is theirs. The first error is told; what goes wrong while
        // cleaning up isn't news.
        if (self->uses_cursor() && !outcome.code) {
            const operation_outcome ended = co_await self->end(false);
            if (ended.code)
                outcome = ended;
        } else if (self->uses_cursor() && self->own_transaction_) {
            self->end_in_background(true);
        }
        self->give_back();
    } else if (is_ours && self->left_) {
        self->leave();
    }
    co_await asio::this_coro::throw_if_cancelled(throws);
    throw_if_failed(outcome.code, outcome.details);
    co_return outcome.output;
}

asio::awaitable<void> stream_state::close(pointer self) {
    if (!self->open_)
        co_return;
    if (self->reading_ != 0) {
        self->left_ = true;
        co_return;
    }
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    self->open_ = false;
    co_await self->end(false);
    self->give_back();
    co_await asio::this_coro::throw_if_cancelled(throws);
}

void stream_state::leave() noexcept try {
    if (reading_ != 0)
        left_ = true;
    if (!open_ || reading_ != 0)
        return;
    open_ = false;
    const lease::use used = lease_->enter();
    if (!used.session)
        return; // the connection went back, and its pool has ended this
    used.session->run(ending(used.session, false), nullptr, nullptr,
                      [self = shared_from_this()](error_code) { self->give_back(); });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the session is closed
    if (const session::pointer used = lease_->session())
        used->abandon();
}

} // namespace detail

} // namespace coropq
