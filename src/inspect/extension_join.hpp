// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_EXTENSION_JOIN_HPP
#define COROPQ_SRC_INSPECT_EXTENSION_JOIN_HPP

#include <string>
#include <string_view>

namespace coropq::detail {

/// Joins a row `made` whose only column, `extension`, is the name of the extension that an object is a part of: the
/// server notes that as a dependency of the kind 'e' (PostgreSQL manual, "pg_depend"). `catalog`: "pg_class". From the
/// extensions, which are few, and not from the objects.
inline std::string extension_join(std::string_view catalog, std::string_view oid) {
    return " left join (select part.objid, cast(whole.extname as text) as extension from pg_catalog.pg_extension whole "
           "join pg_catalog.pg_depend part "
           "on part.refclassid = cast('pg_catalog.pg_extension' as pg_catalog.regclass) "
           "and part.refobjid = whole.oid and part.deptype = 'e' "
           "and part.classid = cast('pg_catalog." +
           std::string(catalog) + "' as pg_catalog.regclass)) made on made.objid = " + std::string(oid) + ' ';
}

} // namespace coropq::detail

#endif
