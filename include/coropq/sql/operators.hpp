// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_OPERATORS_HPP
#define COROPQ_SQL_OPERATORS_HPP

// The operators of expressions. Either operand may be a C++ value.

#include <coropq/sql/expression.hpp>

#include <string>
#include <type_traits>

namespace coropq::sql {

namespace detail {

template <typename Left, typename Right>
concept operands = sql_expression<Left> || sql_expression<Right>;

template <typename Left, typename Right>
auto compare(const Left& left, std::string_view operation, const Right& right) {
    check_comparable<Left, Right>();
    return expression<truth<Left, Right>, sources_of_both<Left, Right>>(
        tree::relation(tree::precedence::comparison, node_of(left), operation, node_of(right)));
}

/// What `=` and `<>` are with a NULL that isn't a column's.
template <typename Operand>
auto compare_with_null(const Operand& operand, std::string_view test) {
    return tree::compose(tree::precedence::test, {{{}, node_of(operand), tree::precedence::pattern}}, test);
}

template <typename Left, typename Right>
auto compare_equal(const Left& left, const Right& right, bool equal) {
    check_comparable<Left, Right>();
    using result = expression<truth<Left, Right>, sources_of_both<Left, Right>>;
    const std::string_view test = equal ? " is null" : " is not null";
    if constexpr (!sql_expression<Right>) {
        if (is_null_value(right))
            return result(compare_with_null(left, test));
    }
    if constexpr (!sql_expression<Left>) {
        if (is_null_value(left))
            return result(compare_with_null(right, test));
    }
    return result(tree::relation(tree::precedence::comparison, node_of(left), equal ? " = " : " <> ", node_of(right)));
}

template <typename Left, typename Right>
auto connect(const Left& left, std::string_view operation, const Right& right, tree::precedence own) {
    check_condition<Left>();
    check_condition<Right>();
    return expression<truth<Left, Right>, sources_of_both<Left, Right>>(
        tree::chain(own, node_of(left), operation, node_of(right)));
}

template <typename Left, typename Right, char Operation>
consteval auto calculated_type() {
    using left = bare<value_type_of<Left>>;
    using right = bare<value_type_of<Right>>;
    constexpr value_class first = class_of<left>;
    constexpr value_class second = class_of<right>;
    constexpr bool is_sum = Operation == '+' || Operation == '-';
    if constexpr (first == value_class::any || second == value_class::any || first == value_class::null ||
                  second == value_class::null)
        return std::type_identity<any_type>();
    else if constexpr (first == value_class::number && second == value_class::number)
        return arithmetic_type<left, right>();
    else if constexpr (Operation == '+' && first == value_class::text && second == value_class::text)
        return std::type_identity<std::string>();
    else if constexpr (is_sum && second == value_class::interval &&
                       (first == value_class::interval ||
                        (first == value_class::moment && oid_of<left>() != type_oid::date)))
        return std::type_identity<left>();
    else if constexpr (Operation == '+' && first == value_class::interval && second == value_class::moment &&
                       oid_of<right>() != type_oid::date)
        return std::type_identity<right>();
    else if constexpr (is_sum && oid_of<left>() == type_oid::date && oid_of<right>() == type_oid::int4)
        return std::type_identity<left>();
    else if constexpr ((Operation == '*' || Operation == '/') && first == value_class::interval &&
                       second == value_class::number)
        return std::type_identity<left>();
    else if constexpr ((is_sum || Operation == '*' || Operation == '/') &&
                       (first == value_class::moment || first == value_class::interval || first == value_class::other))
        return std::type_identity<any_type>(); // the server knows
    else
        return std::type_identity<void>();
}

template <char Operation, typename Left, typename Right>
auto calculate(const Left& left, std::string_view operation, const Right& right, tree::precedence own) {
    using type = typename decltype(calculated_type<Left, Right, Operation>())::type;
    static_assert(!std::is_void_v<type>,
                  "coropq: there is no such arithmetic with values of these types: convert one of them with cast<T>()");
    using known = std::conditional_t<std::is_void_v<type>, any_type, type>;
    constexpr bool is_text_sum = std::same_as<type, std::string>;
    return expression<with_null<known, any_nullable<Left, Right>>, sources_of_both<Left, Right>>(
        tree::binary(is_text_sum ? tree::precedence::operation : own, node_of(left), is_text_sum ? " || " : operation,
                     node_of(right)));
}

} // namespace detail

/// `=`, or `is null` if the other operand is `std::nullopt`, `nullptr` or an empty `std::optional`.
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator==(const Left& left, const Right& right) {
    return detail::compare_equal(left, right, true);
}
/// `<>`, or `is not null`.
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator!=(const Left& left, const Right& right) {
    return detail::compare_equal(left, right, false);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator<(const Left& left, const Right& right) {
    return detail::compare(left, " < ", right);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator>(const Left& left, const Right& right) {
    return detail::compare(left, " > ", right);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator<=(const Left& left, const Right& right) {
    return detail::compare(left, " <= ", right);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator>=(const Left& left, const Right& right) {
    return detail::compare(left, " >= ", right);
}

/// `and` and `or` of SQL: both operands are part of the statement.
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator&&(const Left& left, const Right& right) {
    return detail::connect(left, " and ", right, tree::precedence::conjunction);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator||(const Left& left, const Right& right) {
    return detail::connect(left, " or ", right, tree::precedence::disjunction);
}
template <sql_expression Operand>
auto operator!(const Operand& operand) {
    detail::check_condition<Operand>();
    return expression<detail::truth<Operand>, typename Operand::sources>(
        tree::compose(tree::precedence::negation, {{"not ", operand.node(), tree::above(tree::precedence::negation)}}));
}

/// Of texts, `||`. The type of the result is what PostgreSQL makes of the operands: the wider number.
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator+(const Left& left, const Right& right) {
    return detail::calculate<'+'>(left, " + ", right, tree::precedence::sum);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator-(const Left& left, const Right& right) {
    return detail::calculate<'-'>(left, " - ", right, tree::precedence::sum);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator*(const Left& left, const Right& right) {
    return detail::calculate<'*'>(left, " * ", right, tree::precedence::product);
}
/// Of integers, without the fraction, as in C++.
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator/(const Left& left, const Right& right) {
    return detail::calculate<'/'>(left, " / ", right, tree::precedence::product);
}
template <typename Left, typename Right>
    requires detail::operands<Left, Right>
auto operator%(const Left& left, const Right& right) {
    return detail::calculate<'%'>(left, " % ", right, tree::precedence::product);
}
template <sql_expression Operand>
auto operator-(const Operand& operand) {
    using value = typename Operand::value_type;
    static_assert(detail::class_of<value> == detail::value_class::number ||
                      detail::class_of<value> == detail::value_class::interval ||
                      detail::class_of<value> == detail::value_class::any,
                  "coropq: there is no such arithmetic with values of these types: convert one of them with cast<T>()");
    return expression<value, typename Operand::sources>(
        tree::compose(tree::precedence::sign, {{"- ", operand.node(), tree::precedence::primary}}));
}

} // namespace coropq::sql

#endif
