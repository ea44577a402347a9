// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_EXPRESSION_HPP
#define COROPQ_SQL_EXPRESSION_HPP

#include <coropq/sql/tree.hpp>
#include <coropq/sql/value_class.hpp>

#include <boost/mp11/list.hpp>
#include <boost/mp11/set.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq::sql {

namespace detail {

/// What all expressions are derived from.
struct expression_base {};

using no_sources = boost::mp11::mp_list<>;

template <typename Left, typename Right>
struct joined_sources {
    using type = boost::mp11::mp_set_union<Left, Right>;
};
template <typename Same>
struct joined_sources<Same, Same> {
    using type = Same;
};
template <typename Left>
    requires(!std::same_as<Left, no_sources>)
struct joined_sources<Left, no_sources> {
    using type = Left;
};
template <typename Right>
    requires(!std::same_as<Right, no_sources>)
struct joined_sources<no_sources, Right> {
    using type = Right;
};

template <typename Derived>
class expression_functions;

} // namespace detail

/// An expression whose type is known: a column, an operation, a function … Expressions have two C++ types:
/// `value_type`, which is a `std::optional` where it can be NULL, and `sources`, the tables without whose row it is
/// NULL, too, so that what an outer join does to it is known.
template <typename T>
concept sql_expression = std::derived_from<T, detail::expression_base>;

/// Any expression. A value; copies are cheap, and share what they are made of.
///
/// The operators and member functions of expressions make new ones; C++ values in them become parameters. Which types
/// go together is checked when the program is compiled. They throw `option_error` for a value that can't be encoded.
template <typename Value, typename Sources = detail::no_sources>
class expression : public detail::expression_functions<expression<Value, Sources>> {
public:
    using value_type = Value;
    using sources = Sources;

    /// For the library.
    explicit expression(tree::pointer node) noexcept : node_(std::move(node)) {}
    const tree::pointer& node() const noexcept { return node_; }

private:
    tree::pointer node_;
};

/// An expression with a name of its own in the result: `count().as("n")`.
template <typename Value, typename Sources>
class labelled {
public:
    using value_type = Value;
    using sources = Sources;

    labelled(tree::pointer node, std::string_view label) : node_(std::move(node)), label_(label) {}
    const tree::pointer& node() const noexcept { return node_; }
    const std::string& label() const noexcept { return label_; }

private:
    tree::pointer node_;
    std::string label_;
};

/// What `order_by` takes besides expressions: `col<&user::name>.desc().nulls_last()`.
class ordering {
public:
    explicit ordering(tree::pointer node) noexcept : node_(std::move(node)) {}
    const tree::pointer& node() const noexcept { return node_; }

    ordering nulls_first() const {
        return ordering(tree::compose(tree::precedence::disjunction, {{{}, node_}}, " nulls first"));
    }
    ordering nulls_last() const {
        return ordering(tree::compose(tree::precedence::disjunction, {{{}, node_}}, " nulls last"));
    }

private:
    tree::pointer node_;
};

namespace detail {

template <typename T>
inline constexpr bool is_labelled = false;
template <typename Value, typename Sources>
inline constexpr bool is_labelled<labelled<Value, Sources>> = true;

/// What a select list can have.
template <typename T>
concept selectable = sql_expression<T> || is_labelled<T>;

/// The two types of an operand, which is an expression or a value.
template <typename T>
struct operand_types {
    using value_type = stored<T>;
    using sources = no_sources;
};
template <typename T>
    requires sql_expression<T> || is_labelled<T>
struct operand_types<T> {
    using value_type = typename T::value_type;
    using sources = typename T::sources;
};

template <typename T>
using value_type_of = typename operand_types<std::remove_cvref_t<T>>::value_type;
template <typename T>
using sources_of = typename operand_types<std::remove_cvref_t<T>>::sources;
template <typename Left, typename Right>
using sources_of_both = typename joined_sources<sources_of<Left>, sources_of<Right>>::type;
template <typename... Ts>
inline constexpr bool any_nullable = (is_nullable<value_type_of<Ts>> || ...);

/// The part of the tree that an operand becomes.
template <typename T>
tree::pointer node_of(const T& operand) {
    if constexpr (sql_expression<T> || is_labelled<T>) {
        return operand.node();
    } else if constexpr (coropq::detail::is_parameter<T>) {
        return tree::value_of(operand);
    } else {
        static_assert(coropq::detail::never<T>,
                      "coropq: this type can't be a value in a statement: include the header of its codec "
                      "(coropq/types/…), specialise coropq::codec for it, or describe it with Boost.Describe");
        return {};
    }
}

/// An operation whose result is true, false or, if an operand can be NULL, unknown.
template <typename... Operands>
using truth = with_null<bool, any_nullable<Operands...>>;

template <typename Left, typename Right>
constexpr void check_comparable() {
    static_assert(go_together<value_type_of<Left>, value_type_of<Right>>(),
                  "coropq: values of these types can't be compared: convert one of them with cast<T>()");
}

template <typename T>
inline constexpr bool is_condition =
    class_of<value_type_of<T>> == value_class::boolean || class_of<value_type_of<T>> == value_class::any;

template <typename T>
constexpr void check_condition() {
    static_assert(is_condition<T>, "coropq: a condition has to be true or false: compare this with something");
}

/// NULL that is known when the statement is built: `= NULL` is never true.
template <typename T>
bool is_null_value([[maybe_unused]] const T& operand) {
    if constexpr (is_null_constant<T>)
        return true;
    else if constexpr (coropq::detail::is_optional<T>)
        return !operand.has_value();
    else
        return false;
}

} // namespace detail

} // namespace coropq::sql

#include <coropq/sql/expression_functions.hpp>
#include <coropq/sql/operators.hpp>

#endif
