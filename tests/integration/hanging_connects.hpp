// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_HANGING_CONNECTS_HPP
#define COROPQ_TESTS_INTEGRATION_HANGING_CONNECTS_HPP

// Places where a connect gets so far and no further: one for each thing that it waits for.

#include "connect_support.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace coropq::test {

/// A connect to the URL hangs as long as the object lives. Destroying it ends everything on the other side.
struct hanging_place {
    url address = url::parse("postgresql://");
    /// True once the connect waits for what will not come.
    std::function<bool()> reached;
    /// Waits until the other side has seen the end of every connection; false when it doesn't.
    std::function<bool()> all_gone;
    std::shared_ptr<void> keep;
};

struct hanging_connect {
    std::string name;
    std::function<hanging_place()> make;

    // What GoogleTest prints for the parameter of a test.
    friend void PrintTo(const hanging_connect& hanging, std::ostream* out) { *out << hanging.name; }
};

/// How long the name that resolves slowly takes, if its place lives so long: Asio's loops don't end before it has an
/// answer. For a test that destroys the place before its loop, longer than any connect that ended in time.
inline std::chrono::milliseconds slow_look_up = std::chrono::milliseconds(900);

std::vector<hanging_connect> hanging_connects();

} // namespace coropq::test

#endif
