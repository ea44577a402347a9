// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_UNIT_REFUSAL_HPP
#define COROPQ_TESTS_UNIT_REFUSAL_HPP

#include <coropq/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace coropq::test {

/// Message and hint, as in `message|hint`, of what refuses a statement; "accepted" if nothing does.
template <typename Make>
std::string refusal(Make make) {
    try {
        make();
    } catch (const option_error& problem) {
        EXPECT_EQ(problem.code(), errc::invalid_parameter);
        return std::string(problem.details().message()) + "|" + std::string(problem.details().hint());
    }
    return "accepted";
}

} // namespace coropq::test

#endif
