// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_POLICY_HPP
#define COROPQ_INSPECT_POLICY_HPP

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class policy_command : std::uint8_t { for_all, for_select, for_insert, for_update, for_delete };
BOOST_DESCRIBE_ENUM(policy_command, for_all, for_select, for_insert, for_update, for_delete)

/// A row-level security policy of a table. It counts while `relation::row_security` is set.
struct policy {
    std::uint32_t oid = 0;
    std::string name;       ///< Unique in its table only.
    bool permissive = true; ///< One of these has to allow a row; those that aren't, restrictive ones, all have to.
    policy_command command = policy_command::for_all;
    std::vector<std::string> roles;              ///< In the order of their bytes. Empty: `public`, everybody.
    std::optional<std::string> using_expression; ///< Which rows are there, in the server's words.
    std::optional<std::string> check_expression; ///< Which rows may be written. Nothing: those that are there.
    std::optional<std::string> comment;

    friend bool operator==(const policy&, const policy&) = default;
};
BOOST_DESCRIBE_STRUCT(policy, (), (oid, name, permissive, command, roles, using_expression, check_expression, comment))

std::ostream& operator<<(std::ostream& stream, const policy& value);

} // namespace coropq::reflected

#endif
