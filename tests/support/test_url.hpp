// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_TEST_URL_HPP
#define COROPQ_TESTS_SUPPORT_TEST_URL_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

/// `%XX` for everything but letters, digits and `-._~`.
std::string percent_encode(std::string_view text);

/// A connection URL from which a test derives the one that it needs:
///
///     cluster.app_url().port(proxy.port()).set("sslmode", "disable").to_string()
///
/// Not coropq's own URL, whose mistakes a test shall notice. The parts are given and returned as they are meant and
/// percent-encoded in `to_string()`. Each function without an argument reads, each one with an argument changes.
class test_url {
public:
    test_url(std::string user, std::string password, std::string host, std::uint16_t port, std::string database)
        : user_(std::move(user))
        , password_(std::move(password))
        , host_(std::move(host))
        , database_(std::move(database))
        , port_(port) {}

    const std::string& user() const noexcept { return user_; }
    const std::string& password() const noexcept { return password_; }
    const std::string& host() const noexcept { return host_; }
    const std::string& database() const noexcept { return database_; }
    std::uint16_t port() const noexcept { return port_; }
    const std::vector<std::pair<std::string, std::string>>& parameters() const noexcept { return parameters_; }

    test_url& user(std::string value) { return user_ = std::move(value), *this; }
    /// An empty one is left out.
    test_url& password(std::string value) { return password_ = std::move(value), *this; }
    /// A name or address. An IPv6 address gets its brackets, a list (`a:1,b:2`) doesn't fit: write that by hand.
    test_url& host(std::string value) { return host_ = std::move(value), *this; }
    test_url& port(std::uint16_t value) { return port_ = value, *this; }
    test_url& database(std::string value) { return database_ = std::move(value), *this; }
    /// Sets a parameter of the query part, in place of the one of the same name.
    test_url& set(std::string_view name, std::string value);
    test_url& remove(std::string_view name);

    std::string to_string() const;

private:
    std::string user_;
    std::string password_;
    std::string host_;
    std::string database_;
    std::uint16_t port_;
    std::vector<std::pair<std::string, std::string>> parameters_;
};

} // namespace coropq::test

#endif
