// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/cancel_request.hpp"

#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace asio = boost::asio;

namespace coropq::detail {

#ifdef LIBPQ_HAS_ASYNC_CANCEL

namespace {

struct cancel_deleter {
    void operator()(PGcancelConn* handle) const noexcept { PQcancelFinish(handle); }
};

} // namespace

// The loop of connector::shake_hands. libpq reads nothing from a name server here: it has the address.
asio::awaitable<void> send_cancel_request(session::state& session, std::chrono::steady_clock::time_point deadline) {
    const std::unique_ptr<PGcancelConn, cancel_deleter> request(PQcancelCreate(session.handle.get()));
    if (!request || PQcancelStart(request.get()) != 1)
        co_return;
    borrowed_socket socket(session.strand); // gone before the request, which owns what it watches
    const time_limit limit(session.strand, deadline, [&socket] { socket.cancel(); });
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) {
        if (std::chrono::steady_clock::now() >= deadline)
            co_return;
        socket.take(PQcancelSocket(request.get()));
        boost::system::error_code code;
        if (next == PGRES_POLLING_READING)
            code = co_await socket.wait_readable();
        else
            code = co_await socket.wait_writable();
        socket.give_back();
        if (code)
            co_return;
        next = PQcancelPoll(request.get());
    }
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
            if (const std::shared_ptr<waiting> still_present = waiter.lock())
                still_present->done.cancel();
        });
}

} // namespace

asio::awaitable<void> send_cancel_request(session::state& session, std::chrono::steady_clock::time_point deadline) {
    cancel_handle request(PQgetCancel(session.handle.get()));
    if (!request)
        co_return;
    asio::execution_context& context = asio::query(session.executor, asio::execution::context);
    const std::shared_ptr<lifeline> line = asio::use_service<lifeline_service>(context).line();
    const auto waiter = std::make_shared<waiting>(session.strand, deadline);
    try {
        const std::weak_ptr<waiting> weak = waiter;
        std::thread([request = std::move(request), line, weak] {
            cancel_and_tell(request.get(), line, weak);
        }).detach();
    } catch (const std::system_error&) {
        co_return; // no thread to be had: the answer is read to its end
    }
    boost::system::error_code ignored;
    co_await waiter->done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

#endif

} // namespace coropq::detail
