// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_PIPELINED_STATEMENT_HPP
#define COROPQ_SRC_LIBPQ_PIPELINED_STATEMENT_HPP

#include <coropq/statement.hpp>

#include "libpq/session.hpp"
#include "libpq/session_condition.hpp"
#include "operation/outcome_delivery.hpp"
#include "statement/spent_statements.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace coropq::detail {

/// A statement of an engine on its way: through the queue of the pool, to a session that it shares with others, and
/// back.
struct pipelined_statement {
    explicit pipelined_statement(statement&& text) : work(std::move(text)) {}
    virtual ~pipelined_statement() { spent_statements::add(std::move(work)); }
    pipelined_statement(const pipelined_statement&) = delete;
    pipelined_statement& operator=(const pipelined_statement&) = delete;

    statement work;
    deadline limit;              ///< Since it was begun.
    std::optional<recipient> to; ///< The same; who is told.

    // Used on the session's strand, once it has one.

    enum class stage : std::uint8_t {
        waiting,  ///< Nothing was sent.
        returned, ///< The same, and it is to be sent elsewhere.
        sent,     ///< Its answer is due.
        left,     ///< Nobody waits for it any more.
    };
    stage now = stage::waiting;
    std::uint8_t repetitions = 0; ///< What was prepared didn't fit, and nothing had run.
    bool unprepared = false;      ///< Preparing has failed: the next attempt does without.
    bool alone = false;           ///< It needs a session to itself, for something that has to be found out first.

    void complete(operation_outcome outcome) {
        now = stage::left;
        outcome_delivery::deliver(std::move(*to), std::move(outcome));
    }
};

/// Who lends a session to several statements, and is told what becomes of them. All functions are called on the
/// session's strand, and never throw.
class sharing_owner {
public:
    using statements = std::vector<std::shared_ptr<pipelined_statement>>;

    /// Keeps it.
    virtual std::shared_ptr<sharing_owner> shared_owner() = 0;
    /// So many have left it. When those were all that it had been given, somebody else may have the session from now
    /// on.
    virtual void statements_left(std::size_t slot, std::size_t count) noexcept = 0;
    /// These weren't sent, and are to be run elsewhere: they have left it as well.
    virtual void statements_returned(std::size_t slot, statements unsent) noexcept = 0;
    /// It can take no more of them, until `sharing_ended`. Those that are on their way already may still come.
    virtual void sharing_ends(std::size_t slot) noexcept = 0;
    /// Nothing is left on it: so many have left it since the last time, and `unsent` is to be run elsewhere. False if
    /// that isn't all that it has been given: the others are about to come, and this is to be called again then.
    virtual bool sharing_ended(std::size_t slot, session_condition condition, std::size_t left,
                               statements unsent) noexcept = 0;

protected:
    sharing_owner() = default;
    sharing_owner(const sharing_owner&) = default;
    sharing_owner& operator=(const sharing_owner&) = default;
    ~sharing_owner() = default;
};

} // namespace coropq::detail

#endif
