// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "engine/transaction_state.hpp"

#include <coropq/error.hpp>

#include "libpq/time_limit.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

transaction_state::transaction_state(std::shared_ptr<lease> leased, bool gives_back, deadline limit)
    : root_(*this), lease_(std::move(leased)), session_(lease_->session()), limit_(limit), gives_back_(gives_back) {}

transaction_state::transaction_state(pointer parent) : parent_(std::move(parent)), root_(parent_->root_) {}

transaction_state::~transaction_state() {
    if (gives_back_ && !given_back_)
        lease_->give_back();
}

session::pointer transaction_state::session_in_use() const {
    if (ended_)
        return nullptr;
    // A lease of one's own goes back in the background; that of a connection when its user does that.
    return root_.gives_back_ ? root_.session_ : root_.lease_->session();
}

operation_outcome transaction_state::nobody() const {
    if (ended_)
        return check_open();
    return failed_operation(errc::not_connected, "the connection of the transaction was closed or given back",
                            "what was done in it was rolled back");
}

void transaction_state::give_back_if_ended() noexcept {
    if (root_.gives_back_ && root_.ended_ && !root_.given_back_.exchange(true))
        root_.lease_->give_back();
}

operation_outcome transaction_state::check_open() const {
    for (const transaction_state* each = this; each; each = each->parent_.get()) {
        if (each->ended_)
            return failed_operation(errc::no_transaction,
                                    std::string(each == this ? "the transaction " : "the transaction around it ") +
                                        each->how_ended_);
    }
    return {};
}

operation_outcome transaction_state::check_usable() const {
    operation_outcome outcome = check_open();
    if (outcome.code)
        return outcome;
    if (nested_)
        return failed_operation(errc::transaction_in_progress, "a nested transaction is open",
                                "commit it or roll it back first, or use it");
    if (!root_.lost_.empty())
        return failed_operation(errc::connection_lost, "the transaction was lost with its connection: " + root_.lost_,
                                "roll it back, and run it again");
    if (root_.limit_.passed())
        return failed_operation(errc::timeout,
                                "the transaction's " + std::to_string(root_.limit_.limit.count()) + " ms are over",
                                "see transaction_options::timeout");
    return outcome;
}

// The first loss is the one to tell.
void transaction_state::note(operation_outcome& outcome) {
    if (!root_.lost_.empty())
        return;
    if (outcome.code == errc::connection_lost) {
        root_.lost_ = outcome.details.message();
    } else if (outcome.code == errc::not_connected) {
        root_.lost_ = "it was closed, or lost with another statement";
        outcome = check_usable();
    }
}

void transaction_state::end(const char* how) {
    how_ended_ = how;
    ended_ = true;
    if (parent_ && parent_->nested_ == this)
        parent_->nested_ = nullptr;
}

namespace {

std::string sql_of(const transaction_options& options) {
    std::string sql = "begin";
    switch (options.isolation) {
    case isolation::server_default: break;
    case isolation::read_uncommitted: sql += " isolation level read uncommitted"; break;
    case isolation::read_committed: sql += " isolation level read committed"; break;
    case isolation::repeatable_read: sql += " isolation level repeatable read"; break;
    case isolation::serializable: sql += " isolation level serializable"; break;
    }
    if (options.read_only)
        sql += " read only";
    if (options.deferrable)
        sql += " deferrable";
    return sql;
}

} // namespace

asio::awaitable<operation_outcome> transaction_state::begin(pointer self, transaction_options options) {
    co_await asio::this_coro::throw_if_cancelled(false);
    const std::vector<std::string> nothing_inside;
    operation_outcome outcome = co_await session::begin(self->session_, sql_of(options), nothing_inside);
    if (outcome.code)
        self->end("didn't begin");
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::begin_nested(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = self->parent_->check_usable();
    if (!outcome.code) {
        self->savepoint_ = "coropq_" + std::to_string(++self->root_.savepoints_);
        outcome = co_await session::put_ahead(self->root_.session_, "savepoint " + self->savepoint_);
        self->note(outcome);
    }
    if (outcome.code)
        self->end("didn't begin");
    else
        self->parent_->nested_ = self.get();
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::check(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = self->check_usable();
    if (!outcome.code) {
        outcome = co_await session::check_transaction(self->root_.session_);
        self->note(outcome);
    }
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::execute(pointer self, statement work) {
    operation_outcome outcome = co_await check(self);
    if (!outcome.code) {
        outcome = co_await session::execute(self->root_.session_, std::move(work), self->root_.limit_);
        self->note(outcome);
    }
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::run_pipeline(pointer self, std::shared_ptr<pipeline_job> job) {
    operation_outcome outcome = co_await check(self);
    if (!outcome.code) {
        outcome = co_await session::run_pipeline(self->root_.session_, std::move(job), self->root_.limit_);
        self->note(outcome);
    }
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::commit(pointer self, std::string sql) {
    co_await asio::this_coro::throw_if_cancelled(false);
    transaction_state& root = self->root_;
    operation_outcome outcome = self->check_usable();
    const bool is_over = outcome.code == errc::timeout;
    if (outcome.code && !is_over)
        co_return outcome;
    const bool is_prepared = sql != "commit";
    if (self->parent_ && is_prepared)
        co_return failed_operation(errc::unsupported, "a nested transaction can't be prepared for a two-phase commit",
                                   "prepare the outermost one");
    if (self->parent_) {
        if (!is_over)
            outcome = co_await session::release_savepoint(root.session_, self->savepoint_);
        self->note(outcome);
        if (!outcome.code)
            self->end("was committed already");
        co_return outcome;
    }
    if (!is_over)
        outcome = co_await session::commit(root.session_, std::move(sql), root.limit_);
    self->note(outcome);
    if (outcome.code == errc::operation_in_progress || outcome.code == errc::connection_lost)
        co_return outcome;
    if (!outcome.code) {
        self->end(is_prepared ? "was prepared already" : "was committed already");
    } else {
        self->end("has ended: its commit failed");
        if (outcome.code == errc::timeout) // a silent server must not hold anybody for longer
            root.session_->run(session::rollback(root.session_, "rollback"), nullptr, nullptr, [](error_code) {});
        else if (outcome.code != errc::in_doubt)
            co_await session::rollback(root.session_, "rollback");
    }
    co_return outcome;
}

asio::awaitable<operation_outcome> transaction_state::rollback(pointer self) {
    co_await asio::this_coro::throw_if_cancelled(false);
    operation_outcome outcome = self->check_open();
    if (outcome.code)
        co_return outcome;
    self->end("was rolled back already");
    if (self->parent_)
        outcome = co_await session::rollback_savepoint(self->root_.session_, self->savepoint_);
    else
        outcome = co_await session::rollback(self->root_.session_, "rollback");
    co_return outcome;
}

namespace {

asio::awaitable<operation_outcome> leave_part(session::pointer used, bool ended, std::string savepoint) {
    operation_outcome outcome;
    if (!ended && savepoint.empty())
        outcome = co_await session::leave_transaction(std::move(used));
    else if (!ended)
        outcome = co_await session::rollback_savepoint(std::move(used), std::move(savepoint));
    co_return outcome;
}

} // namespace

asio::awaitable<operation_outcome> transaction_state::leave_on_strand(pointer self) {
    const bool ended = self->check_open().code.failed();
    if (!ended)
        self->end("was left, and rolled back");
    operation_outcome outcome = co_await leave_part(self->root_.session_, ended, self->savepoint_);
    co_return outcome;
}

void transaction_state::leave() noexcept try {
    const session::pointer used = session_in_use();
    if (used)
        used->run(leave_on_strand(shared_from_this()), nullptr, nullptr,
                  [self = shared_from_this()](error_code) { self->give_back_if_ended(); });
} catch (...) { // without memory for that, the session is closed
    root_.session_->abandon();
}

deadline deadline_of(const transaction_options& options) {
    deadline limit;
    if (options.timeout > std::chrono::milliseconds(0)) {
        limit.limit = options.timeout;
        limit.when = saturated_deadline(options.timeout);
    }
    return limit;
}

} // namespace coropq::detail
