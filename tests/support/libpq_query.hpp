// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_LIBPQ_QUERY_HPP
#define COROPQ_TESTS_SUPPORT_LIBPQ_QUERY_HPP

#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

/// What libpq alone, blocking, makes of it: a connection with these parameters (libpq's names; `dbname` isn't
/// expanded), the statements run as one simple query, the rows of the last one as text, NULL as an empty string. Throws
/// `std::runtime_error` with libpq's or the server's message.
///
/// It is how the support talks to its server, and what a test compares coropq's behaviour with.
std::vector<std::vector<std::string>> libpq_query(const std::vector<std::pair<std::string, std::string>>& parameters,
                                                  const std::string& sql);

/// The same with a URL or another connection string of libpq.
std::vector<std::vector<std::string>> libpq_query(const std::string& connection_string, const std::string& sql);

} // namespace coropq::test

#endif
