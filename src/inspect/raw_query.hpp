// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_RAW_QUERY_HPP
#define COROPQ_SRC_INSPECT_RAW_QUERY_HPP

// Rows of the catalogs nearly as they are: names, types and comments are put together here and not by joins of the
// server, which would do it for each of ten thousands of columns. All statements are meant for one snapshot.
//
// Those about relations give what is in the selected schemas, of the selected kinds; on the search path that is more
// than what is visible, which `relations_query` tells. In any order.

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// OID and name of schemas, collations, operator classes, access methods, tablespaces: all that have names. Of a
/// selection by name, only the collations that it uses.
struct raw_name_row {
    std::string_view catalog; ///< "namespace", "collation", "opclass", "am", "tablespace"
    std::uint32_t oid = 0;
    std::uint32_t name_space = 0; ///< 0: without.
    std::string_view name;
    bool is_default = false; ///< Of an operator class.
};
BOOST_DESCRIBE_STRUCT(raw_name_row, (), (catalog, oid, name_space, name, is_default))

statement raw_names_query(const relation_selection& selection);

/// Types: all of them, or of a selection by name those that its columns are made of.
struct raw_type_row {
    std::uint32_t oid = 0;
    std::uint32_t name_space = 0;
    std::string_view name;
    std::string_view kind;
    std::string_view text;     ///< Without a modifier.
    std::uint32_t element = 0; ///< Not 0: it is the array of that.
    std::uint32_t base = 0;    ///< Of a domain.
    int base_modifier = -1;
    std::optional<std::string_view> base_text; ///< With the modifier, if there is one.
    int base_dimensions = 0;
    bool not_null = false;
    std::uint32_t collation = 0;
};
BOOST_DESCRIBE_STRUCT(raw_type_row, (),
                      (oid, name_space, name, kind, text, element, base, base_modifier, base_text, base_dimensions,
                       not_null, collation))

statement raw_types_query(const relation_selection& selection);

/// What is nothing is as usual: no modifier, no dimensions, no collation or the default one, neither identity nor
/// generated, declared where it is, plain storage, no options.
struct raw_column_row {
    std::uint32_t relation = 0;
    std::int16_t position = 0;
    std::string_view name;
    std::uint32_t type = 0;
    std::optional<int> modifier;
    std::optional<std::string_view> text; ///< Of the type, if it has a modifier: see `add_modifier_text`.
    std::optional<int> dimensions;
    bool not_null = false;
    std::optional<std::string_view> identity;
    std::optional<std::string_view> generated;
    std::optional<std::uint32_t> collation;
    std::optional<bool> is_local;
    std::optional<int> inherited_count;
    std::optional<std::string_view> storage;
    std::optional<std::string_view> compression;
    std::optional<int> statistics_target;
    std::optional<std::vector<std::string>> attribute_options;
    std::optional<std::vector<std::string>> foreign_options;
    /// Four for each privilege: grantee (NULL: everybody), name, whether it may be passed on, grantor.
    std::optional<std::vector<std::optional<std::string>>> grants;
};
BOOST_DESCRIBE_STRUCT(raw_column_row, (),
                      (relation, position, name, type, modifier, text, dimensions, not_null, identity, generated,
                       collation, is_local, inherited_count, storage, compression, statistics_target, attribute_options,
                       foreign_options, grants))

statement raw_columns_query(const relation_selection& selection);

struct raw_default_row {
    std::uint32_t relation = 0;
    std::int16_t position = 0;
    std::optional<std::string_view> expression; ///< Nothing: it vanished.
};
BOOST_DESCRIBE_STRUCT(raw_default_row, (), (relation, position, expression))

statement raw_defaults_query(const relation_selection& selection);

/// The comments of relations, columns, indexes and constraints: all of them, or those of a selection by name.
struct raw_comment_row {
    bool is_constraint = false;
    std::uint32_t object = 0;
    int position = 0; ///< Of the column; 0: not of a column.
    std::string_view comment;
};
BOOST_DESCRIBE_STRUCT(raw_comment_row, (), (is_constraint, object, position, comment))

statement raw_comments_query(const relation_selection& selection);

/// The sequence behind an identity column.
struct raw_sequence_row {
    std::uint32_t relation = 0;
    int position = 0;
    std::uint32_t name_space = 0;
    std::string_view name;
    std::int64_t start = 0;
    std::int64_t increment = 0;
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    std::int64_t cache = 0;
    bool cycle = false;
};
BOOST_DESCRIBE_STRUCT(raw_sequence_row, (),
                      (relation, position, name_space, name, start, increment, minimum, maximum, cache, cycle))

statement raw_sequences_query(const relation_selection& selection);

struct raw_index_row {
    std::uint32_t relation = 0;
    std::uint32_t oid = 0;
    std::string_view name;
    std::uint32_t method = 0;
    std::uint32_t tablespace = 0;
    std::optional<std::vector<std::string>> storage_parameters;
    bool is_unique = false;
    bool nulls_not_distinct = false;
    bool is_valid = false;
    bool is_clustered = false;
    bool is_replica_identity = false;
    int key_count = 0;
    std::vector<std::int16_t> attributes; ///< 0: an expression.
    std::vector<std::int16_t> options;
    std::vector<std::uint32_t> classes;
    std::vector<std::uint32_t> collations;
    bool has_predicate = false;
    bool has_expressions = false;
    std::optional<std::string_view> predicate;
    std::optional<std::string_view> expressions;
    std::optional<std::uint32_t> parent_name_space;
    std::optional<std::string_view> parent_name;
    /// Of operator classes; each beside the number of the index's column that it belongs to.
    std::optional<std::vector<std::int16_t>> parameter_positions;
    std::optional<std::vector<std::string>> parameters;
};
BOOST_DESCRIBE_STRUCT(raw_index_row, (),
                      (relation, oid, name, method, tablespace, storage_parameters, is_unique, nulls_not_distinct,
                       is_valid, is_clustered, is_replica_identity, key_count, attributes, options, classes, collations,
                       has_predicate, has_expressions, predicate, expressions, parent_name_space, parent_name,
                       parameter_positions, parameters))

statement raw_indexes_query(const relation_selection& selection);

struct raw_constraint_row {
    std::uint32_t relation = 0;
    std::uint32_t oid = 0;
    std::string_view name;
    std::string_view type; ///< c, f, p, u or x.
    bool is_deferrable = false;
    bool is_deferred = false;
    bool is_validated = true;
    bool is_local = true;
    bool no_inherit = false;
    std::uint32_t index = 0;
    std::optional<std::vector<std::int16_t>> columns; ///< Of a check or a foreign key.
    std::optional<std::string_view> expression;       ///< Of a check.
    bool is_borrowed = false;                         ///< It has the names of columns of pg_class.
    std::uint32_t referred_oid = 0;
    std::optional<std::uint32_t> referred_name_space;
    std::optional<std::string_view> referred_table;
    std::optional<std::vector<std::int16_t>> referred_columns;
    std::optional<std::string_view> match; ///< This one and the next ones: of a foreign key.
    std::optional<std::string_view> on_update;
    std::optional<std::string_view> on_delete;
    std::optional<std::vector<std::int16_t>> changed_by_delete; ///< Nothing: all of them.
    std::optional<std::vector<std::string>> operator_schemas;   ///< Of an exclusion constraint.
    std::optional<std::vector<std::string>> operators;
};
BOOST_DESCRIBE_STRUCT(raw_constraint_row, (),
                      (relation, oid, name, type, is_deferrable, is_deferred, is_validated, is_local, no_inherit, index,
                       columns, expression, is_borrowed, referred_oid, referred_name_space, referred_table,
                       referred_columns, match, on_update, on_delete, changed_by_delete, operator_schemas, operators))

/// `borrows`: expressions have the names of columns of pg_class as far as they can, see borrowed_names.hpp.
statement raw_constraints_query(const relation_selection& selection, bool borrows);

/// Columns that foreign keys refer to in relations that aren't selected.
struct raw_other_column_row {
    std::uint32_t relation = 0;
    std::int16_t position = 0;
    std::string_view name;
};
BOOST_DESCRIBE_STRUCT(raw_other_column_row, (), (relation, position, name))

statement raw_other_columns_query(const relation_selection& selection);

} // namespace coropq::detail

#endif
