// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_TRIGGERS_HPP
#define COROPQ_SRC_INSPECT_TRIGGERS_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/trigger.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <string_view>
#include <vector>

namespace coropq::detail {

/// From them, and a condition: not those by which the server keeps constraints. Before PostgreSQL 15, it also calls a
/// trigger internal that a partition has from its partitioned table.
inline constexpr std::string_view declared_triggers =
    "(pg_catalog.pg_trigger t left join pg_catalog.pg_constraint con on con.oid = t.tgconstraint) ";
inline constexpr std::string_view is_declared_trigger =
    "(not t.tgisinternal or t.tgparentid <> 0 and (con.oid is null or con.contype = 't')) ";

statement triggers_query(const relation_selection& selection, found_by way = found_by::server);
/// From the answer. What vanished meanwhile isn't there; then it isn't complete.
reflected::by_relation<std::vector<reflected::trigger>> triggers_from(const result& rows, bool& is_complete);

} // namespace coropq::detail

#endif
