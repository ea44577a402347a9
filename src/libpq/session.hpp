// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SESSION_HPP
#define COROPQ_SRC_LIBPQ_SESSION_HPP

#include <coropq/detail/initiation.hpp>
#include <coropq/options.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/url.hpp>

#include "operation/run_operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>

namespace coropq::detail {

struct connect_plan;

/// One session with a server: a PGconn, its socket, and the strand that both live on. Nothing of libpq shows here.
///
/// The operations are coroutines that run on the session's strand (`run` sees to that) and throw for lack of memory
/// only. They are given the session, and so keep it alive.
class session : public std::enable_shared_from_this<session> {
public:
    static std::shared_ptr<session> create(const boost::asio::any_io_executor& executor);

    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();

    const boost::asio::any_io_executor& executor() const noexcept;

    using pointer = std::shared_ptr<session>;
    static boost::asio::awaitable<operation_outcome> connect(pointer self, url address, connect_options options);
    static boost::asio::awaitable<operation_outcome> execute(pointer self, statement work);
    static boost::asio::awaitable<operation_outcome> ping(pointer self);
    static boost::asio::awaitable<operation_outcome> close(pointer self);

    /// The owner is gone: ends the operation in progress and closes the session. From any thread, without waiting.
    void abandon() noexcept;

    /// Whether the session is open, idle, outside of a transaction, and not known to be dead. Looks at what has arrived
    /// on the socket, without waiting. Only while no operation is in progress.
    bool is_reusable();

    /// Runs an operation on the session's strand and completes a handler on the handler's executor.
    void run(boost::asio::awaitable<operation_outcome> operation, result* output, diagnostics* details,
             operation_handler handler);

    /// The same, from a coroutine that lives elsewhere. Cancelling it cancels the operation.
    static boost::asio::awaitable<operation_outcome> run(pointer self,
                                                         boost::asio::awaitable<operation_outcome> operation);

private:
    struct state;

    explicit session(const boost::asio::any_io_executor& executor);

    boost::asio::awaitable<void> open(connect_plan plan, operation_outcome& outcome);
    boost::asio::awaitable<operation_outcome> execute_exclusively(const statement& work);
    boost::asio::awaitable<boost::system::error_code> send_all();
    boost::asio::awaitable<boost::system::error_code> read_results(operation_outcome& outcome);
    boost::asio::awaitable<boost::system::error_code> wait_for_input();
    boost::asio::awaitable<boost::system::error_code> leave_copy(int status, operation_outcome& outcome);
    operation_outcome lost(boost::system::error_code code, std::string hint);
    void finish();

    std::unique_ptr<state> state_;
};

} // namespace coropq::detail

#endif
