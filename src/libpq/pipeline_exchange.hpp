// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINE_EXCHANGE_HPP
#define COROPQ_SRC_LIBPQ_PIPELINE_EXCHANGE_HPP

#include <coropq/pipeline.hpp>

#include "libpq/execution.hpp"
#include "libpq/pipeline_round.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coropq::detail {

class stage_observer;

/// No index.
inline constexpr std::size_t no_stage = static_cast<std::size_t>(-1);

/// Sends the stages of a pipeline and reads their answers, in one round trip. It reads while it sends: a server that
/// can't get rid of its answers stops reading.
///
/// What stands ahead goes in front. `isolated` stages have a synchronisation point each. Otherwise there is one for all
/// of them, and outside of a transaction they get one: `begin` in front, `commit` behind that point, which the server
/// answers with ROLLBACK if one of them has failed. That is safer than the transaction that the server makes of a
/// segment by itself: there, VACUUM and its like, and procedures that commit, would make permanent what had run.
/// (PostgreSQL manual, "Pipelining" in "Message Flow".)
class pipeline_exchange {
public:
    struct stage {
        enum class progress : std::uint8_t { unsent, sent, answered, failed, skipped };

        explicit stage(const pipeline_step& what) : step(&what) {}

        const pipeline_step* step;
        progress now = progress::unsent;
        bool settled = false;             ///< Its own synchronisation point has passed.
        bool stale_plan = false;          ///< It failed because what was prepared is gone, or doesn't fit any more …
        std::size_t parsed_by = no_stage; ///< … or because it couldn't be prepared, by that stage.
        result_handle rows;               ///< If somebody has got them already, only their columns.
        stage_observer* observer = nullptr; ///< Who gets them when they come …
        std::size_t number = 0;             ///< … as those of that stage.
        boost::system::error_code code;
        diagnostics details;
    };

    /// `anew`: what the session has prepared before isn't used.
    pipeline_exchange(session::state& session, std::vector<stage> stages, bool isolated, bool anew);
    pipeline_exchange(const pipeline_exchange&) = delete;
    pipeline_exchange& operator=(const pipeline_exchange&) = delete;

    /// An error means what it means for the functions in server_exchange.hpp.
    boost::asio::awaitable<boost::system::error_code> run();

    // What is known when it has ended, in whatever way.
    std::vector<stage>& stages() noexcept { return stages_; }
    bool in_transaction() const noexcept { return in_transaction_; } ///< Of somebody else.
    bool committed() const noexcept { return committed_; }           ///< The transaction of its own …
    bool may_have_committed() const;                                 ///< … unless that is known better.
    bool may_have_run(std::size_t index) const;                      ///< A stage that wasn't answered.
    answer& commit_error() noexcept { return commit_; }
    answer& ahead() noexcept { return ahead_; } ///< An error: of what stood ahead …
    bool setup_failed() const noexcept { return ahead_.code && ahead_.results.size() < ahead_.setup; }

    /// Notes what the columns of the statements are that were prepared. When their types are known.
    void describe_statements();

private:
    /// What comes back, in this order.
    struct expected {
        enum class kind : std::uint8_t {
            unread_segment,       ///< Up to a synchronisation point: of the last use …
            deallocation_segment, ///< … and of statements that have no place any more.
            ahead,
            ahead_sync,
            parse,
            describe,
            run,
            close,
            stage_sync,
            sync,
            commit
        };

        kind what;
        bool answered = false;
        std::size_t stage = no_stage;
        std::size_t statement = no_stage;
    };

    /// A prepared statement that stages use.
    struct used_statement {
        prepared_statement prepared;
        std::size_t parsed_by = no_stage; ///< The stage that has it prepared, if one does.
        bool parsed = false;
        bool failed = false;
        bool closed = false;
        std::size_t rows_of = no_stage; ///< The stage whose result shows its columns …
        result_handle description;      ///< … or what was asked for.
    };

    // Sending.
    bool begin();
    boost::system::error_code feed(bool& pending);
    bool end();
    void leave();
    bool put(std::size_t index);
    bool put_run(std::size_t index);
    bool put_prepare(std::size_t index);
    bool put_close(std::size_t index);
    bool put_sync(expected::kind what, std::size_t index = no_stage);
    bool put_text(const std::string& text, expected::kind what);
    bool put_parse(std::size_t index, const wire_parameters& parameters, std::string key);
    std::size_t find(const std::string& key);
    std::size_t use(const prepared_statement& prepared);
    void expect(expected::kind what, std::size_t index = no_stage, std::size_t used = no_stage);

    // Receiving.
    boost::asio::awaitable<boost::system::error_code> wait(bool pending);
    boost::system::error_code read();
    void read_remaining();
    boost::system::error_code accept(result_handle received);
    void take_answer(expected& now, result_handle received);
    void take_failure(const expected& now, const PGresult* failed);
    void hand_over(stage& from);
    void take_sync(const expected& now);
    void fail(std::size_t index, const PGresult* failed);
    void advance();
    void show_statement();
    bool is_complete() const noexcept { return ended_ && position_ == expected_.size(); }

    session::state& session_;
    std::vector<stage> stages_;
    const bool isolated_;
    const bool in_transaction_;
    const bool own_transaction_;
    pipeline_round round_;
    std::shared_ptr<const type_catalog> types_;

    std::vector<expected> expected_;
    std::size_t position_ = 0; ///< What comes next.
    int ends_ = 0;             ///< Of statements, since something came.
    bool stopped_ = false;     ///< The server has ended the session there.

    bool begun_ = false;
    bool ended_ = false;        ///< Everything was given to libpq.
    std::size_t next_ = 0;      ///< The stage to be sent next.
    std::size_t unflushed_ = 0; ///< Bytes, about.

    std::vector<used_statement> statements_;
    std::unordered_map<std::string, std::size_t> known_; ///< By key; `no_stage` if it was closed.
    bool forgotten_;                                     ///< What the session has prepared before may not fit any more.

    answer current_;
    answer ahead_;
    answer commit_;
    bool committed_ = false;
};

/// Whether a text begins or ends a transaction, or a part of one.
bool controls_transactions(std::string_view first_word);

} // namespace coropq::detail

#endif
