// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "credentials/credential_cache.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using wall_clock = refresh_decisions::clock;

boost::system::error_code make_code(errc value) { return make_error_code(value); }

} // namespace

// The call in progress. The strand is dropped by whoever ends it, in time: see the class.
struct credential_cache::flight {
    explicit flight(const strand& asking) : where(asio::make_strand(asking.get_inner_executor())) {}

    const strand where;
    asio::cancellation_signal stop; ///< Emitted on the strand only.
    std::chrono::steady_clock::time_point limit = std::chrono::steady_clock::time_point::max();
    // Guarded by the cache's mutex.
    std::vector<request*> passengers;
    bool ahead = false; ///< Begun ahead of the end: it flies without passengers.
    bool ended = false;
};

// A coroutine that is destroyed with its context says so to those who wait elsewhere: they begin another call.
class credential_cache::landing {
public:
    landing(pointer cache, std::shared_ptr<flight> flown) : cache_(std::move(cache)), flight_(std::move(flown)) {}
    landing(const landing&) = delete;
    landing& operator=(const landing&) = delete;
    ~landing() {
        const std::scoped_lock lock(cache_->mutex_);
        cache_->deliver(*flight_, answer(), true);
    }

private:
    const pointer cache_;
    const std::shared_ptr<flight> flight_;
};

credential_cache::credential_cache(credential_source source, credential_options options)
    : source_(std::move(source)), options_(options), decisions_(options.refresh_ahead()) {}

// --- asking ---

credential_cache::request::request(pointer cache, const strand& where)
    : cache_(std::move(cache)), strand_(where), turn_(std::make_shared<asio::steady_timer>(where)) {}

asio::awaitable<credential_cache::answer> credential_cache::request::run() {
    for (;;) {
        const std::shared_ptr<flight> begun = cache_->enter(*this);
        if (begun)
            cache_->launch(begun);
        for (;;) {
            std::chrono::steady_clock::time_point limit = std::chrono::steady_clock::time_point::max();
            {
                const std::scoped_lock lock(cache_->mutex_);
                if (done_)
                    break;
                limit = flight_->limit;
            }
            const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
            if (interrupted_ || cancellation.cancelled() != asio::cancellation_type::none) {
                answer aborted;
                aborted.code = asio::error::operation_aborted;
                co_return aborted;
            }
            // The flight minds its time itself; this is for one whose context doesn't run any more.
            if (limit != std::chrono::steady_clock::time_point::max()) {
                limit += std::chrono::seconds(1);
                if (std::chrono::steady_clock::now() >= limit) {
                    const std::scoped_lock lock(cache_->mutex_);
                    if (!done_)
                        cache_->give_up(*flight_);
                    continue;
                }
            }
            turn_->expires_at(limit);
            boost::system::error_code ignored;
            co_await turn_->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        if (!lost_)
            break;
    }
    answer outcome = std::move(outcome_);
    co_return outcome;
}

void credential_cache::request::interrupt() noexcept {
    interrupted_ = true;
    turn_->cancel();
}

// What is there, or a place on the flight. A flight that has to begin is given back.
std::shared_ptr<credential_cache::flight> credential_cache::enter(request& asking) {
    const bool changed = source_.changed && source_.changed();
    const std::scoped_lock lock(mutex_);
    const wall_clock::time_point now = wall_clock::now();
    asking.done_ = false;
    asking.lost_ = false;
    if (changed)
        decisions_.outdated();
    const refresh_decisions::advice advice = decisions_.ask(now);
    const bool waits = advice == refresh_decisions::advice::fetch || !held_;
    std::shared_ptr<flight> begun;
    if (!flight_ && (waits || advice == refresh_decisions::advice::use_and_refresh)) {
        begun = std::make_shared<flight>(asking.strand_);
        begun->ahead = !waits;
        if (options_.timeout() > std::chrono::milliseconds(0))
            begun->limit = saturated_deadline(options_.timeout());
        flight_ = begun;
    }
    if (waits) {
        flight_->passengers.push_back(&asking);
        asking.flight_ = flight_;
    } else {
        asking.outcome_ = held(now);
        asking.done_ = true;
    }
    return begun;
}

credential_cache::answer credential_cache::held(wall_clock::time_point now) const {
    answer known;
    known.found = held_;
    known.sessions = on_steady_clock(decisions_.retirement_at(now));
    return known;
}

// Of somebody who has been served already, or doesn't wait any more.
void credential_cache::leave(request& leaving) noexcept {
    const std::scoped_lock lock(mutex_);
    const std::shared_ptr<flight> left = std::exchange(leaving.flight_, nullptr);
    if (!left || left->ended)
        return;
    std::erase(left->passengers, &leaving);
    if (left->passengers.empty() && !left->ahead)
        give_up(*left);
}

// With the mutex held. Whoever asks from now on begins another one.
void credential_cache::give_up(flight& stopped) {
    std::shared_ptr<flight> self = flight_.get() == &stopped ? flight_ : nullptr;
    deliver(stopped, too_late(), false);
    if (!self)
        return;
    try {
        asio::post(stopped.where, [weak = std::weak_ptr<flight>(self)] {
            if (const std::shared_ptr<flight> late = weak.lock())
                late->stop.emit(asio::cancellation_type::terminal);
        });
    } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): then it flies on, and nobody listens
    }
}

credential_cache::answer credential_cache::too_late() const {
    answer late;
    late.code = make_code(errc::authentication_failed);
    late.details = make_diagnostics(
        late.code, "the credential provider gave nothing within " + std::to_string(options_.timeout().count()) + " ms",
        "see why it takes so long, or raise credential_options::timeout");
    return late;
}

// --- the call ---

void credential_cache::launch(const std::shared_ptr<flight>& begun) {
    try {
        asio::co_spawn(begun->where, fly(shared_from_this(), begun),
                       asio::bind_cancellation_slot(begun->stop.slot(), [begun](const std::exception_ptr&) {}));
    } catch (...) {
        const std::scoped_lock lock(mutex_);
        deliver(*begun, answer(), true);
        throw;
    }
}

asio::awaitable<void> credential_cache::fly(pointer self, std::shared_ptr<flight> flown) {
    const landing guard(self, flown);
    const time_limit timer(flown->where, flown->limit, [self, flown] {
        {
            const std::scoped_lock lock(self->mutex_);
            if (flown->ended)
                return;
            const wall_clock::time_point now = wall_clock::now();
            const bool still_good = self->decisions_.failed(now) && self->held_;
            self->deliver(*flown, still_good ? self->held(now) : self->too_late(), false);
        }
        flown->stop.emit(asio::cancellation_type::terminal);
    });
    answer outcome = co_await self->call();
    self->land(*flown, std::move(outcome));
}

namespace {

credential_cache::answer failure(std::string reason, std::string hint) {
    credential_cache::answer failed;
    failed.code = make_code(errc::authentication_failed);
    failed.details =
        make_diagnostics(failed.code, "the credential provider failed: " + std::move(reason), std::move(hint));
    return failed;
}

credential_cache::answer failure(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const error& thrown) {
        const diagnostics& details = thrown.details();
        std::string message(details.message());
        return failure(message.empty() ? thrown.code().message() : message, std::string(details.hint()));
    } catch (const boost::system::system_error& thrown) {
        return failure(thrown.code().message(), "");
    } catch (const std::bad_alloc&) {
        return failure("out of memory", "");
    } catch (...) {
        return failure("an exception whose text isn't shown, since it may hold the secret",
                       "throw a coropq::error, whose text is shown");
    }
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

} // namespace

asio::awaitable<credential_cache::answer> credential_cache::call() {
    std::exception_ptr problem;
    const auto made = std::make_shared<entry>();
    try {
        made->value = co_await source_.ask();
    } catch (...) {
        problem = std::current_exception();
    }
    answer outcome;
    if (problem)
        outcome = failure(problem);
    else if (made->value.password().empty())
        outcome = failure("it gave an empty password", "a file may be empty, or a variable unset");
    else if (has_nul(made->value.user()) || has_nul(made->value.password().expose()))
        outcome = failure("what it gave contains a NUL byte", "");
    if (!outcome.code) {
        if (!made->value.expires())
            made->value.expires(jwt_expiry(made->value.password().expose()));
        outcome.found = made;
    }
    co_return outcome;
}

void credential_cache::land(flight& ended, answer outcome) {
    const std::scoped_lock lock(mutex_);
    if (ended.ended) // nobody waits for this one any more
        return;
    const wall_clock::time_point now = wall_clock::now();
    if (outcome.found) {
        const auto numbered = std::make_shared<entry>(*outcome.found);
        numbered->version = decisions_.succeeded(now, numbered->value.expires());
        held_ = numbered;
        outcome = held(now);
    } else if (decisions_.failed(now) && held_) {
        outcome = held(now);
    }
    deliver(ended, outcome, false);
}

// With the mutex held: nobody's frame, and no context, goes meanwhile. Posting runs nothing.
void credential_cache::deliver(flight& ended, const answer& outcome, bool lost) {
    if (std::exchange(ended.ended, true))
        return;
    for (request* each : ended.passengers) {
        each->outcome_ = outcome;
        each->done_ = true;
        each->lost_ = lost;
        each->flight_.reset();
        try {
            asio::post(each->strand_, [turn = std::weak_ptr<asio::steady_timer>(each->turn_)] {
                if (const std::shared_ptr<asio::steady_timer> waiting = turn.lock())
                    waiting->cancel();
            });
        } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): without memory, it notices at the limit
        }
    }
    ended.passengers.clear();
    if (flight_.get() == &ended)
        flight_.reset();
}

// --- refusals ---

void credential_cache::refuse(refresh_decisions::version refused) {
    const std::scoped_lock lock(mutex_);
    decisions_.refused(refused);
}

void credential_cache::refuse(const credentials& refused) {
    const std::scoped_lock lock(mutex_);
    if (held_ && held_->value.user() == refused.user() && held_->value.password() == refused.password())
        decisions_.refused(held_->version);
}

} // namespace coropq::detail
