// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_AGGREGATES_HPP
#define COROPQ_SQL_AGGREGATES_HPP

// Aggregates and window functions.

#include <coropq/sql/expression.hpp>
#include <coropq/types/decimal.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::sql {

/// Where the frame of a window begins or ends: `preceding(2)`, `current_row()`, `following()`. Without a number: all.
class frame_bound {
public:
    explicit frame_bound(tree::pointer node) noexcept : node_(std::move(node)) {}
    const tree::pointer& node() const noexcept { return node_; }

private:
    tree::pointer node_;
};
inline frame_bound preceding() { return frame_bound(tree::text("unbounded preceding")); }
inline frame_bound following() { return frame_bound(tree::text("unbounded following")); }
inline frame_bound current_row() { return frame_bound(tree::text("current row")); }
template <typename Count>
frame_bound preceding(const Count& count) {
    return frame_bound(tree::list({}, {detail::node_of(count)}, " preceding"));
}
template <typename Count>
frame_bound following(const Count& count) {
    return frame_bound(tree::list({}, {detail::node_of(count)}, " following"));
}

/// Which rows a window function sees: `window().partition_by(…).order_by(…).rows(preceding(2), current_row())`. A
/// value: each function gives another one.
class window {
public:
    window() = default;

    template <sql_expression... Expressions>
    window partition_by(const Expressions&... expressions) const {
        window other(*this);
        (other.partitions_.push_back(expressions.node()), ...);
        return other;
    }
    template <typename... Expressions>
        requires((sql_expression<Expressions> || std::same_as<Expressions, ordering>) && ...)
    window order_by(const Expressions&... expressions) const {
        window other(*this);
        (other.orders_.push_back(expressions.node()), ...);
        return other;
    }
    window rows(const frame_bound& from, const frame_bound& to) const { return framed("rows between ", from, to); }
    window range(const frame_bound& from, const frame_bound& to) const { return framed("range between ", from, to); }
    window groups(const frame_bound& from, const frame_bound& to) const { return framed("groups between ", from, to); }

    /// For the library.
    tree::pointer node() const;

private:
    window framed(std::string_view kind, const frame_bound& from, const frame_bound& to) const;

    std::vector<tree::pointer> partitions_;
    std::vector<tree::pointer> orders_;
    tree::pointer frame_;
};

/// An aggregate, computed from the rows of a group or, with `over`, of a window.
template <typename Value>
class aggregate : public detail::expression_functions<aggregate<Value>> {
public:
    using value_type = Value;
    using sources = detail::no_sources;

    explicit aggregate(tree::pointer node) noexcept : node_(std::move(node)) {}
    const tree::pointer& node() const noexcept { return node_; }

    /// Of the rows for which the condition holds.
    template <sql_expression Condition>
    aggregate filter(const Condition& condition) const {
        detail::check_condition<Condition>();
        return aggregate(
            tree::compose(tree::precedence::primary, {{{}, node_}, {" filter (where ", condition.node()}}, ")"));
    }
    expression<Value> over(const window& rows = window()) const {
        return expression<Value>(
            tree::compose(tree::precedence::primary, {{{}, node_}, {" over (", rows.node()}}, ")"));
    }

private:
    tree::pointer node_;
};

/// A function that needs a window.
template <typename Value>
class window_function {
public:
    explicit window_function(tree::pointer node) noexcept : node_(std::move(node)) {}
    expression<Value> over(const window& rows = window()) const { return aggregate<Value>(node_).over(rows); }

private:
    tree::pointer node_;
};

/// `count(*)`
inline aggregate<std::int64_t> count() {
    return aggregate<std::int64_t>(tree::compose(tree::precedence::primary, {{"count(*)"}}));
}
/// Of values that aren't NULL.
template <sql_expression Operand>
auto count(const Operand& operand) {
    return aggregate<std::int64_t>(tree::list("count(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto count_distinct(const Operand& operand) {
    return aggregate<std::int64_t>(tree::list("count(distinct ", {operand.node()}, ")"));
}

namespace detail {

template <typename T>
using nullable = with_null<T, true>;

/// The type of a sum, and of an average, as PostgreSQL has them (manual, chapter "Aggregate Functions").
template <typename T>
consteval auto sum_type() {
    constexpr std::uint32_t type = oid_of<T>();
    if constexpr (type == type_oid::int2 || type == type_oid::int4)
        return std::type_identity<std::int64_t>();
    else if constexpr (type == type_oid::int8)
        return std::type_identity<decimal>();
    else if constexpr (class_of<T> == value_class::number || class_of<T> == value_class::interval)
        return std::type_identity<T>();
    else
        return std::type_identity<any_type>();
}
template <typename T>
consteval auto average_type() {
    constexpr std::uint32_t type = oid_of<T>();
    if constexpr (type == type_oid::float4 || type == type_oid::float8)
        return std::type_identity<double>();
    else if constexpr (class_of<T> == value_class::number)
        return std::type_identity<decimal>();
    else if constexpr (class_of<T> == value_class::interval)
        return std::type_identity<T>();
    else
        return std::type_identity<any_type>();
}
template <typename T>
constexpr void check_sum() {
    static_assert(class_of<T> == value_class::number || class_of<T> == value_class::interval ||
                      class_of<T> == value_class::any,
                  "coropq: only numbers and intervals have a sum or an average");
}

} // namespace detail

/// NULL if there is no row. Of `std::int64_t`, a `decimal`: the server's type for it.
template <sql_expression Operand>
auto sum(const Operand& operand) {
    using bare = detail::bare<typename Operand::value_type>;
    detail::check_sum<bare>();
    return aggregate<detail::nullable<typename decltype(detail::sum_type<bare>())::type>>(
        tree::list("sum(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto avg(const Operand& operand) {
    using bare = detail::bare<typename Operand::value_type>;
    detail::check_sum<bare>();
    return aggregate<detail::nullable<typename decltype(detail::average_type<bare>())::type>>(
        tree::list("avg(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto min(const Operand& operand) {
    return aggregate<detail::nullable<typename Operand::value_type>>(tree::list("min(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto max(const Operand& operand) {
    return aggregate<detail::nullable<typename Operand::value_type>>(tree::list("max(", {operand.node()}, ")"));
}
/// Any aggregate by its name: `aggregate_func<std::optional<std::string>>("string_agg", col<&user::name>, ", ")`.
template <typename Result = any_type, typename... Arguments>
auto aggregate_func(std::string_view name, const Arguments&... arguments) {
    return aggregate<Result>(tree::call({}, name, {detail::node_of(arguments)...}));
}
/// The same with the rows in an order: `aggregate_func_ordered<…>("array_agg", {col<&user::id>.desc()},
/// col<&user::name>)`.
template <typename Result = any_type, typename... Arguments>
auto aggregate_func_ordered(std::string_view name, const std::vector<ordering>& order, const Arguments&... arguments) {
    std::vector<tree::pointer> orders;
    for (const ordering& each : order)
        orders.push_back(each.node());
    return aggregate<Result>(tree::call({}, name, {detail::node_of(arguments)...}, orders));
}

/// Window functions (manual, chapter "Window Functions").
inline window_function<std::int64_t> row_number() {
    return window_function<std::int64_t>(tree::call({}, "row_number", {}));
}
inline window_function<std::int64_t> rank() { return window_function<std::int64_t>(tree::call({}, "rank", {})); }
inline window_function<std::int64_t> dense_rank() {
    return window_function<std::int64_t>(tree::call({}, "dense_rank", {}));
}
inline window_function<double> percent_rank() { return window_function<double>(tree::call({}, "percent_rank", {})); }
inline window_function<double> cume_dist() { return window_function<double>(tree::call({}, "cume_dist", {})); }
template <typename Count>
auto ntile(const Count& count) {
    return window_function<int>(tree::call({}, "ntile", {detail::node_of(count)}));
}
/// The value in a row before or behind; NULL if there is none.
template <sql_expression Operand>
auto lag(const Operand& operand, int rows = 1) {
    return window_function<detail::nullable<typename Operand::value_type>>(
        tree::call({}, "lag", {operand.node(), detail::node_of(rows)}));
}
template <sql_expression Operand>
auto lead(const Operand& operand, int rows = 1) {
    return window_function<detail::nullable<typename Operand::value_type>>(
        tree::call({}, "lead", {operand.node(), detail::node_of(rows)}));
}
/// NULL if the frame has no row.
template <sql_expression Operand>
auto first_value(const Operand& operand) {
    return window_function<detail::nullable<typename Operand::value_type>>(
        tree::call({}, "first_value", {operand.node()}));
}
template <sql_expression Operand>
auto last_value(const Operand& operand) {
    return window_function<detail::nullable<typename Operand::value_type>>(
        tree::call({}, "last_value", {operand.node()}));
}
template <sql_expression Operand>
auto nth_value(const Operand& operand, int row) {
    return window_function<detail::nullable<typename Operand::value_type>>(
        tree::call({}, "nth_value", {operand.node(), detail::node_of(row)}));
}

} // namespace coropq::sql

#endif
