// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_OUTCOME_DELIVERY_HPP
#define COROPQ_SRC_OPERATION_OUTCOME_DELIVERY_HPP

#include <coropq/detail/outcome.hpp>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace coropq::detail {

class outcome_delivery;

/// Who is told how an operation has ended.
struct recipient {
    /// `at_home`: the handler runs on that executor. Otherwise keeps the handler's own context at work.
    recipient(outcome_handler told, bool at_home, const boost::asio::any_io_executor& executor);

    boost::asio::cancellation_slot slot() const { return boost::asio::get_associated_cancellation_slot(handler); }

    outcome_handler handler;
    std::unique_ptr<boost::asio::any_completion_executor> elsewhere; ///< Where the handler runs; null: at home.
    std::shared_ptr<outcome_delivery> by;                            ///< Set before the operation can end.
};

/// An outcome on its way.
struct outgoing_outcome {
    outgoing_outcome(recipient&& whom, operation_outcome&& what) : to(std::move(whom)), outcome(std::move(what)) {}

    recipient to;
    operation_outcome outcome;
};

/// What the operations of one engine have in common while they are under way: keeps the executor's context at work, and
/// brings outcomes to their handlers.
///
/// They are posted, as all outcomes are (see `departure`), but those that are ready at the same time go together:
/// posting one costs more than delivering it. Handlers are called in the order of `deliver`, and don't wait for each
/// other all the same: with several threads, each calls the next one that nobody has called yet.
class outcome_delivery : public std::enable_shared_from_this<outcome_delivery> {
public:
    /// `kept` lives as long as this does.
    outcome_delivery(const boost::asio::any_io_executor& executor, std::shared_ptr<void> kept);

    /// From any thread. Never runs a handler.
    static void deliver(std::vector<outgoing_outcome> ready);
    static void deliver(recipient to, operation_outcome outcome);

private:
    class batch;

    void add(std::vector<outgoing_outcome> ready);
    void post();
    void run();
    std::shared_ptr<batch> first();
    bool is_one_enough();

    const boost::asio::any_io_executor executor_;
    const std::shared_ptr<void> kept_;

    std::mutex mutex_;
    std::deque<std::shared_ptr<batch>> waiting_; ///< In their order; those at the front may be called already.
    bool posted_ = false;                        ///< Somebody is on his way who will call what is waiting.
};

} // namespace coropq::detail

#endif
