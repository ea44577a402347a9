// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_INSPECTOR_HPP
#define COROPQ_INSPECT_INSPECTOR_HPP

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/dataset.hpp>
#include <coropq/inspect/extension.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/policy.hpp>
#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/range_type.hpp>
#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/routine.hpp>
#include <coropq/inspect/schema.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/inspect/snapshot_options.hpp>
#include <coropq/inspect/table_order.hpp>
#include <coropq/inspect/trigger.hpp>
#include <coropq/inspect/user_types.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace coropq {

namespace detail {
class catalog;
class engine_state;
class lease;
} // namespace detail

/// Answers what a database contains. Made by `engine::inspect()`, which it keeps alive, or by `connection::inspect()`:
/// then it sees what the connection's transaction has changed, and its temporary tables.
///
///     for (const std::string& name : co_await engine.inspect().table_names()) …
///
/// Each function is one statement in one round trip (after connecting, if no connection is open yet), sees the
/// database as it is at that moment, and remembers nothing. Objects that come and go meanwhile are there or not, and no
/// error.
///
/// Schemas: without a name, functions look at what an unqualified name in a statement would find: everything visible on
/// the connection's search path, `pg_catalog` excepted. With a name, at exactly that schema, compared as it is, without
/// folding case; one that doesn't exist contains nothing and is no error. Objects that the user may not read are listed
/// as well, as PostgreSQL's catalogs do.
///
/// Names of tables and other objects are compared as they are, too: no quotes, no folding, no schema in front.
///
/// A server that has only a part of PostgreSQL's catalogs, as Query Service has, is asked again in other words where
/// that helps: `columns` then asks for each relation by itself, and gives names and types only. What can't be answered
/// ends with `inspection_error` (`errc::unsupported`). An engine finds that out once for each question, the inspector
/// of a connection for itself; in a transaction the first try makes it fail.
///
/// Errors and cancellation as for `execute` of the engine or the connection; a function that is asked about one object
/// that doesn't exist ends with `inspection_error` (`errc::no_such_object`). The inspector of an engine may be used
/// from several threads at once, that of a connection as the connection.
class inspector {
public:
    /// The names of the ordinary and partitioned tables, partitions included; not temporary or foreign tables, views or
    /// materialized views. In the order of their bytes, whatever the collation of the database; so are all lists of
    /// names.
    boost::asio::awaitable<std::vector<std::string>> table_names(std::optional<std::string> schema = {}) const;

    /// The names of the views that aren't temporary; not materialized views.
    boost::asio::awaitable<std::vector<std::string>> view_names(std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<std::vector<std::string>>
    materialized_view_names(std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<std::vector<std::string>> foreign_table_names(std::optional<std::string> schema = {}) const;

    /// The names of the sequences: also of those that belong to a serial or identity column, and of temporary ones.
    boost::asio::awaitable<std::vector<std::string>> sequence_names(std::optional<std::string> schema = {}) const;

    /// The names of the temporary tables and views of the session. An engine has several sessions, each with its own:
    /// ask on a connection.
    boost::asio::awaitable<std::vector<std::string>> temporary_table_names() const;
    boost::asio::awaitable<std::vector<std::string>> temporary_view_names() const;

    /// The names of all schemas but those that PostgreSQL reserves for itself, which begin with `pg_`. Contains
    /// `information_schema`.
    boost::asio::awaitable<std::vector<std::string>> schema_names() const;

    /// The schema where something is created whose name has none: the first of the search path that exists, at that
    /// moment; nothing if there is none.
    boost::asio::awaitable<std::optional<std::string>> default_schema() const;
    /// The schemas of the search path that exist, in their order, without those that are searched implicitly.
    boost::asio::awaitable<std::vector<std::string>> search_path() const;

    /// True if there is something of this name that can be selected from like a table: a table, partitioned table,
    /// foreign table, view or materialized view, temporary or not.
    boost::asio::awaitable<bool> has_table(std::string name, std::optional<std::string> schema = {}) const;
    /// Which of the names `has_table` would be true for: those, in the order of their bytes.
    boost::asio::awaitable<std::vector<std::string>> existing_tables(std::vector<std::string> names,
                                                                     std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<bool> has_sequence(std::string name, std::optional<std::string> schema = {}) const;
    /// Any schema, PostgreSQL's own included.
    boost::asio::awaitable<bool> has_schema(std::string name) const;
    /// False if there is no such table.
    boost::asio::awaitable<bool> has_column(std::string table, std::string column,
                                            std::optional<std::string> schema = {}) const;
    /// Any index of the table, that of its primary key included. False if there is no such table.
    boost::asio::awaitable<bool> has_index(std::string table, std::string index,
                                           std::optional<std::string> schema = {}) const;
    /// Any constraint of the table: primary key, foreign key, unique, check or exclusion constraint. False if there is
    /// no such table, as below.
    boost::asio::awaitable<bool> has_constraint(std::string table, std::string constraint,
                                                std::optional<std::string> schema = {}) const;
    /// One that `triggers` or `policies` lists.
    boost::asio::awaitable<bool> has_trigger(std::string table, std::string trigger,
                                             std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<bool> has_policy(std::string table, std::string policy,
                                            std::optional<std::string> schema = {}) const;
    /// Any function, procedure or aggregate of that name. Without a schema, those of `pg_catalog` don't count.
    boost::asio::awaitable<bool> has_routine(std::string name, schema_selection schemas = {}) const;
    /// Any type: an enum, domain, range, composite type …, a table's rows also being one. Without a schema, as for
    /// tables, those of `pg_catalog` don't count.
    boost::asio::awaitable<bool> has_type(std::string name, schema_selection schemas = {}) const;

    /// The OID of a table or view: of what `has_table` is true for. Throws `inspection_error`.
    boost::asio::awaitable<std::uint32_t> table_oid(std::string name, std::optional<std::string> schema = {}) const;

    /// The columns of a table, view or materialized view, in their order. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::column>> columns(std::string table,
                                                                   std::optional<std::string> schema = {}) const;
    /// The same of all that is selected, in one statement; so are the functions below. Each of the relations is there,
    /// one that has none with an empty value.
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::column>>>
    columns(relation_selection selection) const;

    /// The primary key; nothing if there is none, as of a view. Throws `inspection_error`.
    boost::asio::awaitable<std::optional<reflected::primary_key>>
    primary_key(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::optional<reflected::primary_key>>>
    primary_key(relation_selection selection) const;

    /// The foreign keys of a table, each once: not those that the server adds for every partition of the table that a
    /// key refers to. In the order of their names, as are the constraints and indexes below. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::foreign_key>>
    foreign_keys(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::foreign_key>>>
    foreign_keys(relation_selection selection) const;

    /// The unique constraints of a table; not indexes that are only unique. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::unique_constraint>>
    unique_constraints(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::unique_constraint>>>
    unique_constraints(relation_selection selection) const;

    /// The check constraints of a table; not those of the domains of its columns. Throws `inspection_error`.
    ///
    /// The server locks a table for the moment in which it writes down such an expression, as any query of the table
    /// does: this waits for a transaction that is altering the table. So it is for generated columns, and for
    /// expressions and predicates of indexes; not for defaults.
    boost::asio::awaitable<std::vector<reflected::check_constraint>>
    check_constraints(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::check_constraint>>>
    check_constraints(relation_selection selection) const;

    /// The exclusion constraints of a table. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::exclusion_constraint>>
    exclusion_constraints(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::exclusion_constraint>>>
    exclusion_constraints(relation_selection selection) const;

    /// All indexes of a table or materialized view, those that serve constraints included: `role` tells. Throws
    /// `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::index>> indexes(std::string table,
                                                                  std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::index>>>
    indexes(relation_selection selection) const;

    /// A table or view itself: its kind, owner, options, parents, partition bound, comment … Throws `inspection_error`.
    boost::asio::awaitable<reflected::relation> relation(std::string name,
                                                         std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<reflected::relation>> relations(relation_selection selection) const;

    /// Parts of the same. Throws `inspection_error`.
    boost::asio::awaitable<std::optional<std::string>> table_comment(std::string table,
                                                                     std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::optional<std::string>>>
    table_comment(relation_selection selection) const;
    boost::asio::awaitable<reflected::table_options> table_options(std::string table,
                                                                   std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<reflected::table_options>>
    table_options(relation_selection selection) const;

    /// The query of a view or materialized view, in the server's words. Throws `inspection_error`, also for what isn't
    /// a view. The server locks what the view is made of for that moment, as any query of it does; within a transaction
    /// of yours until its end. Otherwise it gives the locks back while it waits for one, and tries again.
    boost::asio::awaitable<std::string> view_definition(std::string view, std::optional<std::string> schema = {}) const;

    /// The partitions of a partitioned table, or the tables that inherit from a table, by schema and name; not those
    /// further down. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::qualified_name>>
    children(std::string table, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::qualified_name>>>
    children(relation_selection selection) const;

    /// The triggers of a table or view, in the order of their names, in which the server fires them; not those by which
    /// it keeps constraints. If one has a condition, the server locks the table for the moment in which it writes that
    /// down. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::trigger>> triggers(std::string table,
                                                                     std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::trigger>>>
    triggers(relation_selection selection) const;
    /// The statement that creates a trigger, in the server's words, its condition included. Throws `inspection_error`.
    /// If there is a condition, the server locks the table for that moment, as any query of it does.
    boost::asio::awaitable<std::string> trigger_definition(std::string table, std::string trigger,
                                                           std::optional<std::string> schema = {}) const;

    /// The row-level security policies of a table, in the order of their names. Throws `inspection_error`.
    ///
    /// The server locks a table for the moment in which it writes its policies down, and what subqueries in them read
    /// until the end of the transaction, as if they ran. So each policy with a subquery is read in a transaction of its
    /// own, as a view's definition is, in a second round trip; within a transaction of yours they are a part of that.
    boost::asio::awaitable<std::vector<reflected::policy>> policies(std::string table,
                                                                    std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::policy>>>
    policies(relation_selection selection) const;

    /// The privileges of a table or view, then those of its columns, in the order of the columns; each by grantee, name
    /// and grantor. What is granted to a role counts for its members as well. Throws `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::privilege>> privileges(std::string table,
                                                                         std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<std::vector<reflected::privilege>>>
    privileges(relation_selection selection) const;

    /// Tables in an order in which they can be created, each with the foreign keys that can be created with it; by name
    /// where there is a choice. A key waits for the end only if it is part of a circle and refers to a table that comes
    /// later: circles don't disturb the order of other tables. What a table inherits from, or is a partition of, comes
    /// before it. Tables that aren't selected are taken to be there already.
    boost::asio::awaitable<reflected::table_order> sorted_table_and_foreign_keys(schema_selection schemas = {}) const;

    /// A sequence, whatever it belongs to. Throws `inspection_error`.
    boost::asio::awaitable<reflected::sequence> sequence(std::string name,
                                                         std::optional<std::string> schema = {}) const;
    /// Sequences, by schema and name; so are the types below.
    boost::asio::awaitable<std::vector<reflected::sequence>> sequences(schema_selection schemas = {}) const;

    boost::asio::awaitable<std::vector<reflected::enum_type>> enums(schema_selection schemas = {}) const;
    boost::asio::awaitable<std::vector<reflected::domain_type>> domains(schema_selection schemas = {}) const;
    /// Composite types that were made as such; not the rows of tables. One ends with `inspection_error` if there is
    /// none.
    boost::asio::awaitable<std::vector<reflected::composite_type>> composite_types(schema_selection schemas = {}) const;
    boost::asio::awaitable<reflected::composite_type> composite_type(std::string name,
                                                                     std::optional<std::string> schema = {}) const;
    /// Range types, each with its multirange type. One ends with `inspection_error` if there is none.
    boost::asio::awaitable<std::vector<reflected::range_type>> range_types(schema_selection schemas = {}) const;
    boost::asio::awaitable<reflected::range_type> range_type(std::string name,
                                                             std::optional<std::string> schema = {}) const;

    /// Functions, procedures, aggregates and window functions, by schema, name and types of the arguments.
    boost::asio::awaitable<std::vector<reflected::routine>> routines(schema_selection schemas = {}) const;
    /// All of these of one name: none, one or several. `pg_catalog` counts only if it is named.
    boost::asio::awaitable<std::vector<reflected::routine>> routines_named(std::string name,
                                                                           schema_selection schemas = {}) const;

    /// The schemas that `schema_names` gives, themselves; or any of them by its name. The latter throws
    /// `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::schema>> schemas() const;
    boost::asio::awaitable<reflected::schema> schema(std::string name) const;

    /// The extensions of the database, in the order of their names; or one by its name. The latter throws
    /// `inspection_error`.
    boost::asio::awaitable<std::vector<reflected::extension>> extensions() const;
    boost::asio::awaitable<reflected::extension> extension(std::string name) const;
    boost::asio::awaitable<bool> has_extension(std::string name) const;

    /// What `SHOW TABLES` of Query Service lists, by name: the tables with their datasets. Throws `inspection_error`
    /// (`errc::unsupported`) on other servers.
    boost::asio::awaitable<std::vector<reflected::dataset>> datasets() const;

    /// The whole of one schema, of several or of all: tables, views, types, with everything that belongs to them, as
    /// one value. All statements travel together, in one round trip, and see the database at one moment; definitions
    /// of views, and policies with subqueries, follow in a second one.
    ///
    /// On an engine, and on a connection outside of a transaction, that is one MVCC snapshot, in a transaction that
    /// only reads. On a connection within a transaction it sees what that has changed, and each of the statements sees
    /// what a statement sees in it: all the same from `repeatable read` on; otherwise the next one sees what others
    /// have committed meanwhile.
    ///
    /// Needs a connection for itself for that time.
    boost::asio::awaitable<reflected::schema_snapshot> snapshot(snapshot_options options = {}) const;

    /// A table, view or materialized view with everything that belongs to it, as one value: what the functions above
    /// tell of it, in one round trip and of one MVCC snapshot (on a connection within a transaction: as that sees it).
    /// The definition of a view, and policies with subqueries, follow in a second one. Throws `inspection_error`.
    boost::asio::awaitable<reflected::table> reflect(std::string name, std::optional<std::string> schema = {}) const;
    boost::asio::awaitable<reflected::by_relation<reflected::table>> reflect(relation_selection selection) const;

    /// For the library; users call `engine::inspect` or `connection::inspect`.
    explicit inspector(std::shared_ptr<detail::engine_state> engine);
    explicit inspector(std::shared_ptr<detail::lease> connection);

private:
    std::shared_ptr<const detail::catalog> catalog_;
};

} // namespace coropq

#endif
