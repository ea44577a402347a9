// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ENGINE_TRANSACTION_STATE_HPP
#define COROPQ_SRC_ENGINE_TRANSACTION_STATE_HPP

#include <coropq/transaction.hpp>

#include "libpq/session.hpp"
#include "operation/run_operation.hpp"
#include "pool/lease.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace coropq::detail {

/// A transaction, or a nested one. The operations are coroutines for the session's strand, and so is what isn't atomic
/// or const: users of one connection may be on different threads, one after the other, and the background is another.
class transaction_state : public std::enable_shared_from_this<transaction_state> {
public:
    using pointer = std::shared_ptr<transaction_state>;

    /// `gives_back`: the lease is the transaction's own, and ends with it.
    transaction_state(std::shared_ptr<lease> leased, bool gives_back, deadline limit);
    /// A nested one.
    explicit transaction_state(pointer parent);
    transaction_state(const transaction_state&) = delete;
    transaction_state& operator=(const transaction_state&) = delete;
    ~transaction_state();

    static boost::asio::awaitable<operation_outcome> begin(pointer self, transaction_options options);
    static boost::asio::awaitable<operation_outcome> begin_nested(pointer self);
    /// Whether statements may be run.
    static boost::asio::awaitable<operation_outcome> check(pointer self);
    static boost::asio::awaitable<operation_outcome> execute(pointer self, statement work);
    static boost::asio::awaitable<operation_outcome> run_pipeline(pointer self, std::shared_ptr<pipeline_job> job);
    static boost::asio::awaitable<operation_outcome> commit(pointer self, std::string sql = "commit");
    static boost::asio::awaitable<operation_outcome> rollback(pointer self);

    /// Nobody is interested any more: rolls back in the background. From any thread.
    void leave() noexcept;

    /// Whom the operations run on; null if there is nobody. On the user's thread.
    session::pointer session_in_use() const;
    /// Why there is nobody.
    operation_outcome nobody() const;
    /// After an operation, on any thread: a lease of its own goes back with the end of the transaction.
    void give_back_if_ended() noexcept;

    bool is_open() const noexcept { return !ended_; }
    bool is_nested() const noexcept { return parent_ != nullptr; }
    const std::shared_ptr<lease>& leased() const noexcept { return root_.lease_; }
    const deadline& limit() const noexcept { return root_.limit_; }

private:
    static boost::asio::awaitable<operation_outcome> leave_on_strand(pointer self);
    operation_outcome check_usable() const;
    operation_outcome check_open() const;
    void note(operation_outcome& outcome);
    void end(const char* how);

    const pointer parent_;
    transaction_state& root_;
    const std::shared_ptr<lease> lease_; // of the root
    const session::pointer session_;     // of the root
    const deadline limit_;               // of the root
    const bool gives_back_ = false;
    std::string savepoint_;               // of a nested one
    unsigned savepoints_ = 0;             // of the root: how many there were
    transaction_state* nested_ = nullptr; // the open one
    std::string lost_;                    // of the root: how the connection was lost
    const char* how_ended_ = "has ended already";
    std::atomic<bool> ended_ = false;
    std::atomic<bool> given_back_ = false;
};

/// Begins a transaction on a session that was leased. What fails is thrown; then the lease goes back if it was to.
boost::asio::awaitable<transaction> begin_transaction(boost::asio::any_io_executor executor,
                                                      std::shared_ptr<lease> leased, bool gives_back,
                                                      transaction_options options, deadline limit);

/// The name of a two-phase transaction as SQL writes it.
std::string quoted_gid(std::string_view gid);

/// The deadline of a transaction that begins now.
deadline deadline_of(const transaction_options& options);

} // namespace coropq::detail

#endif
