// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_FAN_OUT_CORE_HPP
#define COROPQ_SRC_FAN_OUT_CORE_HPP

#include <coropq/detail/fan_out_core.hpp>

#include "fan_out/outcome_queue.hpp"
#include "fan_out/statement_runner.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace coropq::detail {

/// A fan-out. The statements are driven on a strand of the executor that it was started on, where the user's source
/// and progress handler are called as well. Outcomes are handed over under a mutex, from and to any thread.
///
/// What waits for something (a statement, a timer, the source) owns the core; the core owns no handler of the user, so
/// nothing is left when a context is destroyed in the middle.
class fan_out_core : public std::enable_shared_from_this<fan_out_core> {
public:
    using clock = std::chrono::steady_clock;

    enum class end_reason { none, cancelled, out_of_time, failure, success };
    enum class taken { one, none_yet, none_left };

    /// `unlimited`: all outcomes are going to be taken, so there is no window.
    fan_out_core(std::unique_ptr<statement_runner> runner, std::unique_ptr<fan_out_input> input,
                 fan_out_options options, fan_out_mapping mapping, bool unlimited);
    fan_out_core(const fan_out_core&) = delete;
    fan_out_core& operator=(const fan_out_core&) = delete;
    ~fan_out_core() = default;

    // From any thread.

    /// Begins, if it hasn't begun.
    void start(const boost::asio::any_io_executor& executor);
    void cancel();
    /// Cancels, and nobody wants to know the rest.
    void abandon() noexcept;
    taken take(fan_out_record& record);
    fan_out_progress progress() const;

    /// Waits until so many outcomes can be taken, or there will be no more, or the coroutine is cancelled, or for no
    /// reason at all. One at a time.
    static boost::asio::awaitable<void> wait(std::shared_ptr<fan_out_core> self, std::size_t outcomes);

    bool has_ended() const;

    // At the end, when all outcomes were taken.

    /// Throws what the user's functions threw.
    void rethrow_problem() const;
    /// Throws what the policy says about the statements.
    void rethrow_failure() const;

private:
    // A statement that was started. Its place is used again.
    struct place {
        boost::asio::cancellation_signal stop;
        std::optional<statement> again; ///< If it could be repeated.
        result output;
        diagnostics details;
        boost::system::error_code code;
        std::unique_ptr<boost::asio::steady_timer> pause;
        clock::time_point began;
        std::size_t index = 0;
        int attempts = 0;
        bool may_have_run = false; ///< In one of its attempts.
        bool in_use = false;
        bool pausing = false;
    };

    struct attempt_ended;
    struct initiate_wait;

    // On the strand.
    void begin();
    void go_on();
    bool may_read() const noexcept;
    void read_one(std::size_t index);
    void read_later(std::size_t index);
    void was_read(std::size_t index, const std::exception_ptr& problem, bool more);
    void accept(std::size_t index);
    place& take_place(std::size_t index);
    void launch(place& used);
    void attempt_over(place& used, boost::system::error_code code);
    bool pause_before_next(place& used);
    void pause_over(place& used);
    void settle(place& used, erased_value mapped);
    void deliver(fan_out_record record, std::size_t rows);
    void stop(end_reason why, std::size_t index = 0);
    void break_off(std::exception_ptr problem);
    void finish();
    void tick();
    void tell_progress();

    // With the mutex held.
    void wake();

    std::unique_ptr<statement_runner> runner_;
    std::unique_ptr<fan_out_input> input_;
    const fan_out_options options_;
    const fan_out_mapping mapping_;
    std::size_t concurrency_;

    // On the strand only.
    std::deque<place> places_;
    std::vector<place*> free_;
    std::size_t running_ = 0;
    fan_out_item item_;
    boost::asio::cancellation_signal stop_reading_;
    std::optional<boost::asio::steady_timer> deadline_;
    std::optional<boost::asio::steady_timer> next_tick_;
    bool is_ticking_ = false;
    bool is_reading_ = false;
    bool is_going_on_ = false;
    bool is_ending_ = false;
    bool source_ended_ = false;
    end_reason reason_ = end_reason::none;

    mutable std::mutex mutex_;
    std::optional<boost::asio::strand<boost::asio::any_io_executor>> strand_; ///< Set once, when it begins.
    std::optional<boost::asio::steady_timer> taker_;                          ///< Whoever waits for outcomes.
    std::size_t wanted_ = static_cast<std::size_t>(-1);                       ///< … and for how many.
    outcome_queue outcomes_;
    fan_out_progress counts_;
    std::optional<clock::time_point> began_;
    std::optional<clock::time_point> ended_;
    std::size_t not_run_ =
        0; ///< At the end: the index of the first statement that was never read and is left to be told.
    boost::system::error_code end_code_; ///< Of the statements that are cancelled or not run.
    diagnostics end_details_;
    std::optional<fan_out_record> first_failure_; ///< Without its value.
    end_reason told_reason_ = end_reason::none;
    std::exception_ptr problem_;
    bool cancel_requested_ = false;
    bool abandoned_ = false;
    bool finished_ = false;
    bool succeeded_ = false; ///< One at least.
};

} // namespace coropq::detail

#endif
