// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_RELATIONS_QUERY_HPP
#define COROPQ_SRC_INSPECT_RELATIONS_QUERY_HPP

#include "inspect/selection_text.hpp"

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A row of `relations_query`: one for each relation, in any order.
struct relation_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::string_view kind;
    std::string_view persistence;
    std::optional<std::string_view> owner;
    std::optional<std::string_view> access_method;
    std::optional<std::string_view> tablespace;
    std::optional<std::vector<std::string>> storage_parameters;
    std::vector<std::string> parent_schemas;
    std::vector<std::string> parent_names;
    std::vector<std::string> source_schemas;
    std::vector<std::string> source_names;
    bool is_partition = false;
    std::optional<std::string_view> partition_bound;
    std::optional<std::vector<std::string>> toast_parameters;
    std::optional<std::string_view> type_schema;
    std::optional<std::string_view> type_name;
    std::optional<std::string_view> server;
    std::optional<std::vector<std::string>> foreign_options;
    std::string_view replica_identity;
    std::optional<std::string_view> partition_strategy; ///< The others of these are arrays of one length.
    std::optional<std::vector<std::optional<std::string>>> key_columns;
    std::optional<std::vector<std::optional<std::string>>> key_class_schemas;
    std::optional<std::vector<std::optional<std::string>>> key_classes;
    std::optional<std::vector<bool>> key_default_classes;
    std::optional<std::vector<std::optional<std::string>>> key_collation_schemas;
    std::optional<std::vector<std::optional<std::string>>> key_collations;
    bool has_key_expressions = false;
    std::optional<std::string_view> key_expressions; ///< With commas between them.
    bool row_security = false;
    bool force_row_security = false;
    bool is_populated = true;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(relation_row, (),
                      (relation, schema_name, relation_name, kind, persistence, owner, access_method, tablespace,
                       storage_parameters, parent_schemas, parent_names, source_schemas, source_names, is_partition,
                       partition_bound, toast_parameters, type_schema, type_name, server, foreign_options,
                       replica_identity, partition_strategy, key_columns, key_class_schemas, key_classes,
                       key_default_classes, key_collation_schemas, key_collations, has_key_expressions, key_expressions,
                       row_security, force_row_security, is_populated, comment, extension))

statement relations_query(const relation_selection& selection, found_by way = found_by::server);

/// The definition of one view: no row if it doesn't exist; NULL if it isn't a view, or vanishes meanwhile. `within`:
/// see `without_waiting`.
statement view_definition_query(const relation_selection& selection, bool within);

} // namespace coropq::detail

#endif
