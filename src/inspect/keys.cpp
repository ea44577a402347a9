// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Indexes, and the constraints that are made of them.

#include "inspect/indexes.hpp"
#include "inspect/relation_groups.hpp"
#include "inspect/selection_text.hpp"

#include <coropq/inspect/inspector.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

namespace detail {

using reflected::exclusion_constraint;
using reflected::unique_constraint;

unique_constraint key_of(index_of_constraint from) {
    unique_constraint key;
    key.oid = from.constraint_oid;
    key.name = std::move(from.index.constraint).value();
    for (reflected::index_element& element : from.index.elements)
        key.columns.push_back(std::move(element.column).value());
    key.included = std::move(from.index.included);
    key.nulls_not_distinct = from.index.nulls_not_distinct;
    key.deferrable = from.deferrable;
    key.initially_deferred = from.initially_deferred;
    key.index = std::move(from.index.name);
    key.comment = std::move(from.comment);
    return key;
}

exclusion_constraint exclusion_of(index_of_constraint from) {
    exclusion_constraint found;
    found.oid = from.constraint_oid;
    found.name = std::move(from.index.constraint).value();
    found.method = std::move(from.index.method);
    for (std::size_t i = 0; i != std::min(from.index.elements.size(), from.operators.size()); ++i)
        found.elements.push_back({std::move(from.index.elements[i]), std::move(from.operators[i])});
    found.included = std::move(from.index.included);
    found.predicate = std::move(from.index.predicate);
    found.deferrable = from.deferrable;
    found.initially_deferred = from.initially_deferred;
    found.index = std::move(from.index.name);
    found.comment = std::move(from.comment);
    return found;
}

namespace {

using reflected::by_relation;
using reflected::index;
using reflected::primary_key;

// Each of the lists turned into what it is asked for as, and sorted by name.
template <typename T, typename Make>
by_relation<std::vector<T>> lists(by_relation<std::vector<index_of_constraint>> found, Make make) {
    by_relation<std::vector<T>> all;
    for (auto& [name, indexes] : found) {
        std::vector<T>& list = all[name];
        list.reserve(indexes.size());
        for (index_of_constraint& each : indexes)
            list.push_back(make(std::move(each)));
        std::sort(list.begin(), list.end(), [](const T& a, const T& b) { return a.name < b.name; });
    }
    return all;
}

asio::awaitable<by_relation<std::vector<index>>> read_all_indexes(catalog::pointer source,
                                                                  relation_selection selection) {
    by_relation<std::vector<index_of_constraint>> found =
        co_await read_indexes(std::move(source), std::move(selection));
    co_return lists<index>(std::move(found), [](index_of_constraint each) { return std::move(each.index); });
}

asio::awaitable<by_relation<std::optional<primary_key>>> read_primary_keys(catalog::pointer source,
                                                                           relation_selection selection) {
    by_relation<std::vector<index_of_constraint>> found =
        co_await read_indexes(std::move(source), std::move(selection), 'p');
    by_relation<std::optional<primary_key>> all;
    for (auto& [name, indexes] : found) {
        std::optional<primary_key>& key = all[name];
        if (!indexes.empty())
            key = key_of(std::move(indexes.front()));
    }
    co_return all;
}

asio::awaitable<by_relation<std::vector<unique_constraint>>> read_unique_constraints(catalog::pointer source,
                                                                                     relation_selection selection) {
    by_relation<std::vector<index_of_constraint>> found =
        co_await read_indexes(std::move(source), std::move(selection), 'u');
    co_return lists<unique_constraint>(std::move(found), key_of);
}

asio::awaitable<by_relation<std::vector<exclusion_constraint>>>
read_exclusion_constraints(catalog::pointer source, relation_selection selection) {
    by_relation<std::vector<index_of_constraint>> found =
        co_await read_indexes(std::move(source), std::move(selection), 'x');
    co_return lists<exclusion_constraint>(std::move(found), exclusion_of);
}

} // namespace

} // namespace detail

asio::awaitable<std::vector<reflected::index>> inspector::indexes(std::string table,
                                                                  std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_all_indexes(catalog_, detail::named_relation(table, schema)), table,
                                 schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::index>>>
inspector::indexes(relation_selection selection) const {
    return detail::read_all_indexes(catalog_, std::move(selection));
}

asio::awaitable<std::optional<reflected::primary_key>> inspector::primary_key(std::string table,
                                                                              std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_primary_keys(catalog_, detail::named_relation(table, schema)), table,
                                 schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::optional<reflected::primary_key>>>
inspector::primary_key(relation_selection selection) const {
    return detail::read_primary_keys(catalog_, std::move(selection));
}

asio::awaitable<std::vector<reflected::unique_constraint>>
inspector::unique_constraints(std::string table, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_unique_constraints(catalog_, detail::named_relation(table, schema)),
                                 table, schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::unique_constraint>>>
inspector::unique_constraints(relation_selection selection) const {
    return detail::read_unique_constraints(catalog_, std::move(selection));
}

asio::awaitable<std::vector<reflected::exclusion_constraint>>
inspector::exclusion_constraints(std::string table, std::optional<std::string> schema) const {
    return detail::only_relation(detail::read_exclusion_constraints(catalog_, detail::named_relation(table, schema)),
                                 table, schema, "table or view");
}

asio::awaitable<reflected::by_relation<std::vector<reflected::exclusion_constraint>>>
inspector::exclusion_constraints(relation_selection selection) const {
    return detail::read_exclusion_constraints(catalog_, std::move(selection));
}

} // namespace coropq
