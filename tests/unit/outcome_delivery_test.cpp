// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How outcomes that are ready at the same time get to their handlers.

#include "operation/outcome_delivery.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
using coropq::detail::operation_outcome;
using coropq::detail::outcome_delivery;
using coropq::detail::outcome_handler;
using coropq::detail::outgoing_outcome;
using coropq::detail::recipient;

/// Recipients of one engine whose executor is that.
struct sender {
    explicit sender(const asio::any_io_executor& its) : executor(its), kept(std::make_shared<int>()) {
        by = std::make_shared<outcome_delivery>(executor, kept);
    }

    template <typename Handler>
    recipient to(Handler handler, bool at_home = true) {
        recipient made(outcome_handler(std::move(handler)), at_home, executor);
        made.by = by;
        return made;
    }

    asio::any_io_executor executor;
    std::shared_ptr<int> kept;
    std::shared_ptr<outcome_delivery> by;
};

operation_outcome numbered(int number) {
    operation_outcome outcome;
    outcome.code.assign(number, boost::system::generic_category());
    return outcome;
}

std::vector<int> up_to(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

TEST(outcome_delivery, each_handler_gets_its_own_in_order_and_none_before_the_context_runs) {
    asio::io_context context(1);
    sender from(context.get_executor());
    std::vector<int> called;
    std::vector<outgoing_outcome> ready;
    for (int i = 0; i != 1000; ++i)
        ready.push_back(
            {from.to([&called](const operation_outcome& outcome) { called.push_back(outcome.code.value()); }),
             numbered(i)});
    outcome_delivery::deliver(std::move(ready));
    EXPECT_TRUE(called.empty());
    from.by = nullptr;
    context.run();
    EXPECT_EQ(called, up_to(1000));
    EXPECT_EQ(from.kept.use_count(), 1);
}

// However many there are, and whatever comes while handlers are being called.
TEST(outcome_delivery, what_was_ready_first_comes_first) {
    asio::io_context context(1);
    sender from(context.get_executor());
    std::vector<int> called;
    int given = 0;
    const auto deliver = [&](int count) {
        std::vector<outgoing_outcome> ready;
        for (; count != 0; --count)
            ready.push_back(
                {from.to([&called](const operation_outcome& outcome) { called.push_back(outcome.code.value()); }),
                 numbered(given++)});
        outcome_delivery::deliver(std::move(ready));
    };
    for (const int count : {1, 200, 64, 1, 65, 500})
        deliver(count);
    for (int turn = 0; turn != 5; ++turn) {
        context.restart();
        context.run_one();
        deliver(100);
    }
    from.by = nullptr;
    context.restart();
    context.run();
    EXPECT_EQ(called, up_to(given));
}

TEST(outcome_delivery, what_a_handler_throws_goes_to_who_runs_the_context_and_the_others_are_called) {
    asio::io_context context(1);
    sender from(context.get_executor());
    std::vector<int> called;
    std::vector<outgoing_outcome> ready;
    for (int i = 0; i != 200; ++i)
        ready.push_back({from.to([&called](const operation_outcome& outcome) {
                             called.push_back(outcome.code.value());
                             if (outcome.code.value() % 50 == 49)
                                 throw std::runtime_error("thrown");
                         }),
                         numbered(i)});
    outcome_delivery::deliver(std::move(ready));
    from.by = nullptr;
    int thrown = 0;
    for (bool ended = false; !ended;) {
        try {
            context.run();
            ended = true;
        } catch (const std::runtime_error&) {
            ++thrown;
            EXPECT_EQ(called.size(), static_cast<std::size_t>(50 * thrown));
        }
    }
    EXPECT_EQ(thrown, 4);
    EXPECT_EQ(called, up_to(200));
}

TEST(outcome_delivery, a_handler_may_wait_for_one_behind_it_that_another_thread_calls) {
    constexpr int count = 300;
    asio::thread_pool threads(2);
    sender from(threads.get_executor());
    std::promise<void> last;
    std::shared_future<void> last_was_called = last.get_future().share();
    std::atomic<int> called = 0;
    std::vector<outgoing_outcome> ready;
    for (int i = 0; i != count; ++i)
        ready.push_back({from.to([&, last_was_called](const operation_outcome& outcome) {
                             if (outcome.code.value() == 0)
                                 last_was_called.wait();
                             if (outcome.code.value() == count - 1)
                                 last.set_value();
                             ++called;
                         }),
                         numbered(i)});
    outcome_delivery::deliver(std::move(ready));
    from.by = nullptr;
    threads.join();
    EXPECT_EQ(called, count);
}

TEST(outcome_delivery, handlers_on_other_executors_run_there) {
    asio::io_context context(1);
    asio::thread_pool elsewhere(1);
    sender from(context.get_executor());
    const auto strand = asio::make_strand(context);
    std::optional<std::thread::id> at_home;
    std::optional<std::thread::id> away;
    bool on_strand = false;
    std::vector<outgoing_outcome> ready;
    ready.push_back({from.to(asio::bind_executor(elsewhere,
                                                 [&](const operation_outcome& outcome) {
                                                     EXPECT_EQ(outcome.code.value(), 1);
                                                     away = std::this_thread::get_id();
                                                 }),
                             false),
                     numbered(1)});
    ready.push_back({from.to([&](const operation_outcome& outcome) {
                         EXPECT_EQ(outcome.code.value(), 2);
                         at_home = std::this_thread::get_id();
                     }),
                     numbered(2)});
    ready.push_back({from.to(asio::bind_executor(strand,
                                                 [&](const operation_outcome& outcome) {
                                                     EXPECT_EQ(outcome.code.value(), 3);
                                                     on_strand = strand.running_in_this_thread();
                                                 }),
                             false),
                     numbered(3)});
    outcome_delivery::deliver(std::move(ready));
    from.by = nullptr;
    context.run();
    elsewhere.join();
    EXPECT_EQ(at_home, std::this_thread::get_id());
    ASSERT_TRUE(away);
    EXPECT_NE(away, std::this_thread::get_id());
    EXPECT_TRUE(on_strand);
    EXPECT_EQ(from.kept.use_count(), 1);
}

TEST(outcome_delivery, contexts_are_at_work_until_the_outcome_is_there) {
    asio::io_context context(1);
    asio::io_context other(1);
    sender from(context.get_executor());
    bool called = false;
    std::optional<recipient> waiting =
        from.to(asio::bind_executor(other, [&](const operation_outcome&) { called = true; }), false);
    from.by = nullptr;
    EXPECT_EQ(context.poll(), 0u);
    EXPECT_FALSE(context.stopped());
    EXPECT_EQ(other.poll(), 0u);
    EXPECT_FALSE(other.stopped());
    outcome_delivery::deliver(std::move(*waiting), numbered(1));
    waiting.reset();
    context.run();
    EXPECT_FALSE(called);
    EXPECT_EQ(from.kept.use_count(), 1) << "nothing of ours goes to the other context";
    other.run();
    EXPECT_TRUE(called);
}

TEST(outcome_delivery, with_the_context_handlers_go_uncalled) {
    auto context = std::make_unique<asio::io_context>(1);
    const auto witness = std::make_shared<int>();
    bool called = false;
    std::optional<sender> from(context->get_executor());
    std::vector<outgoing_outcome> ready;
    for (int i = 0; i != 10; ++i)
        ready.push_back({from->to([&called, witness](const operation_outcome&) { called = true; }), numbered(i)});
    outcome_delivery::deliver(std::move(ready));
    const std::weak_ptr<int> kept = from->kept;
    from.reset();
    EXPECT_EQ(witness.use_count(), 11);
    context.reset();
    EXPECT_FALSE(called);
    EXPECT_EQ(witness.use_count(), 1);
    EXPECT_TRUE(kept.expired());
}

} // namespace
