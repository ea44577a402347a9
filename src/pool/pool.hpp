// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_POOL_HPP
#define COROPQ_SRC_POOL_POOL_HPP

#include <coropq/options.hpp>
#include <coropq/pool.hpp>
#include <coropq/url.hpp>

#include "libpq/pipelined_statement.hpp"
#include "libpq/session.hpp"
#include "operation/run_operation.hpp"
#include "pool/lease.hpp"
#include "pool/numbered_queue.hpp"
#include "pool/pool_decisions.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <source_location>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coropq::detail {

class alarm_clock;

/// What somebody wants a connection for, as in `connection_holder`. The text is a constant.
struct lease_origin {
    std::string_view purpose;
    std::source_location where;
};

/// The connections of one engine: does what `pool_decisions` decides. Everything may be called from any thread.
///
/// A mutex guards the decisions and the slots. Every event goes the same way: lock, tell the decisions, take from the
/// slots what their actions need, unlock, carry out the actions. Nothing waits under the mutex, and no code of the user
/// runs there.
class pool final : public std::enable_shared_from_this<pool>, private sharing_owner {
public:
    using clock = pool_decisions::clock;
    using time_point = pool_decisions::time_point;
    using pointer = std::shared_ptr<pool>;
    class queue_place;

    static pointer create(const boost::asio::any_io_executor& executor, url address, engine_options options);
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;
    ~pool();

    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    /// An idle connection that works, as far as can be seen without waiting; null if there is none, or somebody waits.
    std::shared_ptr<lease> try_acquire(const lease_origin& origin);

    /// Gets into the queue, at once. The place is given to `wait`, which runs on that strand; whoever destroys it
    /// leaves the queue. `limit`: the caller's own, beside that of the pool.
    std::shared_ptr<queue_place> enter_queue(const boost::asio::any_io_executor& strand, const lease_origin& origin,
                                             const deadline& limit);
    /// Ends with a connection, or an error and none. Every type of cancellation is accepted.
    static boost::asio::awaitable<operation_outcome> wait(std::shared_ptr<queue_place> place,
                                                          std::shared_ptr<std::shared_ptr<lease>> acquired);

    /// Whether a statement may share a connection with others. Any thread.
    bool may_share(const statement& asked) const;
    /// A statement for `execute_shared`.
    static std::shared_ptr<pipelined_statement> make_shared_statement(statement&& asked);
    /// Runs a statement on a connection that it shares with others, if need be. `engine` is kept until it has ended.
    /// While it waits, every type of cancellation is accepted, then terminal cancellation.
    void execute_shared(std::shared_ptr<pipelined_statement> asked, const deadline& limit, recipient&& caller,
                        std::shared_ptr<void> engine);

    /// Runs a statement on a connection, which it then gives back. On the session's strand: the next user has the
    /// session before the completion is on its way.
    static boost::asio::awaitable<operation_outcome> execute_on(std::shared_ptr<lease> leased, statement asked,
                                                                deadline limit);

    /// For leases. `operations`: so many operations on the session are at their ends.
    void give_back(std::size_t slot, std::shared_ptr<session> returned, int operations) noexcept;

    pool_statistics statistics() const;
    void invalidate();
    void resize(std::size_t size, std::size_t max_overflow);

    /// From now on nobody gets a connection; idle ones are closed, leased ones when they come back.
    void dispose() noexcept;
    /// The same, and waits until those are closed that nobody holds.
    static boost::asio::awaitable<operation_outcome> dispose_and_wait(pointer self);
    /// Lets nobody else in, and waits until all connections have come back and are closed; those that haven't when
    /// the time is up are interrupted and closed: `cut` counts them.
    static boost::asio::awaitable<operation_outcome> drain(pointer self, std::chrono::milliseconds limit,
                                                           std::shared_ptr<std::size_t> cut);

private:
    struct waiter;
    struct shared_statement;
    struct end_watcher;
    using statement_pointer = std::shared_ptr<shared_statement>;

    enum class phase : std::uint8_t { free, opening, checking, idle, leased, shared, returning, closing };

    struct entry {
        std::shared_ptr<detail::session> session;
        phase now = phase::free;
        bool stopping = false; ///< To be closed when what the pool is doing with it has ended.
        bool reported = false; ///< As a leak.
        lease_origin user;
        time_point since;
    };

    /// Something to be done when the mutex isn't held any more.
    struct task {
        enum class kind : std::uint8_t {
            open,
            check,
            interrupt,
            close,
            drop,
            wake_waiter,
            wake_watcher,
            begin_statement,
            join_statement,
            refuse_statement
        };
        kind what{};
        std::size_t slot = 0;
        std::shared_ptr<detail::session> session{};
        std::shared_ptr<void> whom{}; ///< The waiter, the watcher or the statement that it is about.
    };
    struct work {
        std::vector<task> tasks;
        time_point alarm = time_point::max(); ///< The alarm is to be set to an earlier time.
    };

    pool(const boost::asio::any_io_executor& executor, url address, engine_options options);

    // With the mutex held.
    template <typename Event>
    work under_lock(Event&& event);
    work settle(time_point now);
    void settle_action(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks);
    void hand_over(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks);
    void refuse(const pool_decisions::action& wanted, std::vector<task>& tasks);
    void join(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks);
    void lend(entry& to_lend, const lease_origin& origin, time_point now);
    void wake_watchers(std::vector<task>& tasks);
    static connection_holder holder_of(const entry& leased, time_point now);
    std::vector<connection_holder> take_leaks(time_point now);

    // Without.
    template <typename Event>
    void tell(Event&& event);
    void carry_out(work&& wanted);
    void carry_out(task& wanted);
    void open(std::size_t slot);
    void connect_ended(std::size_t slot, const operation_outcome& outcome);
    void check(std::size_t slot, const std::shared_ptr<session>& idle);
    void check_ended(std::size_t slot, std::shared_ptr<session> checked, boost::system::error_code code);
    void close(std::size_t slot, std::shared_ptr<session> unwanted);
    void closed(std::size_t slot);
    void ring() noexcept;
    void context_ends() noexcept;
    void leave(waiter& leaving) noexcept;
    std::shared_ptr<lease> take(waiter& served);
    static void wake(const std::shared_ptr<waiter>& waiting);
    static void wake(const std::shared_ptr<end_watcher>& waiting);
    boost::asio::awaitable<void> wait_for_end(std::shared_ptr<end_watcher> watcher);
    std::size_t cut();
    void report(const std::vector<connection_holder>& leaks) const noexcept;
    struct refused_wait {
        pool_decisions::refusal why{};
        operation_outcome failure; ///< Of the connects, if that is why.
        deadline limit;
        bool limit_is_own = false; ///< The caller's limit ends before that of the pool.
    };
    operation_outcome refusal_of(const refused_wait& refused) const;
    struct wait_limit {
        time_point until;
        bool only_with_room;
        bool limit_is_own;
    };
    wait_limit wait_limit_for(const deadline& limit, time_point since) const;
    bool is_sound(std::size_t slot, std::shared_ptr<session>& taken);

    // Sharing.
    std::shared_ptr<sharing_owner> shared_owner() override {
        return {shared_from_this(), static_cast<sharing_owner*>(this)};
    }
    std::shared_ptr<outcome_delivery> delivery_for(const std::shared_ptr<void>& engine);
    void place(statement_pointer added, const std::shared_ptr<void>& engine);
    void begin_on(std::size_t slot, std::shared_ptr<session> taken, const statement_pointer& first);
    void begin_alone(std::size_t slot, std::shared_ptr<session> taken, const statement_pointer& only);
    void cancel(const statement_pointer& unwanted, boost::asio::cancellation_type type);
    void leave_shared(const sharing_owner::statements& unsent) noexcept;
    void place_again(sharing_owner::statements unsent) noexcept;
    void statements_left(std::size_t slot, std::size_t count) noexcept override;
    void statements_returned(std::size_t slot, sharing_owner::statements unsent) noexcept override;
    void sharing_ends(std::size_t slot) noexcept override;
    bool sharing_ended(std::size_t slot, session_condition condition, std::size_t left,
                       sharing_owner::statements unsent) noexcept override;

    const boost::asio::any_io_executor executor_;
    const url address_;
    const engine_options options_;
    const std::shared_ptr<type_registry> types_; ///< All sessions are of one database.
    std::shared_ptr<alarm_clock> alarm_;

    mutable std::mutex mutex_;
    pool_decisions decisions_;
    std::vector<pool_decisions::action> actions_; ///< Kept for its memory only.
    std::vector<entry> slots_;
    std::unordered_map<pool_decisions::waiter_id, std::shared_ptr<waiter>> waiters_;
    numbered_queue<statement_pointer> statements_; ///< Those that wait.
    std::weak_ptr<outcome_delivery> delivery_;     ///< While statements that may share a connection are under way.
    std::vector<std::weak_ptr<end_watcher>> watchers_;
    operation_outcome last_failure_; ///< Of connects; none after a success.
    time_point alarm_at_ = time_point::max();
    time_point leak_at_ = time_point::max();
    std::uint64_t leaks_ = 0;
    bool context_ended_ = false;
};

} // namespace coropq::detail

#endif
