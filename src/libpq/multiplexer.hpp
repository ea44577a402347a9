// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_MULTIPLEXER_HPP
#define COROPQ_SRC_LIBPQ_MULTIPLEXER_HPP

#include "libpq/execution.hpp"
#include "libpq/pipelined_statement.hpp"
#include "libpq/server_exchange.hpp"
#include "libpq/session.hpp"

#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace coropq::detail {

/// Several statements at once on one session, in libpq's pipeline mode, each with a synchronisation point of its own:
/// an error touches nobody else (PostgreSQL manual, "Pipeline Mode").
///
/// What comes in one turn of the event loop is sent together. Reading goes on while sending waits, so that neither side
/// waits for the other one for ever. Answers come in the order of the statements. Statements are prepared when they are
/// first used, in the same round trip; those behind them that have the same text use what is being prepared.
///
/// While statements are on it, the session is theirs: the owner sees to that. But for `add` and `cancel`, everything
/// happens on the session's strand.
class multiplexer {
public:
    using pointer = std::shared_ptr<pipelined_statement>;

    explicit multiplexer(session& owner);
    multiplexer(const multiplexer&) = delete;
    multiplexer& operator=(const multiplexer&) = delete;
    ~multiplexer();

    /// A statement for this session. From any thread. `slot`: the session's name at its lender's.
    void add(pointer added, sharing_owner& lender, std::size_t slot);
    /// Nobody waits for it any more: it isn't sent, or its answer is dropped when it comes. What has been sent can be
    /// given up by terminal cancellation only. From any thread.
    void cancel(pointer unwanted, boost::asio::cancellation_type type);

    /// The session is to be closed: ends everything.
    void interrupt();
    /// The event loop has ended, and nothing will happen any more: forgets the statements, and the lender, who may be
    /// kept by them.
    void forget_all();
    bool is_active() const noexcept { return active_; }

private:
    /// Types that are being looked up for an answer.
    struct type_question {
        std::vector<std::uint32_t> types;
        answer kept;
    };

    /// What was sent, and how far it has come.
    struct sent_statement {
        enum class kind : std::uint8_t { statement, nothing, setting, type_lookup };

        kind what = kind::statement;
        bool parses = false;        ///< Its first answer is that to preparing.
        bool describes = false;     ///< Its columns are the first that are seen of what was prepared.
        bool parse_failed = false;  ///< What it uses couldn't be prepared by another one.
        std::uint64_t prepared = 0; ///< The number of what was prepared; 0: nothing was.
        pointer unit;               ///< Whose it is; null for the library's own.
        result_columns columns;     ///< Of what was prepared, if they are known.
        std::unique_ptr<type_question> asks;
    };

    // Sending.
    void run();
    void take_inbox();
    void send();
    void push();
    bool flush();
    bool sync();
    bool put(pointer& unit);
    prepared_statement* put_parse(const statement& work, const wire_parameters& parameters, sent_statement& added);
    bool put_deallocations();
    bool put_setting(const deadline& limit);
    bool put_own(const std::string& text, sent_statement::kind what);
    bool put_lookup(sent_statement asking, std::vector<std::uint32_t> types);
    void return_alone(pointer unit);
    void return_unsent(pointer unit);

    // Receiving.
    void go_on();
    void wait();
    void stop_waiting();
    void readable(boost::system::error_code code);
    void writable(boost::system::error_code code);
    bool read();
    void finish_front();
    void finish_statement(sent_statement& done);
    void finish_lookup(sent_statement& done);
    bool has_known_columns(const sent_statement& done, const answer& received) const;
    void deliver(sent_statement& done, answer& received, bool known_columns);
    result result_of(sent_statement& done, answer& received, bool known_columns);
    void note_columns(sent_statement& done, const PGresult* answer);
    void ends_with(const pointer& unit, operation_outcome&& outcome);
    void deliver_all();
    bool repeat(sent_statement& done);
    std::string key_of(const statement& work) const;
    void forget(const sent_statement& done, bool deallocate);
    void forget_failed(const sent_statement& done);
    std::vector<std::uint32_t> unknown_types() const;
    void tell();
    void be_idle();

    // Ending.
    void leave(pipelined_statement& unit, operation_outcome outcome);
    bool holds(const pipelined_statement& unit);
    operation_outcome cancelled_outcome(const pipelined_statement& unit) const;
    void watch(const pointer& unit);
    void set_alarm();
    void silence_alarm();
    void times_up();
    void forget_limit(pipelined_statement& unit);
    void get_rid_if_unwanted();
    void get_rid();
    static boost::asio::awaitable<void> recover(session::pointer self, multiplexer& shared);
    void close_entrance();
    void lost(boost::system::error_code code);
    void fail(boost::system::error_code code) noexcept;
    void send_back();
    void end_with(session_condition condition);
    std::size_t statements_sent() const;

    template <typename Step>
    void guarded(Step&& step) noexcept;

    session& session_;
    session::state& state_;

    std::mutex inbox_mutex_;
    std::vector<pointer> inbox_;
    bool scheduled_ = false; ///< `run` will come.
    std::shared_ptr<sharing_owner> lender_;
    std::size_t slot_ = 0;

    bool active_ = false;               ///< There are statements.
    bool ending_ = false;               ///< What comes is sent back.
    session_condition end_condition_{}; ///< If nothing else is left to be done.
    std::size_t dropped_ = 0;           ///< How many statements are being got rid of.
    bool blocked_ = false;              ///< The socket takes no more.
    bool reading_ = false;              ///< Waits for the socket …
    bool writing_ = false;
    int waits_ = 0;              ///< Waits that began with another number are of no more interest.
    int ends_ = 0;               ///< Of statements, since something came.
    std::vector<pointer> taken_; ///< From the inbox; kept for its memory only.
    std::deque<pointer> waiting_;
    std::deque<sent_statement> sent_;
    std::size_t unwanted_ = 0; ///< So many of them were left.
    answer received_;          ///< Of the first of them.
    std::size_t left_ = 0;     ///< How many statements have left, and the lender doesn't know yet.
    sharing_owner::statements returned_;
    std::vector<outgoing_outcome> outbox_;      ///< For the callers, as soon as the lender knows.
    std::shared_ptr<const type_catalog> types_; ///< Asked for once in each turn.
    std::string key_;                           ///< Of the statement that is being sent; its memory is used again.
    boost::asio::steady_timer alarm_;
    bool alarm_is_set_ = false;
    std::set<std::pair<time_limit::clock::time_point, pipelined_statement*>> limits_;
};

} // namespace coropq::detail

#endif
