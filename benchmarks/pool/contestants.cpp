// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/contestants.hpp"

#include "pool/plain_pool.hpp"
#include "pool/slow_forwarder.hpp"

#include <coropq/connection.hpp>
#include <coropq/engine.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <latch>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coropq::bench {

namespace {

// What the work is done with: `acquire()` gives something that goes back when it is destroyed.

class coropq_source {
public:
    using held = connection;

    coropq_source(asio::io_context& context, const url& address, std::size_t size, std::size_t idle = 0)
        : engine_(create_engine(context, address, engine_options().pool(pool_options().size(size).min_idle(idle)))) {}

    asio::awaitable<connection> acquire() const { return engine_.connect(); }
    void grow_to(std::size_t size) const { engine_.resize(size); }

private:
    engine engine_;
};

class plain_source {
public:
    using held = plain_pool::lease;

    plain_source(asio::io_context& context, const url& address, std::size_t size, std::size_t = 0)
        : pool_(context.get_executor(), address, size) {}

    asio::awaitable<plain_pool::lease> acquire() { return pool_.acquire(); }
    void grow_to(std::size_t size) { pool_.resize(size); }

private:
    plain_pool pool_;
};

const connection& session_of(const connection& held) { return held; }
const connection& session_of(const plain_pool::lease& held) { return *held; }

/// Coroutines that work at the same time; `ended` is called when the last of them gets to its end.
class group {
public:
    group(asio::io_context& context, std::size_t count, std::function<void()> ended)
        : context_(context), left_(count), ended_(std::move(ended)) {}

    void start(asio::awaitable<void> work) {
        asio::co_spawn(context_, std::move(work), [this](const std::exception_ptr& problem) {
            if (problem)
                std::rethrow_exception(problem);
            if (--left_ == 0)
                ended_();
        });
    }

private:
    asio::io_context& context_;
    std::atomic<std::size_t> left_;
    std::function<void()> ended_;
};

template <typename Source>
asio::awaitable<void> hold_at_once(Source& source, std::size_t count) {
    std::vector<typename Source::held> all;
    while (all.size() != count) {
        typename Source::held one = co_await source.acquire();
        all.push_back(std::move(one));
    }
}

/// Opens so many connections.
template <typename Source>
void fill(asio::io_context& context, Source& source, std::size_t count) {
    group one(context, 1, [] {});
    one.start(hold_at_once(source, count));
    context.run();
    context.restart();
}

template <typename Source>
asio::awaitable<void> use_in_turn(Source& source, std::size_t count, std::latch& start) {
    start.arrive_and_wait();
    for (std::size_t i = 0; i != count; ++i)
        const typename Source::held held = co_await source.acquire();
}

template <typename Source>
asio::awaitable<void> use_and_yield(Source& source, std::size_t count) {
    for (std::size_t i = 0; i != count; ++i) {
        const typename Source::held held = co_await source.acquire();
        co_await asio::post(asio::use_awaitable);
    }
}

template <typename Source>
asio::awaitable<void> serve_request(Source& source) {
    const typename Source::held held = co_await source.acquire();
    co_await session_of(held).execute("select pg_sleep(0.002)");
}

template <typename Source>
std::uint64_t measure_uses(meter& measured, const std::string& address, std::size_t uses, std::size_t threads) {
    asio::io_context context(static_cast<int>(threads));
    Source source(context, url::parse(address), threads);
    fill(context, source, threads);
    std::latch all_there(static_cast<std::ptrdiff_t>(threads));
    group users(context, threads, [&measured] { measured.stop(); });
    for (std::size_t i = 0; i != threads; ++i)
        users.start(use_in_turn(source, uses, all_there));
    measured.start();
    std::vector<std::jthread> others;
    while (others.size() + 1 != threads)
        others.emplace_back([&context] { context.run(); });
    context.run();
    return uses * threads;
}

template <typename Source>
std::uint64_t measure_waiting(meter& measured, const std::string& address, const sizes& size) {
    asio::io_context context(1);
    Source source(context, url::parse(address), shared_connections);
    fill(context, source, shared_connections);
    group users(context, size.waiters, [&measured] { measured.stop(); });
    for (std::size_t i = 0; i != size.waiters; ++i)
        users.start(use_and_yield(source, size.turns));
    measured.start();
    context.run();
    return size.waiters * size.turns;
}

template <typename Source>
std::uint64_t measure_spike(meter& measured, const std::string& address, const sizes& size) {
    slow_forwarder server(url::parse(address), spike_connect_time);
    asio::io_context context(1);
    // Enlarged when it has its five connections, so that it has five, and not one more for the one who asked first.
    Source source(context, server.address(), spike_idle, spike_idle);
    fill(context, source, spike_idle);
    source.grow_to(spike_size);
    const auto before = static_cast<double>(server.connections());
    group users(context, size.requests, [&measured] { measured.stop(); });
    for (std::size_t i = 0; i != size.requests; ++i)
        users.start(serve_request(source));
    measured.start();
    context.run();
    // What is opened in the background, or with a delay, counts too.
    context.restart();
    asio::steady_timer settled(context, 3 * spike_connect_time);
    settled.async_wait(asio::detached);
    context.run();
    if (before != spike_idle)
        throw std::runtime_error("the spike found " + std::to_string(before) + " connections");
    measured.count(static_cast<double>(server.connections()));
    return size.requests;
}

} // namespace

contestant coropq_uncontended(const std::string& url, const sizes& size) {
    return {"coropq uncontended",
            [=](meter& measured) { return measure_uses<coropq_source>(measured, url, size.uses, 1); }};
}

contestant plain_uncontended(const std::string& url, const sizes& size) {
    return {"plain uncontended",
            [=](meter& measured) { return measure_uses<plain_source>(measured, url, size.uses, 1); }};
}

contestant coropq_waiting(const std::string& url, const sizes& size) {
    return {"coropq waiting", [=](meter& measured) { return measure_waiting<coropq_source>(measured, url, size); }};
}

contestant plain_waiting(const std::string& url, const sizes& size) {
    return {"plain waiting", [=](meter& measured) { return measure_waiting<plain_source>(measured, url, size); }};
}

contestant coropq_threads(const std::string& url, const sizes& size) {
    return {"coropq threads",
            [=](meter& measured) { return measure_uses<coropq_source>(measured, url, size.uses, thread_count); }};
}

contestant plain_threads(const std::string& url, const sizes& size) {
    return {"plain threads",
            [=](meter& measured) { return measure_uses<plain_source>(measured, url, size.uses, thread_count); }};
}

contestant coropq_spike(const std::string& url, const sizes& size) {
    return {"coropq spike", [=](meter& measured) { return measure_spike<coropq_source>(measured, url, size); }};
}

contestant plain_spike(const std::string& url, const sizes& size) {
    return {"plain spike", [=](meter& measured) { return measure_spike<plain_source>(measured, url, size); }};
}

} // namespace coropq::bench
