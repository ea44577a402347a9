// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The providers that read something that is at hand.

#include <coropq/credential_provider.hpp>
#include <coropq/error.hpp>

#include "credentials/credential_cache.hpp"
#include "credentials/credentials_text.hpp"
#include "error/diagnostics_fields.hpp"
#include "url/secret_file.hpp"
#include "url/text.hpp"

#include <cstdlib>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace {

using detail::credential_source;

asio::awaitable<credentials> ready(credentials value) { co_return value; }

} // namespace

credential_provider fixed_credentials(credentials value) {
    credential_source source;
    source.ask = [value = std::move(value)] { return ready(value); };
    source.constant = true;
    return credential_provider(std::move(source));
}

namespace {

credentials read_environment(const std::string& password_variable, const std::string& user_variable) {
    const char* password = std::getenv(password_variable.c_str()); // NOLINT(concurrency-mt-unsafe): documented
    if (!password || *password == '\0')
        throw_error(errc::authentication_failed,
                    detail::make_diagnostics(errc::authentication_failed, "the environment variable " +
                                                                              password_variable +
                                                                              (password ? " is empty" : " isn't set")));
    credentials found(detail::normalize_password(secret(password)));
    if (user_variable.empty())
        return found;
    if (const char* user = std::getenv(user_variable.c_str())) // NOLINT(concurrency-mt-unsafe): documented
        found.user(user);
    return found;
}

} // namespace

credential_provider credentials_from_environment(std::string password_variable, std::string user_variable) {
    credential_source source;
    source.ask = [password_variable = std::move(password_variable), user_variable = std::move(user_variable)] {
        return ready(read_environment(password_variable, user_variable));
    };
    return credential_provider(std::move(source));
}

namespace {

/// A file, and what it was when it was read.
class watched_file {
public:
    explicit watched_file(std::string path) : path_(std::move(path)) {}

    credentials read() {
        const std::string subject = "the credentials file " + path_;
        detail::secret_buffer contents;
        struct ::stat seen {};
        if (const std::string problem = detail::read_secret_file(path_, contents, &seen); !problem.empty())
            throw_error(errc::invalid_credentials_file,
                        detail::make_diagnostics(errc::invalid_credentials_file, subject + ' ' + problem));
        credentials found = detail::parse_credentials(detail::view(contents), subject);
        const std::scoped_lock lock(mutex_);
        seen_ = mark_of(seen);
        return found;
    }

    /// Not if it isn't there just now.
    bool has_changed() const {
        struct ::stat now {};
        if (::stat(path_.c_str(), &now) != 0)
            return false;
        const std::scoped_lock lock(mutex_);
        return seen_ && *seen_ != mark_of(now);
    }

private:
    using mark = std::tuple<dev_t, ino_t, off_t, time_t, long>;

    static mark mark_of(const struct ::stat& file) {
        return {file.st_dev, file.st_ino, file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec};
    }

    const std::string path_;
    mutable std::mutex mutex_;
    std::optional<mark> seen_;
};

} // namespace

credential_provider credentials_from_file(std::string path) {
    const auto file = std::make_shared<watched_file>(std::move(path));
    credential_source source;
    source.ask = [file] { return ready(file->read()); };
    source.changed = [file] { return file->has_changed(); };
    return credential_provider(std::move(source));
}

} // namespace coropq
