// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_SUBQUERY_HPP
#define COROPQ_SQL_SUBQUERY_HPP

// Queries inside of others. A query in an expression may use the tables of those around it.

#include <coropq/sql/column.hpp>
#include <coropq/sql/expression.hpp>
#include <coropq/sql/table.hpp>

#include <concepts>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::sql {

namespace detail {

/// A statement that has rows.
template <typename T>
concept row_query = requires(const T& query) {
    typename T::row_type;
    { query.node() } -> std::convertible_to<tree::pointer>;
    static_cast<statement>(query);
};

} // namespace detail

/// Whether the query has a row: `exists(select(value(1)).from<order>().where(col<&order::user_id> == col<&user::id>))`.
template <detail::row_query Query>
expression<bool> exists(const Query& query) {
    return expression<bool>(
        tree::compose(tree::precedence::primary, {{"exists ", query.node(), tree::precedence::primary}}));
}

/// The value of the only row and column; NULL if there is no row. Several rows are an error of the server.
template <detail::single_column_query Query>
auto scalar(const Query& query) {
    detail::check_single_column<Query>();
    return expression<detail::with_null<detail::column_type_of<Query>, true>>(
        tree::compose(tree::precedence::primary, {{{}, query.node(), tree::precedence::primary}}));
}

/// `col<&user::age> > any_of(query)`: compared with the rows of a query with one column, or the elements of an array.
template <detail::single_column_query Query>
auto any_of(const Query& query) {
    detail::check_single_column<Query>();
    return expression<detail::column_type_of<Query>>(
        tree::compose(tree::precedence::primary, {{"any ", query.node(), tree::precedence::primary}}));
}
template <detail::single_column_query Query>
auto all_of(const Query& query) {
    detail::check_single_column<Query>();
    return expression<detail::column_type_of<Query>>(
        tree::compose(tree::precedence::primary, {{"all ", query.node(), tree::precedence::primary}}));
}
/// `"x" == any_of(col<&order::tags>)`
template <sql_expression Array>
    requires std::ranges::range<detail::bare<typename Array::value_type>>
auto any_of(const Array& array) {
    using element = std::ranges::range_value_t<detail::bare<typename Array::value_type>>;
    return expression<detail::with_null<element, detail::any_nullable<Array>>, typename Array::sources>(
        tree::list("any (", {array.node()}, ")"));
}
template <sql_expression Array>
    requires std::ranges::range<detail::bare<typename Array::value_type>>
auto all_of(const Array& array) {
    using element = std::ranges::range_value_t<detail::bare<typename Array::value_type>>;
    return expression<detail::with_null<element, detail::any_nullable<Array>>, typename Array::sources>(
        tree::list("all (", {array.node()}, ")"));
}

/// A query in the place of a table, with a name: `subquery(query, "s")`, `lateral(query, "s")`, `cte("s", query)`. Its
/// columns are called as the query's: by their labels, or by the names of the columns that it selects.
class derived_table {
public:
    using source_type = derived_table;

    explicit derived_table(tree::source_pointer source) noexcept : source_(std::move(source)) {}

    table_column<any_type> operator[](std::string_view name) const { return column<any_type>(name); }
    /// The same where its type is known.
    template <typename T>
    table_column<detail::stored<T>> column(std::string_view name) const {
        return {tree::column(source_, name), name};
    }
    /// The column that a column of a mapped table became.
    template <auto Member>
    auto col() const {
        using column_type = std::remove_const_t<decltype(sql::col<Member>)>;
        return column<typename column_type::value_type>(column_type::name());
    }

    const tree::source_pointer& source() const noexcept { return source_; }

private:
    tree::source_pointer source_;
};

/// A query in `from` or `join`.
template <detail::row_query Query>
derived_table subquery(const Query& query, std::string_view name) {
    return derived_table(tree::derived(query.node(), name, false));
}
/// One that may use the columns of what stands in front of it (PostgreSQL).
template <detail::row_query Query>
derived_table lateral(const Query& query, std::string_view name) {
    return derived_table(tree::derived(query.node(), name, true));
}
/// A common table expression: `with "name" as (…)` in front of the statement that uses it. Also of an `insert`,
/// `update` or `delete` with `returning`.
template <detail::row_query Query>
derived_table cte(std::string_view name, const Query& query) {
    return derived_table(tree::common(name, query.node(), false));
}
/// One that uses itself: `recursive_cte("tree", first, [&](const derived_table& tree) { return select(…) })` is `with
/// recursive "tree" as (first union all next)`.
template <detail::row_query Query, typename Next>
derived_table recursive_cte(std::string_view name, const Query& first, const Next& next) {
    const auto further = next(derived_table(tree::common(name, nullptr, true)));
    return derived_table(tree::common(
        name,
        tree::compose(tree::precedence::query, {{{}, first.node(), tree::precedence::primary},
                                                {" union all ", further.node(), tree::precedence::primary}}),
        true));
}

} // namespace coropq::sql

#endif
