// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "engine/engine_state.hpp"

#include "engine/stream_state.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

// Gives a session back on every path out of an operation.
class lease {
public:
    lease(pool& owner, std::shared_ptr<session> leased) : owner_(owner), session_(std::move(leased)) {}
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() { owner_.release(std::move(session_)); }

private:
    pool& owner_;
    std::shared_ptr<session> session_;
};

} // namespace

void engine_state::run(asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
                       operation_handler handler) {
    run_operation(pool_.strand(), pool_.executor(), std::move(operation), output, details, std::move(handler));
}

asio::awaitable<operation_outcome> engine_state::execute(pointer self, statement work) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Until a connection is there, nothing has been sent, and every type of cancellation can be honoured.
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    std::shared_ptr<session> session;
    operation_outcome outcome = co_await self->pool_.acquire(session);
    if (outcome.code)
        co_return outcome;
    const lease leased(self->pool_, session);
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (cancellation.cancelled() != asio::cancellation_type::none)
        co_return failed_operation(asio::error::operation_aborted, "the operation was cancelled before it was sent");
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    outcome = co_await session::run(session, session::execute(session, std::move(work)));
    co_return outcome;
}

asio::awaitable<operation_outcome> engine_state::lend(pointer self, std::shared_ptr<session>& lent) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    operation_outcome outcome = co_await self->pool_.acquire(lent);
    co_return outcome;
}

void engine_state::give_back(std::shared_ptr<session> lent) noexcept try {
    asio::post(pool_.strand(), [self = shared_from_this(), lent]() mutable { self->pool_.release(std::move(lent)); });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the session is lost, and its place with it
}

asio::awaitable<operation_outcome> engine_state::dispose(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    // Each session closes on its own strand; who waits for the end sees them closed.
    for (const std::shared_ptr<session>& idle : self->pool_.dispose())
        co_await session::run(idle, session::close(idle));
    co_return operation_outcome();
}

asio::awaitable<result> execute(engine_state::pointer engine, statement work) {
    result output;
    diagnostics details;
    boost::system::error_code code;
    const initiation<engine_state, &start_engine_execute> initiate(engine, engine->executor());
    auto token = asio::redirect_error(asio::use_awaitable, code);
    co_await asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiate, token, std::move(work),
                                                                                    &output, &details);
    throw_if_failed(code, details);
    co_return output;
}

namespace {

// A class with a constructor instead of a lambda: see docs/decisions.md on GCC 12.
class initiate_lending {
public:
    initiate_lending(engine_state::pointer engine, operation_outcome& outcome, std::shared_ptr<session>& lent)
        : engine_(std::move(engine)), outcome_(outcome), lent_(lent) {}

    template <typename Handler>
    void operator()(Handler&& handler) const {
        engine_->run(engine_state::lend(engine_, lent_), nullptr, &outcome_.details,
                     operation_handler(std::forward<Handler>(handler)));
    }

private:
    engine_state::pointer engine_;
    operation_outcome& outcome_;
    std::shared_ptr<session>& lent_;
};

} // namespace

asio::awaitable<row_stream> stream_rows(engine_state::pointer engine, statement work, stream_options options) {
    operation_outcome outcome;
    std::shared_ptr<session> lent;
    const initiate_lending initiate(engine, outcome, lent);
    auto token = asio::redirect_error(asio::use_awaitable, outcome.code);
    co_await asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiate, token);
    const auto state = std::make_shared<stream_state>(engine, std::move(lent), options);
    throw_if_failed(outcome.code, outcome.details);
    co_await stream_state::open(state, std::move(work));
    co_return row_stream(state);
}

void start_engine_execute(const std::shared_ptr<engine_state>& target, const asio::any_io_executor&, statement work,
                          result* output, diagnostics* details, operation_handler handler) {
    target->run(engine_state::execute(target, std::move(work)), output, details, std::move(handler));
}

void start_engine_dispose(const std::shared_ptr<engine_state>& target, const asio::any_io_executor&,
                          diagnostics* details, operation_handler handler) {
    target->run(engine_state::dispose(target), nullptr, details, std::move(handler));
}

} // namespace coropq::detail
