// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CREDENTIALS_CREDENTIAL_CACHE_HPP
#define COROPQ_SRC_CREDENTIALS_CREDENTIAL_CACHE_HPP

#include <coropq/credential_provider.hpp>
#include <coropq/diagnostics.hpp>

#include "credentials/refresh_decisions.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

namespace coropq::detail {

/// Where credentials come from.
struct credential_source {
    credential_provider::function ask;
    std::function<bool()> changed{}; ///< Whether it would give something else now. May be empty; any thread.
    bool constant = false;           ///< It always gives the same.
};

/// What a source gave, one call at a time. Everything may be called from any thread.
///
/// A mutex guards what is known, and the flight, which is the call in progress. Nothing of the user runs under it.
/// Timers and strands belong to contexts that may go before the cache does: they are in coroutine frames, and those who
/// hold them sign off, under the mutex, when their frame goes. Until then, and with the mutex held, they may be used.
class credential_cache : public std::enable_shared_from_this<credential_cache> {
public:
    using pointer = std::shared_ptr<credential_cache>;
    using strand = boost::asio::strand<boost::asio::any_io_executor>;

    /// What a call gave.
    struct entry {
        credentials value;
        refresh_decisions::version version = 0;
    };
    struct answer {
        boost::system::error_code code;
        diagnostics details;
        std::shared_ptr<const entry> found; ///< If there is no error.
        retirement sessions;                ///< Of sessions that are opened with it now.
    };
    /// Somebody who wants credentials: lives in a coroutine on a strand.
    class request;

    credential_cache(credential_source source, credential_options options);

    /// A server has refused what has that number.
    void refuse(refresh_decisions::version refused);
    void refuse(const credentials& refused);

    bool is_constant() const noexcept { return source_.constant; }

private:
    struct flight;
    class landing;

    static boost::asio::awaitable<void> fly(pointer self, std::shared_ptr<flight> flown);
    boost::asio::awaitable<answer> call();
    std::shared_ptr<flight> enter(request& asking);
    void launch(const std::shared_ptr<flight>& begun);
    void land(flight& ended, answer outcome);
    void deliver(flight& ended, const answer& outcome, bool lost);
    void leave(request& leaving) noexcept;
    void give_up(flight& stopped);
    answer held(refresh_decisions::time_point now) const;
    answer too_late() const;

    const credential_source source_;
    const credential_options options_;

    std::mutex mutex_;
    refresh_decisions decisions_;
    std::shared_ptr<const entry> held_;
    std::shared_ptr<flight> flight_;
};

class credential_cache::request {
public:
    request(pointer cache, const strand& where);
    request(const request&) = delete;
    request& operator=(const request&) = delete;
    ~request() { cache_->leave(*this); }

    /// Ends with operation_aborted when the coroutine is cancelled, which it accepts as it is set up to, or
    /// `interrupt()` was called. On the strand.
    boost::asio::awaitable<answer> run();
    void interrupt() noexcept;

private:
    friend class credential_cache;

    const pointer cache_;
    const strand strand_;
    const std::shared_ptr<boost::asio::steady_timer> turn_; ///< Used on the strand only.
    bool interrupted_ = false;

    // Guarded by the cache's mutex.
    std::shared_ptr<flight> flight_; ///< The one that it waits for.
    bool done_ = false;
    bool lost_ = false; ///< The flight went with its context.
    answer outcome_;
};

} // namespace coropq::detail

#endif
