// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/domain_steps.hpp"

namespace coropq::detail {

constexpr std::string_view domain_steps_query =
    "step(origin, depth, type, modifier, dimensions) as ("
    "select t.oid, 1, d.typbasetype, d.typtypmod, d.typndims "
    "from (select distinct u.type from used u) u join pg_catalog.pg_type t on t.oid = u.type "
    "left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid "
    "join pg_catalog.pg_type d on d.oid = coalesce(e.oid, t.oid) and d.typtype = 'd' "
    "union all select p.origin, p.depth + 1, d.typbasetype, d.typtypmod, d.typndims "
    "from step p join pg_catalog.pg_type t on t.oid = p.type "
    "left join pg_catalog.pg_type e on e.oid = t.typelem and e.typarray = t.oid "
    "join pg_catalog.pg_type d on d.oid = coalesce(e.oid, t.oid) and d.typtype = 'd') ";

bool domain_steps::complete(reflected::data_type& type) const {
    const std::uint32_t origin = type.array_oid == 0 ? type.oid : type.array_oid;
    if (vanished_.contains(origin))
        return false;
    type.bases.clear();
    if (const auto place = found_.find(origin); place != found_.end())
        for (const auto& [depth, base] : place->second)
            type.bases.push_back(base);
    return true;
}

} // namespace coropq::detail
