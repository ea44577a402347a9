// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements that may share a connection: how they get one, and what becomes of them when it can't serve them.

#include <coropq/error.hpp>

#include "dialect/protocol_choice.hpp"
#include "libpq/time_limit.hpp"
#include "operation/recycled_allocator.hpp"
#include "pool/pool_internals.hpp"
#include "statement/leading_keyword.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

// What takes long to send would hold up the others.
constexpr std::size_t largest_shared = 1024 * 1024;

std::size_t size_of(const statement& work) {
    std::size_t size = work.sql().size();
    for (std::size_t i = 0; i != work.parameter_count(); ++i)
        size += work.parameter_size(i);
    return size;
}

} // namespace

// Those that change the session, or what others see of it, have it to themselves; so do those that can't be run in a
// pipeline. A policy that makes a session new between two users can't do so while there are several.
bool pool::may_share(const statement& asked) const {
    if (!options_.pool().pipelining() || options_.pool().reset() == reset_policy::discard_all ||
        asked.simple_protocol() || avoids_pipelines(options_.connect().statements()) ||
        asked.parameter_count() > 65535 || size_of(asked) > largest_shared)
        return false;
    return is_about_data(asked.sql());
}

// The same for all that are under way at a time. With the mutex held.
std::shared_ptr<outcome_delivery> pool::delivery_for(const std::shared_ptr<void>& engine) {
    std::shared_ptr<outcome_delivery> present = delivery_.lock();
    if (!present) {
        present = std::make_shared<outcome_delivery>(executor_, engine);
        delivery_ = present;
    }
    return present;
}

std::shared_ptr<pipelined_statement> pool::make_shared_statement(statement&& asked) {
    return std::allocate_shared<shared_statement>(recycled_allocator<shared_statement>(), std::move(asked));
}

void pool::execute_shared(std::shared_ptr<pipelined_statement> asked, const deadline& limit, recipient&& caller,
                          std::shared_ptr<void> engine) {
    statement_pointer added = std::static_pointer_cast<shared_statement>(std::move(asked));
    added->limit = limit;
    added->to.emplace(std::move(caller));
    if (asio::cancellation_slot slot = added->to->slot(); slot.is_connected())
        slot.assign([self = weak_from_this(), weak = std::weak_ptr(added)](asio::cancellation_type type) {
            const pointer owner = self.lock();
            const statement_pointer unwanted = weak.lock();
            if (owner && unwanted)
                owner->cancel(unwanted, type);
        });
    place(std::move(added), engine);
}

// An idle connection, or a place on one that others use, or the end of the queue.
// `engine`: of a statement that is new here; from then on its delivery keeps it.
void pool::place(statement_pointer added, const std::shared_ptr<void>& engine) {
    std::optional<std::size_t> idle;
    std::shared_ptr<session> found;
    do {
        idle.reset();
        found.reset();
        std::optional<std::size_t> joined;
        bool ended = false;
        tell([&](time_point now) {
            if (added->since == time_point()) {
                added->since = now;
                added->to->by = delivery_for(engine);
            }
            idle = decisions_.take_idle(now);
            joined = idle || added->alone ? std::nullopt : decisions_.join(now);
            if (added->unwanted != asio::cancellation_type::none) {
                ended = true;
                added->where = shared_statement::place::ended;
                if (idle)
                    decisions_.released(*idle, now, session_condition::reusable);
                if (joined)
                    decisions_.answered(*joined, 1, now);
            } else if (idle) {
                lend(slots_[*idle], {"execute", {}}, now);
                found = slots_[*idle].session;
            } else if (joined) {
                found = slots_[*joined].session;
                added->where = shared_statement::place::shared;
                added->on = found;
            } else {
                const wait_limit ours = wait_limit_for(added->limit, added->since);
                added->limit_is_own = ours.limit_is_own;
                added->waited = true;
                added->where = shared_statement::place::queue;
                added->id = added->alone ? decisions_.wait(now, ours.until, ours.only_with_room)
                                         : decisions_.wait_to_share(now, ours.until, ours.only_with_room);
                statements_.push(added->id, added);
            }
        });
        if (ended) {
            added->complete(known_not_run(failed_operation(asio::error::operation_aborted,
                                                           "the operation was cancelled before anything was sent")));
            return;
        }
        if (joined) {
            found->add_shared(std::move(added), *this, *joined);
            return;
        }
    } while (idle && !is_sound(*idle, found));
    if (idle)
        begin_on(*idle, std::move(found), added);
}

// With the mutex held.
void pool::join(const pool_decisions::action& wanted, time_point now, std::vector<task>& tasks) {
    std::optional<statement_pointer> found = statements_.take(wanted.waiter);
    if (!found)
        return;
    task joining;
    joining.what = task::kind::join_statement;
    joining.slot = wanted.slot;
    joining.session = slots_[wanted.slot].session;
    shared_statement& one = **found;
    one.where = shared_statement::place::shared;
    one.on = joining.session;
    one.limit.acquiring = now - one.since;
    joining.whom = std::move(*found);
    tasks.push_back(std::move(joining));
}

// The connection is ours alone as yet.
void pool::begin_on(std::size_t slot, std::shared_ptr<session> taken, const statement_pointer& first) {
    if (first->waited)
        first->limit.acquiring = clock::now() - first->since;
    if (first->alone || !taken->can_be_shared()) {
        begin_alone(slot, std::move(taken), first);
        return;
    }
    bool unwanted = false;
    work others = under_lock([&](time_point now) {
        unwanted = first->unwanted != asio::cancellation_type::none;
        slots_[slot].now = unwanted ? phase::idle : phase::shared;
        if (unwanted) {
            first->where = shared_statement::place::ended;
            decisions_.released(slot, now, session_condition::reusable);
        } else {
            first->where = shared_statement::place::shared;
            first->on = taken;
            decisions_.share(slot, now);
        }
    });
    if (unwanted)
        first->complete(known_not_run(
            failed_operation(asio::error::operation_aborted, "the operation was cancelled before anything was sent")));
    else
        taken->add_shared(first, *this, slot);
    carry_out(std::move(others)); // those that join it come behind it
}

asio::awaitable<operation_outcome> pool::execute_on(std::shared_ptr<lease> leased, statement asked, deadline limit) {
    operation_outcome outcome = co_await session::execute(leased->session(), std::move(asked), limit);
    leased->give_back(1);
    co_return outcome;
}

// There is something to be done first, or to be found out.
void pool::begin_alone(std::size_t slot, std::shared_ptr<session> taken, const statement_pointer& only) {
    const session::pointer used = taken;
    only->lone = std::make_unique<shared_statement::lone_operation>();
    shared_statement::lone_operation& lone = *only->lone;
    auto leased = std::make_shared<lease>(shared_from_this(), slot, std::move(taken));
    auto ended = [self = shared_from_this(), only](boost::system::error_code code) {
        operation_outcome outcome(code, std::move(only->lone->details));
        outcome.output = std::move(only->lone->output);
        only->complete(std::move(outcome));
    };
    used->run(execute_on(std::move(leased), std::move(only->work), only->limit), &lone.output, &lone.details,
              asio::bind_cancellation_slot(lone.signal.slot(), std::move(ended)));
    asio::cancellation_type unwanted{};
    {
        const std::scoped_lock lock(mutex_);
        only->where = shared_statement::place::alone;
        only->on = used;
        unwanted = only->unwanted;
    }
    if (unwanted != asio::cancellation_type::none)
        cancel(only, unwanted);
}

void pool::cancel(const statement_pointer& unwanted, asio::cancellation_type type) {
    using place = shared_statement::place;
    place where{};
    std::shared_ptr<session> on;
    tell([&](time_point now) {
        where = unwanted->where;
        on = unwanted->on;
        unwanted->unwanted |= type;
        if (where == place::queue) {
            statements_.take(unwanted->id);
            unwanted->where = place::ended;
            decisions_.leave(unwanted->id, now);
        }
    });
    switch (where) {
    case place::nowhere:
    case place::ended: break;
    case place::queue:
        unwanted->complete(known_not_run(failed_operation(
            asio::error::operation_aborted, "the operation was cancelled while it waited for a connection")));
        break;
    case place::shared: on->cancel_shared(unwanted, type); break;
    case place::alone: on->dispatch([unwanted, type] { unwanted->lone->signal.emit(type); }); break;
    }
}

// --- what becomes of shared connections ---

void pool::statements_left(std::size_t slot, std::size_t count) noexcept try {
    tell([&](time_point now) {
        slots_[slot].since = now;
        if (decisions_.answered(slot, count, now))
            slots_[slot].now = phase::idle;
    });
} catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the connection is lost
}

void pool::statements_returned(std::size_t slot, sharing_owner::statements unsent) noexcept {
    leave_shared(unsent);
    statements_left(slot, unsent.size());
    place_again(std::move(unsent));
}

void pool::sharing_ends(std::size_t slot) noexcept try {
    tell([&](time_point now) { decisions_.keep_others_off(slot, now); });
} catch (...) { // NOLINT(bugprone-empty-catch): what comes is sent back
}

bool pool::sharing_ended(std::size_t slot, session_condition condition, std::size_t left,
                         sharing_owner::statements unsent) noexcept {
    bool all = true;
    leave_shared(unsent);
    try {
        tell([&](time_point now) {
            all = decisions_.sharing_ended(slot, left + unsent.size(), now, condition);
            if (all)
                slots_[slot].now = phase::idle;
        });
    } catch (...) { // NOLINT(bugprone-empty-catch): without memory for that, the connection is lost
    }
    place_again(std::move(unsent));
    return all;
}

void pool::leave_shared(const sharing_owner::statements& unsent) noexcept {
    const std::scoped_lock lock(mutex_);
    for (const std::shared_ptr<pipelined_statement>& each : unsent) {
        shared_statement& one = static_cast<shared_statement&>(*each);
        one.where = shared_statement::place::nowhere;
        one.now = pipelined_statement::stage::waiting;
        one.on.reset();
    }
}

void pool::place_again(sharing_owner::statements unsent) noexcept {
    for (const std::shared_ptr<pipelined_statement>& each : unsent) {
        try {
            place(std::static_pointer_cast<shared_statement>(each), nullptr);
        } catch (...) {
            each->complete(operation_outcome(make_error_code(boost::system::errc::not_enough_memory), {}));
        }
    }
}

} // namespace coropq::detail
