// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_CREDENTIAL_PROVIDER_HPP
#define COROPQ_CREDENTIAL_PROVIDER_HPP

// Credentials that change while a program runs: tokens that expire, passwords that are rotated.
//
//     coropq::credential_provider provider = coropq::credentials_from_file("/run/secrets/token");
//     coropq::connect_options how;
//     how.credentials(provider);
//     coropq::engine engine = coropq::create_engine(executor, url, coropq::engine_options().connect(how));

#include <coropq/credentials.hpp>
#include <coropq/detail/initiation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq {

/// A user and a password or token, and until when they are good. (A class and no aggregate, because of GCC 12: see
/// docs/decisions.md.)
class credentials {
public:
    using time_point = std::chrono::system_clock::time_point;

    credentials() = default;
    /// For the user that the URL names.
    explicit credentials(secret password) : password_(std::move(password)) {}
    credentials(std::string user, secret password) : user_(std::move(user)), password_(std::move(password)) {}

    /// The user to connect as; empty: the one of the URL. Default empty.
    credentials& user(std::string name) {
        user_ = std::move(name);
        return *this;
    }
    const std::string& user() const noexcept { return user_; }

    /// The password or token.
    credentials& password(secret value) {
        password_ = std::move(value);
        return *this;
    }
    const secret& password() const noexcept { return password_; }

    /// When they end. Default none: then that of the token itself counts (`jwt_expiry`), and without one they are good
    /// until a server refuses them.
    credentials& expires(std::optional<time_point> when) {
        expires_ = when;
        return *this;
    }
    const std::optional<time_point>& expires() const noexcept { return expires_; }

    friend bool operator==(const credentials&, const credentials&) = default;

    /// Prints user and expiry, and `***` for the password.
    friend std::ostream& operator<<(std::ostream& out, const credentials& value);

private:
    std::string user_;
    secret password_;
    std::optional<time_point> expires_;
};

/// When a JSON Web Token says that it ends: its claim `exp` (RFC 7519, 4.1.4), or `created_at` and `expires_in` in
/// milliseconds, as Adobe's tokens have them. The signature isn't looked at: that is the server's business, and nothing
/// but the time of the next refresh depends on it. None for everything that isn't such a token, is longer than 64 KiB,
/// or says an impossible time. Overwrites what it has decoded.
std::optional<std::chrono::system_clock::time_point> jwt_expiry(std::string_view token) noexcept;

/// How a `credential_provider` calls its function. Setters return the object.
class credential_options {
public:
    /// How long a call may take; then it is cancelled, and whoever waits for it gets an error, unless older credentials
    /// are still good. Default 60 s; zero or less: no limit but those of who waits.
    credential_options& timeout(std::chrono::milliseconds limit) noexcept {
        timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }

    /// How long before their end credentials are refreshed; half of their lifetime at most. In the second half of that
    /// time, sessions that were opened with them are retired. Default: a fifth of their lifetime, 10 minutes at most.
    credential_options& refresh_ahead(std::chrono::milliseconds margin) noexcept {
        refresh_ahead_ = margin;
        return *this;
    }
    const std::optional<std::chrono::milliseconds>& refresh_ahead() const noexcept { return refresh_ahead_; }

private:
    std::chrono::milliseconds timeout_ = std::chrono::seconds(60);
    std::optional<std::chrono::milliseconds> refresh_ahead_;
};

namespace detail {

class credential_cache;
struct credential_source;

void start_get_credentials(const std::shared_ptr<credential_cache>& target,
                           const boost::asio::any_io_executor& executor, credentials* output, diagnostics* details,
                           operation_handler handler);

} // namespace detail

/// Where user and password of new sessions come from: a function that is called when they are needed, and what it gave
/// last, which is used until shortly before its end. However many connections ask at the same moment, the function is
/// called once, and all of them get what that call gives, or its error. Refreshing ahead of the end keeps nobody
/// waiting; if it fails, what is there is used for as long as it is good, and the function is called again later (after
/// 1 s, then twice as long each time, 30 s at most). Nothing is called while nobody asks.
///
/// A handle: copies share what they have, also copies in the options of several engines.
///
/// Thread-safety: all functions may be called from any thread at any time, apart from assignment to the handle itself.
class credential_provider {
public:
    /// Called on an executor of whoever asked first, in a strand of its own; one call at a time. `this_coro::executor`
    /// is there, and cancellation (terminal) comes when the time is up, or when all who asked have been cancelled.
    ///
    /// What it throws becomes the reason of `errc::authentication_failed`. The texts of `coropq::error` and the codes
    /// of `boost::system::system_error` are shown. The texts of other exceptions aren't, since parsers and the like
    /// quote what they have read, which may be the secret.
    using function = std::function<boost::asio::awaitable<credentials>()>;

    explicit credential_provider(function ask, credential_options options = {});

    /// The same from a lambda, which may be a coroutine and may have captures: it is kept for as long as it runs.
    template <typename Function>
        requires(!std::same_as<std::remove_cvref_t<Function>, credential_provider> &&
                 std::is_invocable_r_v<boost::asio::awaitable<credentials>, std::remove_cvref_t<Function>&>)
    credential_provider(Function&& ask, credential_options options = {}) // NOLINT: implicit, for options
        : credential_provider(function(std::forward<Function>(ask)), options) {}

    /// What a new session would be given now; for other things that need the same credentials.
    ///
    /// Errors: `connection_error` with `errc::authentication_failed`. Every type of cancellation is accepted and leaves
    /// others who wait for the same call alone.
    boost::asio::awaitable<credentials> get() const;

    /// The same for any completion token; `executor`: where the function runs, if it has to be called.
    template <detail::operation_token Token>
    auto async_get(const boost::asio::any_io_executor& executor, credentials& output, diagnostics& details,
                   Token&& token) const {
        return boost::asio::async_initiate<Token, void(boost::system::error_code)>(initiation(cache_, executor), token,
                                                                                   &output, &details);
    }

    /// Says that a server has refused these: unless others have replaced them already, the function is called when
    /// credentials are next needed. (The library does so by itself for its own sessions.)
    void invalidate(const credentials& refused) const;

    /// For the library.
    const std::shared_ptr<detail::credential_cache>& cache() const noexcept { return cache_; }
    explicit credential_provider(detail::credential_source source, credential_options options = {});

private:
    using initiation = detail::initiation<detail::credential_cache, &detail::start_get_credentials>;

    // Copied, never moved from: every handle has its cache.
    std::shared_ptr<detail::credential_cache> cache_;

public:
    credential_provider(const credential_provider&) noexcept = default;
    credential_provider& operator=(const credential_provider&) noexcept = default;
    ~credential_provider() = default;
};

/// Always the same ones. When a server refuses them, it isn't asked a second time.
credential_provider fixed_credentials(credentials value);

/// From environment variables of the process, read each time that credentials are needed anew: first, before they end
/// (if they are a token that says so), and after a server has refused them. White space around a password goes, as it
/// does in URLs. `user_variable`: empty, or unset in the environment: the user of the URL. A password that is unset or
/// empty is an error then.
credential_provider credentials_from_environment(std::string password_variable, std::string user_variable = {});

/// From a file, which is read again when it has changed (its time, size, inode or device), which is looked at for each
/// new session, before its credentials end, and after a server has refused them. Replace the file by renaming another
/// one, then it is never seen half-written; if it is all the same, what was read before is used, or tried again.
///
/// The file, 1 MiB at most, holds a password or token as plain text, white space around it apart, or a JSON object:
///
/// - `technicalAccountId` and `credential`: what Query Service gives out for non-expiring credentials
/// - `token`, `access_token` or `password`, and if wanted `username` or `user`, and `expires_at` (seconds since 1970):
///   the answers of Query Service's `GET /connection_parameters` and of Adobe's and others' token endpoints among them
///
/// Reads synchronously: files belong on a local disk. Errors name the file, and show none of the contents.
credential_provider credentials_from_file(std::string path);

/// From what a command writes to its standard output, in the same forms as in a file, 64 KiB at most. The command is a
/// program, found by `PATH`, and its arguments, without a shell (`{"sh", "-c", "…"}` for that). It has an empty
/// standard input and the environment of the process; what it writes to standard error is dropped. It runs beside the
/// event loop; at the limit, or when nobody waits for it any more, it is killed with all processes of its group.
///
/// Another exit status than 0 is an error, and so is empty output. Errors name the program and no arguments. If the
/// process ignores SIGCHLD, the exit status can't be known and counts as 0.
///
/// Throws `option_error` if the command is empty.
credential_provider credentials_from_command(std::vector<std::string> command,
                                             std::chrono::milliseconds limit = std::chrono::seconds(30));

} // namespace coropq

#endif
