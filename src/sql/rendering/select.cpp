// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/rendering/renderer.hpp"
#include "sql/rendering/scope_guard.hpp"
#include "statement/refuse.hpp"

#include <algorithm>

namespace coropq::sql::tree {

namespace {

std::string_view join_words(join_kind kind) noexcept {
    switch (kind) {
    case join_kind::inner: return " join ";
    case join_kind::left: return " left join ";
    case join_kind::right: return " right join ";
    case join_kind::full: return " full join ";
    case join_kind::cross: return " cross join ";
    }
    return {};
}

// What `from` begins with: what was said, or else the tables of the columns that are selected and not joined.
std::vector<const source*> first_sources(const select_node& part) {
    std::vector<const source*> found;
    for (const source_pointer& each : part.from)
        found.push_back(each.get());
    if (!found.empty())
        return found;
    for (const item& each : part.items)
        collect_sources(*each.expression, found);
    std::erase_if(found, [&](const source* each) {
        return std::any_of(part.joins.begin(), part.joins.end(),
                           [&](const join& other) { return *other.joined == *each; });
    });
    return found;
}

} // namespace

void renderer::write_source(const source& from) {
    if (!from.schema.empty()) {
        write_name(from.schema);
        write(".");
    }
    write_name(from.name);
    if (!from.alias.empty()) {
        write(" as ");
        write_name(from.alias);
    }
}

void renderer::items(const std::vector<item>& selected) {
    for (std::size_t i = 0; i != selected.size(); ++i) {
        if (i != 0)
            write(", ");
        expression(*selected[i].expression, precedence::disjunction);
        if (!selected[i].label.empty()) {
            write(" as ");
            write_name(selected[i].label);
        }
    }
}

void renderer::select(const select_node& part) {
    const std::vector<const source*> first = first_sources(part);
    if (first.empty() && !part.joins.empty())
        coropq::detail::refuse_statement("the statement joins tables to none", "name the first one in from()");
    scope_guard guard(scopes_, first);
    for (const join& each : part.joins)
        guard.add(*each.joined);

    write("select ");
    if (!part.distinct_on.empty())
        clause("distinct on (", part.distinct_on), write(") ");
    else if (part.distinct)
        write("distinct ");
    items(part.items);
    for (std::size_t i = 0; i != first.size(); ++i) {
        write(i == 0 ? " from " : ", ");
        write_source(*first[i]);
    }
    for (const join& each : part.joins) {
        write(join_words(each.kind));
        write_source(*each.joined);
        clause(" on ", each.condition);
    }
    clause(" where ", part.where);
    clause(" group by ", part.groups);
    clause(" having ", part.having);
    clause(" order by ", part.orders);
    clause(" limit ", part.limit);
    clause(" offset ", part.offset);
}

} // namespace coropq::sql::tree
