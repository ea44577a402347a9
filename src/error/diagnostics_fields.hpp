// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_ERROR_DIAGNOSTICS_FIELDS_HPP
#define COROPQ_SRC_ERROR_DIAGNOSTICS_FIELDS_HPP

#include <coropq/diagnostics.hpp>

namespace coropq::detail {

/// What `diagnostics` holds, while it is being filled in.
struct diagnostics_fields {
    std::string message;
    std::string severity;
    std::string sqlstate;
    std::string detail;
    std::string hint;
    std::string context;
    std::size_t position = 0;
    std::string schema_name;
    std::string table_name;
    std::string column_name;
    std::string data_type_name;
    std::string constraint_name;
    std::string statement;
    std::string host;
    std::string port;
    std::string user;
    std::string database;
    std::string session_id;
    std::vector<connect_attempt> attempts;
    bool known_not_run = false;
    std::string text; ///< Everything as one text; made by the constructor of `diagnostics`.
};

/// The parts of one, for another that says a little more.
diagnostics_fields fields_of(const diagnostics& details);

/// A message of our own and what to do about it.
diagnostics make_diagnostics(boost::system::error_code code, std::string message, std::string hint = {});

} // namespace coropq::detail

#endif
