// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_INDEXES_QUERY_HPP
#define COROPQ_SRC_INSPECT_INDEXES_QUERY_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A row of `indexes_query`, in any order: one element of an index, key or included. `index_oid` is 0 when the relation
/// has no index. What is about the whole of the index stands in each, but for the texts that are costly: in the first.
struct index_row {
    std::uint32_t relation = 0;
    std::string_view schema_name;
    std::string_view relation_name;
    std::uint32_t index_oid = 0;
    std::string_view index_name;
    std::string_view method;
    bool is_unique = false;
    bool nulls_not_distinct = false;
    bool is_valid = false;
    bool is_clustered = false;
    bool is_replica_identity = false;
    bool has_predicate = false;
    bool has_expressions = false;
    std::optional<std::string_view> predicate;
    std::optional<std::string_view> expressions; ///< With commas between them.
    std::optional<std::vector<std::string>> storage_parameters;
    std::optional<std::string_view> tablespace;
    std::optional<std::string_view> parent_schema;
    std::optional<std::string_view> parent_name;
    std::optional<std::string_view> index_comment;
    int key_count = 0;

    int position = 0;         ///< From 1.
    int attribute_number = 0; ///< 0: an expression.
    std::optional<std::string_view> attribute_name;
    int options = 0; ///< Bits: 1 descending, 2 nulls first.
    std::optional<std::string_view> operator_class_schema;
    std::optional<std::string_view> operator_class_name;
    bool default_operator_class = true;
    std::optional<std::string_view> collation_schema;
    std::optional<std::string_view> collation_name;
    std::optional<std::vector<std::string>> parameters;

    std::uint32_t constraint_oid = 0;
    std::string_view constraint_type; ///< p, u, x or nothing.
    std::optional<std::string_view> constraint_name;
    bool is_deferrable = false;
    bool is_deferred = false;
    std::optional<std::string_view> constraint_comment;
    std::optional<std::string_view> operator_schema;
    std::optional<std::string_view> operator_name;
};
BOOST_DESCRIBE_STRUCT(index_row, (),
                      (relation, schema_name, relation_name, index_oid, index_name, method, is_unique,
                       nulls_not_distinct, is_valid, is_clustered, is_replica_identity, has_predicate, has_expressions,
                       predicate, expressions, storage_parameters, tablespace, parent_schema, parent_name,
                       index_comment, key_count, position, attribute_number, attribute_name, options,
                       operator_class_schema, operator_class_name, default_operator_class, collation_schema,
                       collation_name, parameters, constraint_oid, constraint_type, constraint_name, is_deferrable,
                       is_deferred, constraint_comment, operator_schema, operator_name))

/// All indexes, or only those of constraints of one type: 'p', 'u' or 'x'.
statement indexes_query(const relation_selection& selection, std::optional<char> constraint_type);

} // namespace coropq::detail

#endif
