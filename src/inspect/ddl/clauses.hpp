// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_CLAUSES_HPP
#define COROPQ_SRC_INSPECT_DDL_CLAUSES_HPP

// Parts of statements.

#include <coropq/inspect/table.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// ` collate …`, or nothing.
std::string collate_clause(const std::optional<reflected::qualified_name>& collation);

/// `start with … increment by … … cycle`: all that a sequence has.
template <typename Sequence>
std::string sequence_clauses(const Sequence& sequence) {
    return "start with " + std::to_string(sequence.start) + " increment by " + std::to_string(sequence.increment) +
           " minvalue " + std::to_string(sequence.minimum) + " maxvalue " + std::to_string(sequence.maximum) +
           " cache " + std::to_string(sequence.cache) + (sequence.cycle ? " cycle" : " no cycle");
}

/// ` options (name 'value')`, or nothing: what a foreign data wrapper understands.
std::string foreign_options_clause(const std::vector<std::string>& options);

/// ` partition by …`
std::string partition_clause(const reflected::partition_key& key);

/// A column in `create table`. In a temporary table, the sequence of an identity column gets a name by itself.
std::string column_definition(const reflected::column& column, bool is_temporary);

/// Constraints, from `constraint name` to their end. `index` is that of the constraint, if it is known.
std::string key_definition(const reflected::unique_constraint& key, bool is_primary, const reflected::index* index,
                           bool with_tablespace);
std::string exclusion_definition(const reflected::exclusion_constraint& exclusion, const reflected::index* index,
                                 bool with_tablespace);
std::string check_definition(const reflected::check_constraint& check);
std::string foreign_key_definition(const reflected::foreign_key& key);

/// An index, from `using` to its end.
std::string index_definition(const reflected::index& index, bool with_tablespace);
/// `create index …`
std::string index_statement(const reflected::index& index, const reflected::qualified_name& table, bool only,
                            bool with_tablespace);

} // namespace coropq::detail

#endif
