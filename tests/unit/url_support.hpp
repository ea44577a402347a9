// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_URL_SUPPORT_HPP
#define COROPQ_TESTS_UNIT_URL_SUPPORT_HPP

// Shared by the tests of urls.

#include <coropq/error.hpp>
#include <coropq/url.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace coropq::testing {

using text = std::optional<std::string>;

/// The password, for comparisons; absent stays absent.
inline text password_of(const url& value) { return value.password() ? text(value.password()->expose()) : std::nullopt; }

/// "host:port,host:port" with "-" for an absent port.
inline std::string hosts_of(const url& value) {
    std::string result;
    for (const host_port& server : value.hosts())
        result += (result.empty() ? "" : ",") + server.host + ':' + (server.port ? std::to_string(*server.port) : "-");
    return result;
}

/// The error text of something that has to throw a url_error; also checks its code.
template <class Function>
std::string error_of(Function&& function) {
    try {
        function();
    } catch (const url_error& e) {
        EXPECT_EQ(e.code(), errc::invalid_url);
        return e.what();
    }
    return {};
}

inline std::string parse_error(std::string_view input) {
    return error_of([&] { url::parse(input); });
}

/// Every url comes back from the text that shows the password.
inline void expect_round_trip(const url& value) {
    const std::string shown = value.to_string(show_password);
    EXPECT_EQ(url::parse(shown), value) << shown;
    EXPECT_EQ(std::hash<url>()(url::parse(shown)), std::hash<url>()(value));
}

} // namespace coropq::testing

#endif
