// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_PRIVILEGE_HPP
#define COROPQ_INSPECT_PRIVILEGE_HPP

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>

namespace coropq::reflected {

/// What somebody has been allowed to do with something. The owner's own privileges are among them: those can be
/// revoked. A superuser needs none.
///
/// Where nobody has granted or revoked anything yet, these are the privileges that PostgreSQL gives by default (manual,
/// chapter "Privileges"): of tables, sequences and schemas, all to the owner; of functions, also `EXECUTE` to all.
struct privilege {
    std::optional<std::string> grantee; ///< A role. Nothing: `public`, everybody.
    std::string name;                   ///< In the server's words: `SELECT`, `USAGE` …
    bool grantable = false;             ///< `with grant option`.
    std::string grantor;
    std::optional<std::string> column; ///< Of a table, if it is about one column only.

    friend bool operator==(const privilege&, const privilege&) = default;
};
BOOST_DESCRIBE_STRUCT(privilege, (), (grantee, name, grantable, grantor, column))

std::ostream& operator<<(std::ostream& stream, const privilege& value);

} // namespace coropq::reflected

#endif
