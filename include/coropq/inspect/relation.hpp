// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_RELATION_HPP
#define COROPQ_INSPECT_RELATION_HPP

#include <coropq/inspect/partition_key.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/relation_kind.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class persistence : std::uint8_t { permanent, unlogged, temporary };
BOOST_DESCRIBE_ENUM(persistence, permanent, unlogged, temporary)

/// By what a row is told from others where changes are passed on to other servers (`replica identity`): its primary
/// key, nothing, all columns, or an index, whose `replica_identity` is set.
enum class replica_identity : std::uint8_t { by_primary_key, nothing, all_columns, by_index };
BOOST_DESCRIBE_ENUM(replica_identity, by_primary_key, nothing, all_columns, by_index)

/// What can be said of a table behind its columns.
struct table_options {
    /// Of a table or materialized view: `heap`. Nothing: one that stores nothing itself.
    std::optional<std::string> access_method;
    std::optional<std::string> tablespace; ///< Nothing: that of the database.
    /// `fillfactor=70` …; of a view: `security_barrier=true` …
    std::vector<std::string> storage_parameters;
    /// What it inherits from, in the order of the declaration; of a partition: the table that it is a part of.
    std::vector<qualified_name> parents;
    /// Storage parameters of the place where long values are kept: `toast.autovacuum_enabled=off` without `toast.`.
    std::vector<std::string> toast_parameters;
    std::optional<qualified_name> of_type; ///< The composite type that it was made `of`.
    std::optional<std::string> server;     ///< Of a foreign table: where it is.
    /// Of a foreign table: `table_name=orders` …, whatever its foreign data wrapper understands.
    std::vector<std::string> foreign_options;

    friend bool operator==(const table_options&, const table_options&) = default;
};
BOOST_DESCRIBE_STRUCT(table_options, (),
                      (access_method, tablespace, storage_parameters, parents, toast_parameters, of_type, server,
                       foreign_options))

/// A table, partitioned table, foreign table, view or materialized view.
struct relation {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    relation_kind kind = relation_kind::table;
    reflected::persistence persistence = persistence::permanent;
    std::string owner;
    table_options options;
    /// Of a view or materialized view: the tables, views and sequences that its query mentions, in the order of names.
    std::vector<qualified_name> sources;
    bool is_partition = false;
    /// Of a partition: `FOR VALUES IN (1, 2)`, `DEFAULT` …
    std::optional<std::string> partition_bound;
    std::optional<reflected::partition_key> partition_key; ///< Of a partitioned table.
    bool row_security = false;                             ///< Row-level security is enabled.
    bool force_row_security = false;                       ///< … for the owner, too.
    bool populated = true;                                 ///< false: a materialized view without data.
    reflected::replica_identity replica_identity = replica_identity::by_primary_key;
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const relation&, const relation&) = default;
};
BOOST_DESCRIBE_STRUCT(relation, (),
                      (oid, schema, name, kind, persistence, owner, options, sources, is_partition, partition_bound,
                       partition_key, row_security, force_row_security, populated, replica_identity, comment,
                       extension))

std::ostream& operator<<(std::ostream& stream, const table_options& value);
std::ostream& operator<<(std::ostream& stream, const relation& value);

} // namespace coropq::reflected

#endif
