// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_CONSTRAINT_ROWS_HPP
#define COROPQ_SRC_INSPECT_CONSTRAINT_ROWS_HPP

#include "inspect/relation_groups.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace coropq::detail {

/// Makes the constraints of each relation from rows (`constraint_row`) that are in any order: `make` gets those of one,
/// in the order of their positions, and gives nothing when a part of it is gone: then so is the relation, which is left
/// out, and it isn't complete. In the order of names.
template <typename T, typename Row, typename Make>
reflected::by_relation<std::vector<T>> constraints_from(const std::vector<Row>& rows, Make make, bool& is_complete) {
    relation_groups<std::vector<T>> groups;
    std::vector<const Row*> order;
    for (const Row& row : rows) {
        groups.of(row.relation, row.schema_name, row.relation_name);
        if (row.oid != 0)
            order.push_back(&row);
    }
    std::sort(order.begin(), order.end(), [](const Row* a, const Row* b) {
        return std::tie(a->relation, a->oid, a->position) < std::tie(b->relation, b->oid, b->position);
    });
    for (auto begin = order.begin(); begin != order.end();) {
        const auto end = std::find_if(begin, order.end(), [&](const Row* row) { return row->oid != (*begin)->oid; });
        std::optional<T> made = make(std::vector<const Row*>(begin, end));
        if (made)
            groups.of((*begin)->relation, {}, {}).push_back(std::move(*made));
        else
            groups.leave_out((*begin)->relation);
        is_complete = is_complete && made;
        begin = end;
    }
    return groups.take([](std::uint32_t, std::vector<T>& all) {
        std::sort(all.begin(), all.end(), [](const T& a, const T& b) { return a.name < b.name; });
    });
}

} // namespace coropq::detail

#endif
