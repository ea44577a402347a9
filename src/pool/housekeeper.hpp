// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_HOUSEKEEPER_HPP
#define COROPQ_SRC_POOL_HOUSEKEEPER_HPP

#include <boost/asio/execution_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace coropq::detail {

struct housekeeper_thread;

/// Calls a function when a time has come, on a thread of the library: a timer on the user's context would be work,
/// which keeps the context from finishing. Setting it from any thread.
class alarm_clock : public std::enable_shared_from_this<alarm_clock> {
public:
    using clock = std::chrono::steady_clock;

    alarm_clock(std::shared_ptr<housekeeper_thread> thread, std::function<void()> ring, std::function<void()> end);

    /// Rings at that time, or at an earlier one that was set before; once. Not at all if no thread is to be had.
    void set(clock::time_point when) noexcept;

private:
    friend class housekeeper;

    void start_waiting(clock::time_point when);
    void expired();

    const std::shared_ptr<housekeeper_thread> thread_;
    const std::function<void()> ring_;
    const std::function<void()> end_;
    boost::asio::steady_timer timer_; ///< Used on the thread only.
    std::mutex mutex_;
    clock::time_point armed_ = clock::time_point::max();
};

/// The thread behind the alarm clocks of one execution context. It is started when it is first needed, and joined
/// before the context goes: what an alarm does may use the context.
class housekeeper : public boost::asio::execution_context::service {
public:
    using key_type = housekeeper;
    static boost::asio::execution_context::id id;

    explicit housekeeper(boost::asio::execution_context& context);
    ~housekeeper() override;

    /// `ring` is called on the thread, and must not throw. `end` is called once on another one when the context is
    /// about to go, unless the clock went before: then nothing must be begun in it any more.
    std::shared_ptr<alarm_clock> make_clock(std::function<void()> ring, std::function<void()> end);

private:
    void shutdown() override;

    std::shared_ptr<housekeeper_thread> thread_;
};

} // namespace coropq::detail

#endif
