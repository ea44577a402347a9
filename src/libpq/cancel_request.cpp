// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/cancel_request.hpp"

#include "libpq/stop_guard.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <signal.h>

#include <functional>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

#ifdef LIBPQ_HAS_ASYNC_CANCEL

namespace {

struct cancel_deleter {
    void operator()(PGcancelConn* handle) const noexcept { PQcancelFinish(handle); }
};

} // namespace

// The loop of connector::shake_hands. libpq reads nothing from a name server here: it has the address.
asio::awaitable<bool> send_cancel_request(session::state& session, std::chrono::steady_clock::time_point deadline) {
    const std::unique_ptr<PGcancelConn, cancel_deleter> request(PQcancelCreate(session.handle.get()));
    if (!request || PQcancelStart(request.get()) != 1)
        co_return true;                     // it can't be sent at all: the answer is read to its end
    borrowed_socket socket(session.strand); // gone before the request, which owns what it watches
    bool stopped = false;
    const auto stop = [&socket, &stopped] {
        stopped = true;
        socket.cancel();
    };
    const stop_guard stoppable(session, stop);
    const time_limit limit(session.strand, deadline, stop);
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) {
        if (stopped || std::chrono::steady_clock::now() >= deadline)
            co_return false;
        socket.take(PQcancelSocket(request.get()));
        boost::system::error_code code;
        if (next == PGRES_POLLING_READING)
            code = co_await socket.wait_readable();
        else
            code = co_await socket.wait_writable();
        socket.give_back();
        if (code)
            co_return false;
        next = PQcancelPoll(request.get());
    }
    co_return true;
}

#else

namespace {

struct cancel_deleter {
    void operator()(PGcancel* handle) const noexcept { PQfreeCancel(handle); }
};
using cancel_handle = std::unique_ptr<PGcancel, cancel_deleter>;

// Tells threads that outlive an execution context that it has gone: nothing of it may be touched then.
struct lifeline {
    std::mutex mutex;
    bool cut = false;
};

class lifeline_service : public asio::execution_context::service {
public:
    using key_type = lifeline_service;
    static inline asio::execution_context::id id;

    explicit lifeline_service(asio::execution_context& context) : service(context) {}

    const std::shared_ptr<lifeline>& line() const noexcept { return line_; }

private:
    void shutdown() override {
        const std::scoped_lock lock(line_->mutex);
        line_->cut = true;
    }

    std::shared_ptr<lifeline> line_ = std::make_shared<lifeline>();
};

// Belongs to the waiting coroutine; the thread looks at it only while the lifeline holds.
struct waiting {
    waiting(const session_strand& strand, asio::steady_timer::time_point deadline) : done(strand, deadline) {}

    asio::steady_timer done;
    bool sent = false; // known on the strand
};

void cancel_and_tell(const PGcancel* request, const std::shared_ptr<lifeline>& line,
                     const std::weak_ptr<waiting>& waiter) {
    char ignored[256];
    PQcancel(const_cast<PGcancel*>(request), ignored, sizeof ignored);
    const std::scoped_lock lock(line->mutex);
    if (line->cut)
        return;
    if (const std::shared_ptr<waiting> present = waiter.lock())
        asio::post(present->done.get_executor(), [waiter] {
            if (const std::shared_ptr<waiting> still_present = waiter.lock()) {
                still_present->sent = true;
                still_present->done.cancel();
            }
        });
}

// Signals are for the threads of the program, and a connection that is reset while libpq sends is no reason to end it
// (SIGPIPE).
class signal_guard {
public:
    signal_guard() {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    signal_guard(const signal_guard&) = delete;
    signal_guard& operator=(const signal_guard&) = delete;
    ~signal_guard() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

} // namespace

asio::awaitable<bool> send_cancel_request(session::state& session, std::chrono::steady_clock::time_point deadline) {
    cancel_handle request(PQgetCancel(session.handle.get()));
    if (!request)
        co_return true; // it can't be sent at all: the answer is read to its end
    asio::execution_context& context = asio::query(session.executor, asio::execution::context);
    const std::shared_ptr<lifeline> line = asio::use_service<lifeline_service>(context).line();
    const auto waiter = std::make_shared<waiting>(session.strand, deadline);
    try {
        const signal_guard no_signals; // the thread inherits that
        const std::weak_ptr<waiting> weak = waiter;
        std::thread([request = std::move(request), line, weak] {
            cancel_and_tell(request.get(), line, weak);
        }).detach();
    } catch (const std::system_error&) {
        co_return true; // no thread to be had: the same
    }
    const stop_guard stoppable(session, [&waiter] { waiter->done.cancel(); });
    boost::system::error_code ignored;
    co_await waiter->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return waiter->sent;
}

#endif

} // namespace coropq::detail
