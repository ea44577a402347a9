// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_query.hpp"

#include "inspect/locking_texts.hpp"

#include <coropq/types/identifiers.hpp>

namespace coropq::detail {

statement snapshot_header_query() {
    return statement("select cast(pg_catalog.current_database() as text) as database, "
                     "cast(pg_catalog.current_setting('server_version_num') as integer) as server_version, "
                     "cast(pg_catalog.current_schemas(true) as text[]) as search_path, "
                     "array(select cast(a.attname as text) from pg_catalog.pg_attribute a "
                     "where a.attrelid = cast('pg_catalog.pg_class' as pg_catalog.regclass) and a.attnum > 0 "
                     "order by a.attnum) as lent_names");
}

statement view_definition_query(std::uint32_t view, bool within) {
    return statement("select " +
                         without_waiting("pg_catalog.pg_get_viewdef(cast(cast($1 as text) as pg_catalog.oid))", within),
                     std::to_string(view));
}

} // namespace coropq::detail
