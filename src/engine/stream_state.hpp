// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_STREAM_STATE_HPP
#define COROPQ_SRC_ENGINE_STREAM_STATE_HPP

#include <coropq/statement.hpp>
#include <coropq/stream.hpp>

#include "libpq/session.hpp"
#include "operation/run_operation.hpp"
#include "pool/lease.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace coropq::detail {

/// An open stream: a session to itself, and the way back for it.
class stream_state : public std::enable_shared_from_this<stream_state> {
public:
    /// `gives_back`: the lease is the stream's own, and ends with it. Else it is that of a connection, or of a
    /// transaction, and may end at any time. `limit`: the deadline of all of it, beside that of the statement.
    stream_state(std::shared_ptr<lease> used, bool gives_back, stream_options options, const deadline& limit = {});
    stream_state(const stream_state&) = delete;
    stream_state& operator=(const stream_state&) = delete;
    /// Gives its own lease back if nobody did.
    ~stream_state();

    using pointer = std::shared_ptr<stream_state>;

    // Each throws the error that belongs to a failure, and ends the stream then. `until`: the deadline of opening it.
    static boost::asio::awaitable<void> open(pointer self, statement work, deadline until = {});
    static boost::asio::awaitable<result> next_batch(pointer self);
    static boost::asio::awaitable<void> close(pointer self);

    /// Nobody is interested any more: ends the stream in the background, behind a read that is going on. Operations on
    /// the session that begin afterwards come after that.
    void leave() noexcept;

private:
    boost::asio::awaitable<operation_outcome> open_cursor(session::pointer used, statement work, deadline until);
    boost::asio::awaitable<operation_outcome> read();
    boost::asio::awaitable<operation_outcome> fetch();
    boost::asio::awaitable<operation_outcome> ending(const session::pointer& used, bool failed);
    boost::asio::awaitable<operation_outcome> run(statement work, deadline until);
    boost::asio::awaitable<operation_outcome> end(bool failed);
    void end_in_background(bool failed);
    bool uses_cursor() const noexcept { return options_.strategy == stream_strategy::cursor; }
    void give_back() noexcept;

    const std::shared_ptr<lease> lease_;
    const bool gives_back_;
    stream_options options_;
    const deadline limit_;
    std::optional<std::chrono::milliseconds> timeout_; ///< Of the statement, for each batch.
    std::string cursor_;                               ///< Its name, once it is there.
    bool own_transaction_ = false;
    bool binary_ = false; ///< Whether the cursor's rows can come in binary form.
    bool open_ = false;
    int reading_ = 0;   ///< How many `next_batch` there are.
    bool left_ = false; ///< While one was.
};

} // namespace coropq::detail

#endif
