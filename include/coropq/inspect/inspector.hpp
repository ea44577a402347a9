// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_INSPECTOR_HPP
#define COROPQ_INSPECT_INSPECTOR_HPP

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq {

namespace detail {
class engine_state;
}

/// Answers what a database contains. Made by `engine::inspect()`; keeps the engine alive.
///
/// Each function is one statement in one round trip (after connecting, if no connection is open yet), sees the
/// database as it is at that moment, and remembers nothing.
///
/// Schemas: without a name, functions look at what an unqualified name in a statement would find: everything visible on
/// the connection's search path, `pg_catalog` excepted. With a name, at exactly that schema, compared as it is, without
/// folding case; one that doesn't exist contains nothing and is no error. Objects that the user may not read are listed
/// as well, as PostgreSQL's catalogs do.
///
/// Errors and cancellation as for `engine::execute`. May be used from several threads at once.
class inspector {
public:
    /// The names of the ordinary and partitioned tables, partitions included; not temporary or foreign tables, views or
    /// materialized views. In the order of their bytes, whatever the collation of the database.
    boost::asio::awaitable<std::vector<std::string>> table_names(std::optional<std::string> schema = {}) const;

    /// True if there is something of this name that can be selected from like a table: a table, partitioned table,
    /// foreign table, view or materialized view, temporary or not. The name is compared as it is.
    boost::asio::awaitable<bool> has_table(std::string name, std::optional<std::string> schema = {}) const;

    /// The names of all schemas but those that PostgreSQL reserves for itself, which begin with `pg_`. In the order of
    /// their bytes. Contains `information_schema`.
    boost::asio::awaitable<std::vector<std::string>> schema_names() const;

    /// For the library; users call `engine::inspect`.
    explicit inspector(std::shared_ptr<detail::engine_state> state) noexcept : state_(std::move(state)) {}

private:
    std::shared_ptr<detail::engine_state> state_;
};

} // namespace coropq

#endif
