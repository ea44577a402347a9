// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What the decisions want to be done, without the mutex.

#include <coropq/error.hpp>

#include "credentials/retirement.hpp"
#include "libpq/time_limit.hpp"
#include "pool/housekeeper.hpp"
#include "pool/pool_internals.hpp"

#include <memory>
#include <utility>

namespace coropq::detail {

void pool::carry_out(work&& wanted) {
    if (wanted.alarm != time_point::max())
        alarm_->set(wanted.alarm);
    for (task& each : wanted.tasks)
        carry_out(each);
}

void pool::carry_out(task& wanted) {
    const auto statement = [&] { return std::static_pointer_cast<shared_statement>(std::move(wanted.whom)); };
    switch (wanted.what) {
    case task::kind::open: open(wanted.slot); break;
    case task::kind::check: check(wanted.slot, wanted.session); break;
    case task::kind::interrupt: wanted.session->abandon(); break;
    case task::kind::close: close(wanted.slot, std::move(wanted.session)); break;
    case task::kind::drop: wanted.session.reset(); break;
    case task::kind::wake_waiter: wake(std::static_pointer_cast<waiter>(wanted.whom)); break;
    case task::kind::wake_watcher: wake(std::static_pointer_cast<end_watcher>(wanted.whom)); break;
    case task::kind::begin_statement: begin_on(wanted.slot, std::move(wanted.session), statement()); break;
    case task::kind::join_statement: wanted.session->add_shared(statement(), *this, wanted.slot); break;
    case task::kind::refuse_statement: {
        const statement_pointer refused = statement();
        refused->complete(refusal_of(*refused->refusal));
        break;
    }
    }
}

// Nobody's limits or cancellation apply: a connection that arrives when nobody wants it any more is kept.
void pool::open(std::size_t slot) try {
    const std::shared_ptr<session> opened = session::create(executor_, types_);
    bool wanted = true;
    {
        const std::scoped_lock lock(mutex_);
        wanted = !slots_[slot].stopping;
        if (wanted)
            slots_[slot].session = opened;
    }
    if (!wanted) {
        closed(slot);
        return;
    }
    const auto details = std::make_shared<diagnostics>();
    opened->run(session::connect(opened, address_, options_.connect()), nullptr, details.get(),
                [self = shared_from_this(), slot, details](const boost::system::error_code& code) {
                    self->connect_ended(slot, operation_outcome(code, *details));
                });
} catch (...) {
    connect_ended(slot, operation_outcome(make_error_code(boost::system::errc::not_enough_memory), {}));
}

void pool::connect_ended(std::size_t slot, const operation_outcome& outcome) {
    std::shared_ptr<session> unwanted;
    bool stopped = false;
    tell([&](time_point now) {
        entry& where = slots_[slot];
        stopped = where.stopping;
        if (stopped || outcome.code)
            unwanted = std::move(where.session);
        if (!stopped)
            last_failure_ = outcome;
        if (stopped) {
            where.now = phase::closing;
        } else if (outcome.code) {
            where = entry();
            decisions_.open_failed(slot, now, outcome.code == errc::session_limit);
        } else {
            where.now = phase::idle;
            decisions_.opened(slot, now, where.session->ends_with_credentials());
        }
    });
    if (stopped)
        close(slot, std::move(unwanted));
}

void pool::check(std::size_t slot, const std::shared_ptr<session>& idle) {
    const std::chrono::milliseconds limit = options_.pool().ping_timeout();
    deadline until;
    if (limit > std::chrono::milliseconds(0)) {
        until.when = saturated_deadline(limit);
        until.limit = limit;
    }
    idle->run(session::ping(idle, until), nullptr, nullptr,
              [self = shared_from_this(), slot, idle](const boost::system::error_code& code) mutable {
                  self->check_ended(slot, std::move(idle), code);
              });
}

void pool::check_ended(std::size_t slot, std::shared_ptr<session> checked, boost::system::error_code code) {
    session_condition condition = checked->is_quiet() ? checked->condition() : session_condition::broken;
    if (code && condition == session_condition::reusable)
        condition = session_condition::broken; // it has answered, but not as it should
    checked.reset();
    std::shared_ptr<session> unwanted;
    tell([&](time_point now) {
        entry& where = slots_[slot];
        if (where.stopping) {
            where.now = phase::closing;
            unwanted = std::move(where.session);
        } else {
            where.now = phase::idle;
            decisions_.checked(slot, now, condition);
        }
    });
    if (unwanted)
        close(slot, std::move(unwanted));
}

void pool::close(std::size_t slot, std::shared_ptr<session> unwanted) {
    // Nobody else knows it, as a rule: then it can be closed right here, also where the context doesn't run any more.
    if (!unwanted || unwanted.use_count() == 1) {
        unwanted.reset();
        closed(slot);
        return;
    }
    if (!unwanted->is_quiet())
        unwanted->abandon(); // nobody waits for what it is doing
    session& target = *unwanted;
    target.run(session::close(unwanted), nullptr, nullptr,
               [self = shared_from_this(), slot, unwanted](const boost::system::error_code& code) {
                   if (code)
                       unwanted->abandon();
                   self->closed(slot);
               });
}

void pool::closed(std::size_t slot) {
    tell([&](time_point now) {
        slots_[slot] = entry();
        decisions_.closed(slot, now);
    });
}

} // namespace coropq::detail
