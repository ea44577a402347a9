// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/rendering/renderer.hpp"
#include "sql/rendering/scope_guard.hpp"
#include "statement/refuse.hpp"

#include <algorithm>
#include <utility>

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
    if (from.kind == source_kind::derived) {
        if (from.is_lateral) {
            write("lateral (");
            query(*from.query);
        } else {
            // It sees what is around the query that it stands in, and nothing of that query.
            write("(");
            const hidden_scopes hidden(scopes_, scopes_.size() - 1);
            query(*from.query);
        }
        write(") as ");
        return write_name(from.alias);
    }
    if (from.kind == source_kind::common)
        common_table(from);
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

// In front of the whole statement, those first that others use.
void renderer::common_table(const source& from) {
    if (!from.query)
        return;
    const auto is_same = [&](const source* known) { return known == &from; };
    if (std::any_of(common_tables_.begin(), common_tables_.end(), is_same))
        return;
    if (std::any_of(common_tables_.begin(), common_tables_.end(),
                    [&](const source* known) { return known->name == from.name; }))
        coropq::detail::refuse_statement("two common table expressions of the statement are called \"" + from.name +
                                         '"');
    common_tables_.push_back(&from);
    is_recursive_ = is_recursive_ || from.is_recursive;
    std::string around = std::exchange(text_, {});
    const hidden_scopes hidden(scopes_, 0);
    write_name(from.name);
    write(" as (");
    query(*from.query);
    write(")");
    common_texts_ += (common_texts_.empty() ? "" : ", ") + text_;
    text_ = std::move(around);
}

void renderer::compound(const select_node& part) {
    for (const pointer& each : part.operands) {
        if (&each != &part.operands.front())
            write(part.operation);
        expression(*each, precedence::primary);
    }
    clause(" order by ", part.orders);
    clause(" limit ", part.limit);
    clause(" offset ", part.offset);
}

void renderer::select(const select_node& part) {
    if (!part.operands.empty())
        return compound(part);
    select_core(part);
    for (const row_lock& each : part.locks) {
        write(each.words);
        for (const source_pointer& table : each.of) {
            write(&table == &each.of.front() ? " of " : ", ");
            write_name(table->alias.empty() ? table->name : table->alias);
        }
        write(each.wait);
    }
}

void renderer::select_core(const select_node& part) {
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
