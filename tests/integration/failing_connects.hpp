// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_FAILING_CONNECTS_HPP
#define COROPQ_TESTS_INTEGRATION_FAILING_CONNECTS_HPP

// Everything that can go wrong while connecting to one address, for tests of the messages and of what they must hide.

#include "connect_support.hpp"

#include <functional>
#include <string>
#include <vector>

namespace coropq::test {

struct failing_connect {
    using attempt = std::function<void(const test_url& address)>;

    std::string name;
    std::string kind; ///< class of the exception
    error_code code;
    std::string reason; ///< a part of the reason that is given for the address
    std::string hint;   ///< a part of the hint

    /// Makes the trouble, calls the function while it lasts, ends it. The URL begins as that of the role `app`, with
    /// the password that it has.
    std::function<void(const test_url& app, const attempt& attempt)> make;
};

std::vector<failing_connect> failing_connects();

} // namespace coropq::test

#endif
