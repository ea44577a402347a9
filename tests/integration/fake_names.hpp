// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_FAKE_NAMES_HPP
#define COROPQ_TESTS_INTEGRATION_FAKE_NAMES_HPP

// Host names that exist in the test program only: it has a `getaddrinfo` of its own, which all libraries of the process
// call, libpq too. Names that nobody has defined go to the system.

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

namespace coropq::test {

/// A name for the lifetime of the object.
class fake_name {
public:
    /// The numeric addresses, in that order; none: the name doesn't exist. The answer comes after the delay.
    fake_name(std::string name, std::vector<std::string> addresses,
              std::chrono::milliseconds delay = std::chrono::milliseconds(0));
    fake_name(const fake_name&) = delete;
    fake_name& operator=(const fake_name&) = delete;
    /// Ends the delay of look-ups that are going on.
    ~fake_name();

private:
    std::string name_;
};

/// One call of `getaddrinfo`.
struct look_up {
    std::string name;
    bool numeric; ///< AI_NUMERICHOST: can't block
    std::thread::id thread;
};

/// The calls since the last `forget_look_ups()`.
std::vector<look_up> look_ups();
void forget_look_ups();

/// Waits until that many look-ups of the name have begun.
bool wait_for_look_up(const std::string& name, std::size_t count = 1);

} // namespace coropq::test

#endif
