// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_COMPOUND_HPP
#define COROPQ_SQL_COMPOUND_HPP

// `union`, `intersect` and `except`.

#include <coropq/sql/bodies.hpp>
#include <coropq/sql/row_shape.hpp>
#include <coropq/sql/subquery.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace coropq::sql {

namespace detail {

/// The row of both: what can be NULL in one of them can be.
template <typename Left, typename Right>
struct common_row {
    static constexpr bool fits = go_together<Left, Right>();
    using type = with_null<Left, is_nullable<Right>>;
};
template <typename Same>
struct common_row<Same, Same> {
    static constexpr bool fits = true;
    using type = Same;
};
template <typename... Left, typename... Right>
    requires(sizeof...(Left) == sizeof...(Right) && !std::is_same_v<std::tuple<Left...>, std::tuple<Right...>>)
struct common_row<std::tuple<Left...>, std::tuple<Right...>> {
    static constexpr bool fits = (go_together<Left, Right>() && ...);
    using type = std::tuple<typename common_row<Left, Right>::type...>;
};

template <typename Row>
struct single_column {};
template <typename Row>
    requires(!coropq::detail::is_tuple<Row> && !coropq::detail::described_struct<Row>)
struct single_column<Row> {
    using column_type = Row;
};

} // namespace detail

/// The rows of several queries, made by `union_all` and its like. A value: each function gives another query.
template <typename Row>
class compound_query : public detail::single_column<Row> {
public:
    using row_type = Row;

    /// `label("n")` for a column of the result: its names are those of the first query.
    template <detail::orderable... Expressions>
    compound_query order_by(const Expressions&... expressions) const {
        compound_query other(*this);
        (other.body_.add_order(expressions.node()), ...);
        return other;
    }
    template <typename Count>
    compound_query limit(const Count& count) const {
        compound_query other(*this);
        other.body_.set_limit(detail::count_node(count));
        return other;
    }
    template <typename Count>
    compound_query offset(const Count& count) const {
        compound_query other(*this);
        other.body_.set_offset(detail::count_node(count));
        return other;
    }

    operator statement() const { return tree::render(*body_.node()); } // NOLINT: `engine.execute(query)`
    tree::pointer node() const { return body_.node(); }

    explicit compound_query(tree::select_body body) : body_(std::move(body)) {}

private:
    tree::select_body body_;
};

namespace detail {

template <typename First, typename... Rest>
struct row_of_all {
    using type = First;
    static constexpr bool fits = true;
};
template <typename First, typename Second, typename... Rest>
struct row_of_all<First, Second, Rest...> {
    using next = row_of_all<typename common_row<First, Second>::type, Rest...>;
    using type = typename next::type;
    static constexpr bool fits = common_row<First, Second>::fits && next::fits;
};

template <typename First, typename... Rest>
auto compound(std::string_view operation, const First& first, const Rest&... rest) {
    using rows = row_of_all<typename First::row_type, typename Rest::row_type...>;
    static_assert(rows::fits, "coropq: the rows of these queries have different types or numbers of columns");
    tree::select_body body;
    body.set_operands(operation, {first.node(), rest.node()...});
    return compound_query<typename rows::type>(std::move(body));
}

} // namespace detail

/// The rows of all of the queries, each row once. Rows have the type of the first query's, with NULL where one of them
/// has it.
template <detail::row_query First, detail::row_query... Rest>
auto union_distinct(const First& first, const Rest&... rest) {
    return detail::compound(" union ", first, rest...);
}
template <detail::row_query First, detail::row_query... Rest>
auto union_all(const First& first, const Rest&... rest) {
    return detail::compound(" union all ", first, rest...);
}
/// The rows that are in all of them; with `_all` as often as in each.
template <detail::row_query First, detail::row_query... Rest>
auto intersect(const First& first, const Rest&... rest) {
    return detail::compound(" intersect ", first, rest...);
}
template <detail::row_query First, detail::row_query... Rest>
auto intersect_all(const First& first, const Rest&... rest) {
    return detail::compound(" intersect all ", first, rest...);
}
/// The rows of the first that are in none of the others.
template <detail::row_query First, detail::row_query... Rest>
auto except(const First& first, const Rest&... rest) {
    return detail::compound(" except ", first, rest...);
}
template <detail::row_query First, detail::row_query... Rest>
auto except_all(const First& first, const Rest&... rest) {
    return detail::compound(" except all ", first, rest...);
}

} // namespace coropq::sql

#endif
