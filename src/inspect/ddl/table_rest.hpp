// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_TABLE_REST_HPP
#define COROPQ_SRC_INSPECT_DDL_TABLE_REST_HPP

#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/table.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// What comes to a table that is there, with its columns, keys and indexes: replica identity, row-level security,
/// triggers, owner, privileges, comments.
void add_table_rest(std::vector<std::string>& to, std::vector<std::string>& omitted, const reflected::table& table,
                    const ddl_options& options);

/// What a trigger does, without its name: from `before` to its end. SQL wants a table; people may know it.
std::string trigger_definition(const reflected::trigger& trigger, const std::string& table = {});
/// Likewise, from `for` or `as restrictive`.
std::string policy_definition(const reflected::policy& policy);

/// Exactly these privileges on `table public.t`, granted by the owner.
void add_privileges(std::vector<std::string>& to, std::vector<std::string>& omitted, const std::string& what,
                    const std::string& owner, const std::vector<reflected::privilege>& privileges);

/// `comment on what is 'comment'`, if there is a comment.
void add_comment(std::vector<std::string>& to, const std::string& what, const std::optional<std::string>& comment);

} // namespace coropq::detail

#endif
