// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/outcome_delivery.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

recipient::recipient(outcome_handler told, bool at_home, const asio::any_io_executor& executor)
    : handler(std::move(told)) {
    if (!at_home)
        elsewhere = std::make_unique<asio::any_completion_executor>(
            asio::prefer(asio::get_associated_executor(handler, executor), asio::execution::outstanding_work.tracked));
}

namespace {

class bound_outcome : public outcome_adaptor<outcome_handler> {
public:
    bound_outcome(outcome_handler handler, operation_outcome outcome)
        : outcome_adaptor(std::move(handler)), outcome_(std::move(outcome)) {}

    void operator()() { std::move(handler_)(outcome_); }

private:
    operation_outcome outcome_;
};

// What belongs to our own context stays behind: the other one may outlive it.
void deliver_elsewhere(const asio::any_io_executor& executor, outgoing_outcome& one) {
    // The last that keeps the handler's context at work goes when this returns, and not before.
    const std::unique_ptr<asio::any_completion_executor> elsewhere = std::move(one.to.elsewhere);
    bound_outcome bound(std::move(one.to.handler), std::move(one.outcome));
    asio::post(executor, asio::bind_executor(*elsewhere, std::move(bound)));
}

} // namespace

// Those that were ready at the same time. Any thread may take the next one.
class outcome_delivery::batch {
public:
    explicit batch(std::vector<outgoing_outcome> ready) noexcept : ready_(std::move(ready)) {}

    std::size_t left() const noexcept {
        const std::size_t taken = next_.load(std::memory_order_relaxed);
        return taken < ready_.size() ? ready_.size() - taken : 0;
    }

    /// Null: none is left.
    outgoing_outcome* take() noexcept {
        const std::size_t mine = next_.fetch_add(1, std::memory_order_relaxed);
        return mine < ready_.size() ? &ready_[mine] : nullptr;
    }

private:
    std::vector<outgoing_outcome> ready_;
    std::atomic<std::size_t> next_ = 0;
};

outcome_delivery::outcome_delivery(const asio::any_io_executor& executor, std::shared_ptr<void> kept)
    : executor_(asio::prefer(asio::require(executor, asio::execution::blocking.never),
                             asio::execution::outstanding_work.tracked))
    , kept_(std::move(kept)) {}

void outcome_delivery::add(std::vector<outgoing_outcome> ready) {
    // What waits here doesn't keep itself alive: whoever is posted does, until the context drops him.
    for (outgoing_outcome& each : ready)
        each.to.by.reset();
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::make_shared<batch>(std::move(ready)));
    if (!posted_)
        post();
}

void outcome_delivery::post() {
    executor_.execute([self = shared_from_this()] { self->run(); });
    posted_ = true;
}

std::shared_ptr<outcome_delivery::batch> outcome_delivery::first() {
    while (!waiting_.empty() && waiting_.front()->left() == 0)
        waiting_.pop_front();
    return waiting_.empty() ? nullptr : waiting_.front();
}

bool outcome_delivery::is_one_enough() {
    const std::shared_ptr<batch> next = first();
    return !next || (waiting_.size() == 1 && next->left() == 1);
}

// While any are left, there is one more that wants to go on with them: a handler may take long, throw, or wait for one
// that comes behind it, and then another thread calls the others.
void outcome_delivery::run() {
    std::size_t most = 64; // then it is the turn of others on this thread
    std::shared_ptr<batch> current;
    {
        const std::lock_guard lock(mutex_);
        posted_ = false;
        try {
            if (!is_one_enough())
                post();
        } catch (...) { // without memory for that, nobody else comes
            most = std::numeric_limits<std::size_t>::max();
        }
        current = first();
    }
    for (std::size_t called = 0; current && called != most;) {
        if (outgoing_outcome* mine = current->take()) {
            operation_outcome outcome = std::move(mine->outcome);
            std::move(mine->to.handler)(outcome);
            ++called;
        } else {
            const std::lock_guard lock(mutex_);
            current = first();
        }
    }
}

void outcome_delivery::deliver(std::vector<outgoing_outcome> ready) {
    const auto is_elsewhere = [](const outgoing_outcome& each) { return each.to.elsewhere != nullptr; };
    std::vector<outgoing_outcome> at_home;
    if (std::none_of(ready.begin(), ready.end(), is_elsewhere)) {
        at_home = std::move(ready);
    } else {
        // Not sorted out in place: with Boost 1.81, the move assignment of an any_completion_handler never ends.
        for (outgoing_outcome& each : ready) {
            if (is_elsewhere(each))
                deliver_elsewhere(each.to.by->executor_, each);
            else
                at_home.push_back(std::move(each));
        }
    }
    if (at_home.empty())
        return;
    std::shared_ptr<outcome_delivery> by = at_home.front().to.by;
    by->add(std::move(at_home));
}

void outcome_delivery::deliver(recipient to, operation_outcome outcome) {
    std::vector<outgoing_outcome> ready;
    ready.emplace_back(std::move(to), std::move(outcome));
    deliver(std::move(ready));
}

} // namespace coropq::detail
