// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_SQLALCHEMY_KNOWN_DIFFERENCES_HPP
#define COROPQ_TESTS_INTEGRATION_SQLALCHEMY_KNOWN_DIFFERENCES_HPP

#include "comparison.hpp"

#include <vector>

namespace coropq::test {

/// What SQLAlchemy 2.0 does in another way, and why we don't do as it does.
struct known_difference {
    const char* name;
    const char* reason;
    bool (*is)(const difference& found);
};

const std::vector<known_difference>& known_differences();

} // namespace coropq::test

#endif
