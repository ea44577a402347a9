// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_FUNCTIONS_HPP
#define COROPQ_SQL_FUNCTIONS_HPP

// Aggregates, functions by their names, casts and values.

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

/// A value where no expression is beside it: `select(value(1))`. Elsewhere C++ values are taken as they are.
template <typename T>
auto value(const T& given) {
    return expression<detail::stored<T>>(detail::node_of(given));
}

/// For `order_by`: what was named with `as`.
inline expression<any_type> label(std::string_view name) { return expression<any_type>(tree::name(name)); }

/// SQL text that stands as it is, with expressions and values in the places of `{}` (`{{` and `}}` are braces):
/// `raw<double>("similarity({}, {})", col<&user::name>, "Ada")`. The only way in which text becomes a part of a
/// statement: never make it from what somebody typed. Throws `option_error` if there are more or fewer than places.
template <typename Result = any_type, typename... Arguments>
auto raw(std::string_view text, const Arguments&... arguments) {
    return expression<Result>(tree::raw(text, {detail::node_of(arguments)...}));
}

/// A result that can be NULL, of aggregates for instance.
template <typename T>
using nullable = detail::with_null<T, true>;

/// An aggregate: an expression that is computed from the rows of a group. Gives others with `filter` and `order_by`.
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
    return aggregate<nullable<typename decltype(detail::sum_type<bare>())::type>>(
        tree::list("sum(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto avg(const Operand& operand) {
    using bare = detail::bare<typename Operand::value_type>;
    detail::check_sum<bare>();
    return aggregate<nullable<typename decltype(detail::average_type<bare>())::type>>(
        tree::list("avg(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto min(const Operand& operand) {
    return aggregate<nullable<typename Operand::value_type>>(tree::list("min(", {operand.node()}, ")"));
}
template <sql_expression Operand>
auto max(const Operand& operand) {
    return aggregate<nullable<typename Operand::value_type>>(tree::list("max(", {operand.node()}, ")"));
}

} // namespace coropq::sql

#endif
