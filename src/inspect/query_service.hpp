// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_QUERY_SERVICE_HPP
#define COROPQ_SRC_INSPECT_QUERY_SERVICE_HPP

// For servers that only have a part of PostgreSQL's catalogs (Query Service, whose dialect says so, and others for
// users who may not read them all): nothing but what Query Service's documentation shows to work there (Adobe, "SQL
// syntax in Query Service" and "Metadata PostgreSQL commands"). Names are read from pg_class and pg_namespace, columns
// from the description of a select that finds nothing.

#include "inspect/catalog.hpp"

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/dataset.hpp>
#include <coropq/inspect/relation_selection.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// Of the catalogs if the server has them all; else what a select says of the columns: names and types.
boost::asio::awaitable<reflected::by_relation<std::vector<reflected::column>>>
read_any_columns(catalog::pointer source, relation_selection selection);

/// Likewise.
boost::asio::awaitable<bool> read_any_column_existence(catalog::pointer source, std::string table, std::string column,
                                                       std::optional<std::string> schema);

/// Likewise: where the server can't look for many names at once, for each of them.
boost::asio::awaitable<std::vector<std::string>>
read_any_existing_tables(catalog::pointer source, std::vector<std::string> names, std::optional<std::string> schema);

boost::asio::awaitable<std::vector<reflected::dataset>> read_datasets(catalog::pointer source);

/// What a select says of the type of a column, as far as it can be told without catalogs: of PostgreSQL's own types
/// all, of others the OID and the given name.
reflected::data_type described_type(std::uint32_t oid, const std::string& name, int modifier);

} // namespace coropq::detail

#endif
