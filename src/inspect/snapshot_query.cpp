// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_query.hpp"

#include <coropq/types/identifiers.hpp>

namespace coropq::detail {

statement snapshot_header_query() {
    return statement("select cast(pg_catalog.current_database() as text) as database, "
                     "cast(pg_catalog.current_setting('server_version_num') as integer) as server_version, "
                     "cast(pg_catalog.current_schemas(true) as text[]) as search_path");
}

statement view_definition_query(std::uint32_t view) {
    return statement("select pg_catalog.pg_get_viewdef(cast(cast($1 as text) as pg_catalog.oid))",
                     std::to_string(view));
}

// The setting is that of the transaction, and counts from there on in the same statement.
statement brief_view_definition_query(std::uint32_t view) {
    return statement("select case when pg_catalog.set_config('lock_timeout', '100ms', true) is not null "
                     "then pg_catalog.pg_get_viewdef(cast(cast($1 as text) as pg_catalog.oid)) end",
                     std::to_string(view));
}

} // namespace coropq::detail
