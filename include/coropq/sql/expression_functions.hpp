// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_EXPRESSION_FUNCTIONS_HPP
#define COROPQ_SQL_EXPRESSION_FUNCTIONS_HPP

// The member functions that all expressions have.

#include <coropq/sql/expression.hpp>

#include <initializer_list>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq::sql {

namespace detail {

/// What `in` takes besides lists: a statement with one column.
template <typename T>
concept single_column_query = requires(const T& query) {
    typename T::column_type;
    { query.node() } -> std::convertible_to<tree::pointer>;
} && !sql_expression<T>;

template <typename Query>
constexpr void check_single_column() {
    static_assert(!std::is_void_v<typename Query::column_type>,
                  "coropq: a query in the place of a value has to have one column");
}
/// Something to go on with after that message.
template <typename Query>
using column_type_of =
    std::conditional_t<std::is_void_v<typename Query::column_type>, any_type, typename Query::column_type>;

/// `"name" like $1`; the pattern is escaped text with `%` around it.
std::string escaped_pattern(std::string_view front, std::string_view text, std::string_view end);

/// One array, so that the statement is the same however many values there are.
tree::pointer membership(tree::pointer operand, tree::pointer array, bool in);

template <typename Derived>
class expression_functions : public expression_base {
public:
    /// `is null`, whatever the type says: an outer join may have made it so.
    auto is_null() const { return test(" is null"); }
    auto is_not_null() const { return test(" is not null"); }
    /// Of a condition: neither false nor unknown, …
    auto is_true() const { return condition_test(" is true"); }
    auto is_not_true() const { return condition_test(" is not true"); }
    auto is_false() const { return condition_test(" is false"); }
    auto is_not_false() const { return condition_test(" is not false"); }

    /// As `!=` and `==`, but NULL is a value like others; never unknown.
    template <typename Other>
    auto is_distinct_from(const Other& other) const {
        check_comparable<Derived, Other>();
        return related<bool>(" is distinct from ", other, tree::precedence::test);
    }
    template <typename Other>
    auto is_not_distinct_from(const Other& other) const {
        check_comparable<Derived, Other>();
        return related<bool>(" is not distinct from ", other, tree::precedence::test);
    }

    /// Patterns with `%` and `_`; `\` in front of one means itself (manual, chapter "Pattern Matching").
    template <typename Pattern>
    auto like(const Pattern& pattern) const {
        return matched(" like ", pattern);
    }
    template <typename Pattern>
    auto not_like(const Pattern& pattern) const {
        return matched(" not like ", pattern);
    }
    template <typename Pattern>
    auto ilike(const Pattern& pattern) const {
        return matched(" ilike ", pattern);
    }
    template <typename Pattern>
    auto not_ilike(const Pattern& pattern) const {
        return matched(" not ilike ", pattern);
    }
    template <typename Pattern>
    auto similar_to(const Pattern& pattern) const {
        return matched(" similar to ", pattern);
    }
    /// POSIX regular expressions: `~`, and without regard to upper and lower case `~*`.
    template <typename Pattern>
    auto matches(const Pattern& pattern) const {
        return matched(" ~ ", pattern);
    }
    template <typename Pattern>
    auto imatches(const Pattern& pattern) const {
        return matched(" ~* ", pattern);
    }
    template <typename Pattern>
    auto not_matches(const Pattern& pattern) const {
        return matched(" !~ ", pattern);
    }
    template <typename Pattern>
    auto not_imatches(const Pattern& pattern) const {
        return matched(" !~* ", pattern);
    }
    /// `like` with a text that is taken as it is, `%` and `_` included.
    auto starts_with(std::string_view text) const { return like(escaped_pattern({}, text, "%")); }
    auto ends_with(std::string_view text) const { return like(escaped_pattern("%", text, {})); }
    auto has_text(std::string_view text) const { return like(escaped_pattern("%", text, "%")); }

    /// One of the values: any range of them, or a list in braces. They are one parameter, an array.
    template <std::ranges::input_range Values>
        requires(!is_text<std::remove_cvref_t<Values>>)
    auto in(const Values& values) const {
        return member_of(values, true);
    }
    template <typename Value>
    auto in(std::initializer_list<Value> values) const {
        return member_of(values, true);
    }
    template <std::ranges::input_range Values>
        requires(!is_text<std::remove_cvref_t<Values>>)
    auto not_in(const Values& values) const {
        return member_of(values, false);
    }
    template <typename Value>
    auto not_in(std::initializer_list<Value> values) const {
        return member_of(values, false);
    }
    /// One of the rows of a query with one column.
    template <single_column_query Query>
    auto in(const Query& query) const {
        return in_query(" in ", query);
    }
    template <single_column_query Query>
    auto not_in(const Query& query) const {
        return in_query(" not in ", query);
    }

    /// Both bounds included.
    template <typename Low, typename High>
    auto between(const Low& low, const High& high) const {
        return within(" between ", low, high);
    }
    template <typename Low, typename High>
    auto not_between(const Low& low, const High& high) const {
        return within(" not between ", low, high);
    }

    /// Any operator that the server has, `col<&place::where>.op<bool>("@>", point)`: its characters, and the type of
    /// its result.
    template <typename Result = any_type, typename Other>
    auto op(std::string_view characters, const Other& other) const {
        return expression<Result, sources_of_both<Derived, Other>>(
            tree::custom_operator(self().node(), characters, node_of(other)));
    }

    /// For text: compared and ordered by the rules of that collation, `collate("de-x-icu")`.
    auto collate(std::string_view collation) const {
        return same_type(tree::compose(tree::precedence::collation, {{{}, self().node(), tree::precedence::sign},
                                                                     {" collate ", tree::name(collation)}}));
    }

    ordering asc() const { return ordering(ordered(" asc")); }
    ordering desc() const { return ordering(ordered(" desc")); }

    /// Gives it a name in the result.
    auto as(std::string_view label) const {
        return labelled<typename Derived::value_type, typename Derived::sources>(self().node(), label);
    }

protected:
    expression_functions() = default;

private:
    // Only known when the functions are used: Derived isn't complete before.
    const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }

    auto same_type(tree::pointer node) const {
        return expression<typename Derived::value_type, typename Derived::sources>(std::move(node));
    }
    auto test(std::string_view words) const {
        return expression<bool>(
            tree::compose(tree::precedence::test, {{{}, self().node(), tree::precedence::pattern}}, words));
    }
    auto condition_test(std::string_view words) const {
        check_condition<Derived>();
        return test(words);
    }
    tree::pointer ordered(std::string_view direction) const {
        return tree::compose(tree::precedence::disjunction, {{{}, self().node()}}, direction);
    }
    template <typename Result, typename Other>
    auto related(std::string_view operation, const Other& other, tree::precedence own) const {
        return expression<Result>(tree::compose(own, {{{}, self().node(), tree::precedence::pattern},
                                                      {operation, node_of(other), tree::precedence::pattern}}));
    }
    template <typename Pattern>
    auto matched(std::string_view operation, const Pattern& pattern) const {
        constexpr auto is_texts = []<typename T>(std::type_identity<T>) {
            return class_of<T> == value_class::text || class_of<T> == value_class::any;
        };
        static_assert(is_texts(std::type_identity<value_type_of<Derived>>()) &&
                          is_texts(std::type_identity<value_type_of<Pattern>>()),
                      "coropq: patterns are for text: convert with cast<std::string>()");
        const bool is_regular_expression = operation.find('~') != std::string_view::npos;
        return expression<truth<Derived, Pattern>, sources_of_both<Derived, Pattern>>(
            tree::relation(is_regular_expression ? tree::precedence::operation : tree::precedence::pattern,
                           self().node(), operation, node_of(pattern)));
    }
    template <typename Low, typename High>
    auto within(std::string_view words, const Low& low, const High& high) const {
        check_comparable<Derived, Low>();
        check_comparable<Derived, High>();
        constexpr tree::precedence above = tree::above(tree::precedence::pattern);
        using sources = typename joined_sources<sources_of_both<Derived, Low>, sources_of<High>>::type;
        return expression<truth<Derived, Low, High>, sources>(
            tree::compose(tree::precedence::pattern,
                          {{{}, self().node(), above}, {words, node_of(low), above}, {" and ", node_of(high), above}}));
    }
    template <typename Values>
    auto member_of(const Values& values, bool in) const {
        using value = std::ranges::range_value_t<Values>;
        check_comparable<Derived, value>();
        const auto array = [&] {
            if constexpr (is_text<value>) { // also of C strings, which have no array of their own
                std::vector<std::string_view> texts;
                for (const auto& each : values)
                    texts.push_back(each);
                return node_of(texts);
            } else {
                return node_of(std::vector<value>(std::ranges::begin(values), std::ranges::end(values)));
            }
        };
        return expression<truth<Derived>, typename Derived::sources>(membership(self().node(), array(), in));
    }
    template <typename Query>
    auto in_query(std::string_view words, const Query& query) const {
        check_single_column<Query>();
        static_assert(go_together<typename Derived::value_type, column_type_of<Query>>(),
                      "coropq: values of these types can't be compared: convert one of them with cast<T>()");
        constexpr bool is_unknown = is_nullable<typename Derived::value_type> || is_nullable<column_type_of<Query>>;
        return expression<with_null<bool, is_unknown>, typename Derived::sources>(
            tree::relation(tree::precedence::pattern, self().node(), words, query.node()));
    }
};

} // namespace detail

} // namespace coropq::sql

#endif
