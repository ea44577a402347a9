// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/housekeeper.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <exception>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coropq::detail {

// Shared with the clocks, which may outlive the context and the service. What waits in it refers to them weakly.
struct housekeeper_thread {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
    std::mutex mutex;
    std::thread thread;
    bool ended = false;
    std::vector<std::weak_ptr<alarm_clock>> clocks;

    void start() {
        const std::scoped_lock lock(mutex);
        if (ended || thread.joinable())
            return;
        // Signals are for the threads of the program.
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            thread = std::thread([this] { io.run(); });
        } catch (...) {
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw;
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
};

alarm_clock::alarm_clock(std::shared_ptr<housekeeper_thread> thread, std::function<void()> ring,
                         std::function<void()> end)
    : thread_(std::move(thread)), ring_(std::move(ring)), end_(std::move(end)), timer_(thread_->io) {}

void alarm_clock::set(clock::time_point when) noexcept {
    {
        const std::scoped_lock lock(mutex_);
        if (when >= armed_)
            return;
        armed_ = when;
    }
    try {
        thread_->start();
        asio::post(thread_->io, [weak = weak_from_this(), when] {
            if (const std::shared_ptr<alarm_clock> self = weak.lock())
                self->start_waiting(when);
        });
    } catch (const std::exception&) {
        const std::scoped_lock lock(mutex_);
        armed_ = clock::time_point::max(); // the next one tries again
    }
}

void alarm_clock::start_waiting(clock::time_point when) {
    {
        const std::scoped_lock lock(mutex_);
        if (when != armed_) // set to an earlier time since, or rung already
            return;
    }
    timer_.expires_at(when);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& code) {
        if (const std::shared_ptr<alarm_clock> self = weak.lock(); self && !code)
            self->expired();
    });
}

void alarm_clock::expired() {
    {
        // Another time may have been set while this expiry was on its way: that is waited for by itself.
        const std::scoped_lock lock(mutex_);
        if (armed_ > clock::now())
            return;
        armed_ = clock::time_point::max();
    }
    ring_();
}

asio::execution_context::id housekeeper::id;

housekeeper::housekeeper(asio::execution_context& context)
    : service(context), thread_(std::make_shared<housekeeper_thread>()) {}

housekeeper::~housekeeper() = default;

std::shared_ptr<alarm_clock> housekeeper::make_clock(std::function<void()> ring, std::function<void()> end) {
    auto made = std::make_shared<alarm_clock>(thread_, std::move(ring), std::move(end));
    const std::scoped_lock lock(thread_->mutex);
    std::erase_if(thread_->clocks, [](const std::weak_ptr<alarm_clock>& old) { return old.expired(); });
    thread_->clocks.push_back(made);
    return made;
}

void housekeeper::shutdown() {
    std::thread running;
    std::vector<std::weak_ptr<alarm_clock>> clocks;
    {
        const std::scoped_lock lock(thread_->mutex);
        thread_->ended = true;
        running = std::move(thread_->thread);
        clocks = std::move(thread_->clocks);
    }
    thread_->io.stop();
    if (running.joinable())
        running.join();
    for (const std::weak_ptr<alarm_clock>& each : clocks) {
        if (const std::shared_ptr<alarm_clock> left = each.lock())
            left->end_();
    }
}

} // namespace coropq::detail
