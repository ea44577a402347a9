// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_SQLALCHEMY_OUR_DUMP_HPP
#define COROPQ_TESTS_INTEGRATION_SQLALCHEMY_OUR_DUMP_HPP

#include <coropq/connection.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace coropq::test {

/// What is inspected, and how much of it: as in dump.py.
struct inspection {
    std::vector<std::string> prepare;                ///< Statements that the connection begins with.
    std::vector<std::optional<std::string>> schemas; ///< Nothing: the search path.
    std::size_t one_in = 1;                          ///< Of the tables, every n-th is asked for by itself, too.
};

/// What our inspector says of the connection's database, in the shape that dump.py gives to what SQLAlchemy's says.
boost::json::object our_dump(boost::asio::io_context& context, connection& connection, const inspection& plan);

} // namespace coropq::test

#endif
