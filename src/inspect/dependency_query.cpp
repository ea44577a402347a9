// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/dependency_query.hpp"

#include "inspect/selection_text.hpp"

#include <string>

namespace coropq::detail {

// The same foreign keys as in constraints_query.cpp.
statement dependencies_query(const relation_selection& selection) {
    return detail::bind("with chosen as (" + selected_relations(selection) +
                            "), edge(relation, name, other) as ("
                            "select r.relation, cast(con.conname as text), con.confrelid from chosen r "
                            "join pg_catalog.pg_constraint con on con.conrelid = r.relation and con.contype = 'f' "
                            "left join pg_catalog.pg_constraint above on above.oid = con.conparentid "
                            "where above.oid is null or above.confrelid = con.confrelid "
                            "union all select r.relation, null, h.inhparent from chosen r "
                            "join pg_catalog.pg_inherits h on h.inhrelid = r.relation) "
                            "select r.relation, cast(r.schema_name as text) as schema_name, "
                            "cast(r.relation_name as text) as relation_name, e.name as foreign_key, "
                            "cast(n.nspname as text) as other_schema, cast(c.relname as text) as other_name "
                            "from chosen r left join (edge e join pg_catalog.pg_class c on c.oid = e.other "
                            "join pg_catalog.pg_namespace n on n.oid = c.relnamespace) on e.relation = r.relation",
                        selection);
}

} // namespace coropq::detail
