// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_HELD_PRIVILEGES_HPP
#define COROPQ_SRC_INSPECT_HELD_PRIVILEGES_HPP

#include <coropq/inspect/privilege.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// Output columns of a query that tell the privileges of each object: see `held_privileges_row`. They need what
/// `held_privileges_join` adds.
extern const std::string_view held_privileges_columns;

/// A `left join` of an object's privileges. The arguments are SQL expressions: its access control list, which may be
/// NULL, its owner; and the letter of its class, which `acldefault` takes.
std::string held_privileges_join(std::string_view list, char object_class, std::string_view owner);

/// Expressions that give the names of the roles of a row `x` of `aclexplode`; they need what `grant_roles_joins` adds.
extern const std::string_view grantee_name; ///< NULL: everybody.
extern const std::string_view grantor_name;
extern const std::string_view grant_roles_joins;

/// What these columns are read as. No values: nobody has any.
struct held_privileges_row {
    std::optional<std::vector<std::optional<std::string>>> grantees;
    std::optional<std::vector<std::string>> privilege_names;
    std::optional<std::vector<bool>> privileges_grantable;
    std::optional<std::vector<std::string>> grantors;
};
BOOST_DESCRIBE_STRUCT(held_privileges_row, (), (grantees, privilege_names, privileges_grantable, grantors))

/// By grantee, everybody first; then by name and grantor.
std::vector<reflected::privilege> privileges_of(held_privileges_row row);
void sort_privileges(std::vector<reflected::privilege>& all);

} // namespace coropq::detail

#endif
