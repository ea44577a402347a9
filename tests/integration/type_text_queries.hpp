// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_TYPE_TEXT_QUERIES_HPP
#define COROPQ_TESTS_INTEGRATION_TYPE_TEXT_QUERIES_HPP

#include <cstddef>
#include <ostream>
#include <span>

namespace coropq::test {

struct from_sql {
    const char* name;
    const char* sql; ///< a query for values in column v
    std::size_t least = 3000;
    friend std::ostream& operator<<(std::ostream& out, const from_sql& which) { return out << which.name; }
};

/// With the types and functions of `type_session`.
std::span<const from_sql> type_queries();

} // namespace coropq::test

#endif
