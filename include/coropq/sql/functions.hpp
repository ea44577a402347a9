// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_FUNCTIONS_HPP
#define COROPQ_SQL_FUNCTIONS_HPP

// Values, functions by their names, casts, `case` and its like, and raw SQL.

#include <coropq/sql/expression.hpp>
#include <coropq/types/decimal.hpp>

#include <concepts>
#include <cstdint>
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

/// A function by its name: `func<std::string>("lower", col<&user::name>)`. Its result is what is said; a
/// `std::optional` where it can be NULL.
template <typename Result = any_type, typename... Arguments>
auto func(std::string_view name, const Arguments&... arguments) {
    return expression<Result>(tree::call({}, name, {detail::node_of(arguments)...}));
}
/// One of a schema: `func_in<double>("extensions", "similarity", …)`.
template <typename Result = any_type, typename... Arguments>
auto func_in(std::string_view schema, std::string_view name, const Arguments&... arguments) {
    return expression<Result>(tree::call(schema, name, {detail::node_of(arguments)...}));
}

namespace detail {

/// Nothing: there is no name for it.
template <typename T>
constexpr type_reference named_type_of() {
    if constexpr (class_of<T> == value_class::text)
        return type_oid::text;
    else if constexpr (requires { codec<T>::type(); })
        return codec<T>::type();
    else
        return {};
}

} // namespace detail

/// `cast(… as …)`, to the PostgreSQL type of a C++ type: `cast<double>(col<&user::age>)`. A described enum or struct
/// needs a `type_name`.
template <typename T, typename Operand>
auto cast(const Operand& operand) {
    using target = detail::bare<T>;
    static_assert(!detail::named_type_of<target>().is_untyped(),
                  "coropq: nobody said what this type is called in the database: specialise coropq::type_name");
    return expression<detail::with_null<detail::stored<target>, detail::any_nullable<Operand>>,
                      detail::sources_of<Operand>>(
        tree::cast(detail::node_of(operand), detail::named_type_of<target>()));
}

namespace detail {

/// The type of an expression that has one of several values.
template <typename First, typename Second>
consteval auto common_type() {
    using first = bare<First>;
    using second = bare<Second>;
    if constexpr (class_of<First> == value_class::null || class_of<First> == value_class::any)
        return std::type_identity<second>();
    else if constexpr (class_of<Second> == value_class::null || class_of<Second> == value_class::any)
        return std::type_identity<first>();
    else if constexpr (class_of<First> == value_class::number && class_of<Second> == value_class::number)
        return arithmetic_type<first, second>();
    else
        return std::type_identity<first>();
}
template <typename First, typename... Rest>
struct common {
    using type = First;
};
template <typename First, typename Second, typename... Rest>
struct common<First, Second, Rest...> {
    using type = typename common<typename decltype(common_type<First, Second>())::type, Rest...>::type;
};
/// Of operands, without regard to NULL.
template <typename... Operands>
using common_value = bare<typename common<bare<value_type_of<Operands>>...>::type>;

template <typename... Operands>
struct all_sources;
template <typename Operand>
struct all_sources<Operand> {
    using type = sources_of<Operand>;
};
template <typename First, typename... Rest>
struct all_sources<First, Rest...> {
    using type = typename joined_sources<sources_of<First>, typename all_sources<Rest...>::type>::type;
};

template <typename First, typename... Rest>
constexpr void check_alike() {
    static_assert((go_together<value_type_of<First>, value_type_of<Rest>>() && ...),
                  "coropq: these values have different types: convert them with cast<T>()");
}

/// Whether an operand is never NULL, whatever outer joins do.
template <typename Operand>
inline constexpr bool is_solid = !is_nullable<value_type_of<Operand>> && std::same_as<sources_of<Operand>, no_sources>;

} // namespace detail

/// The first that isn't NULL.
template <typename First, typename... Rest>
auto coalesce(const First& first, const Rest&... rest) {
    detail::check_alike<First, Rest...>();
    constexpr bool solid = (detail::is_solid<First> || ... || detail::is_solid<Rest>);
    constexpr bool nullable =
        detail::is_nullable<detail::value_type_of<First>> && (detail::is_nullable<detail::value_type_of<Rest>> && ...);
    using sources = std::conditional_t<solid, detail::no_sources, typename detail::all_sources<First, Rest...>::type>;
    return expression<detail::with_null<detail::common_value<First, Rest...>, nullable>, sources>(
        tree::list("coalesce(", {detail::node_of(first), detail::node_of(rest)...}, ")"));
}

/// NULL if both are equal, the first otherwise.
template <typename First, typename Second>
auto nullif(const First& first, const Second& second) {
    detail::check_comparable<First, Second>();
    return expression<detail::with_null<detail::common_value<First>, true>>(
        tree::list("nullif(", {detail::node_of(first), detail::node_of(second)}, ")"));
}

/// The largest and the smallest that isn't NULL; NULL only if all are.
template <typename First, typename... Rest>
auto greatest(const First& first, const Rest&... rest) {
    detail::check_alike<First, Rest...>();
    return expression<detail::with_null<detail::common_value<First, Rest...>, detail::any_nullable<First, Rest...>>,
                      typename detail::all_sources<First, Rest...>::type>(
        tree::list("greatest(", {detail::node_of(first), detail::node_of(rest)...}, ")"));
}
template <typename First, typename... Rest>
auto least(const First& first, const Rest&... rest) {
    detail::check_alike<First, Rest...>();
    return expression<detail::with_null<detail::common_value<First, Rest...>, detail::any_nullable<First, Rest...>>,
                      typename detail::all_sources<First, Rest...>::type>(
        tree::list("least(", {detail::node_of(first), detail::node_of(rest)...}, ")"));
}

/// Parts of dates, times and intervals (manual, chapter "Date/Time Functions and Operators").
enum class date_part : std::uint8_t {
    century,
    day,
    decade,
    dow,
    doy,
    epoch,
    hour,
    isodow,
    isoyear,
    microseconds,
    millennium,
    milliseconds,
    minute,
    month,
    quarter,
    second,
    week,
    year
};

namespace detail {
/// `cast(extract(year from `
std::string_view extract_words(date_part part) noexcept;
} // namespace detail

/// `extract(year from …)` as a decimal, which PostgreSQL 13 would give as a double precision.
template <sql_expression Operand>
auto extract(date_part part, const Operand& operand) {
    constexpr detail::value_class operand_class = detail::class_of<typename Operand::value_type>;
    static_assert(operand_class == detail::value_class::moment || operand_class == detail::value_class::interval ||
                      operand_class == detail::value_class::other || operand_class == detail::value_class::any,
                  "coropq: only dates, times and intervals have such parts");
    return expression<detail::with_null<decimal, detail::any_nullable<Operand>>, typename Operand::sources>(
        tree::compose(tree::precedence::primary, {{detail::extract_words(part), operand.node()}}, ") as numeric)"));
}

/// A `case`: `case_when(col<&user::age> < 18, "child").when(col<&user::age> < 65, "adult").otherwise("old")`. Without
/// `otherwise`, it is NULL where no condition holds.
template <typename Value, bool Nullable>
class case_expression : public detail::expression_functions<case_expression<Value, Nullable>> {
public:
    using value_type = detail::with_null<Value, true>;
    using sources = detail::no_sources;

    explicit case_expression(std::vector<tree::piece> pieces) : pieces_(std::move(pieces)) {}
    tree::pointer node() const { return tree::compose(tree::precedence::primary, pieces_, " end"); }

    template <sql_expression Condition, typename Result>
    auto when(const Condition& condition, const Result& result) const {
        check<Condition, Result>();
        std::vector<tree::piece> pieces = pieces_;
        pieces.push_back({" when ", condition.node()});
        pieces.push_back({" then ", detail::node_of(result)});
        return case_expression < next<Result>, Nullable || is_open < Result >> (std::move(pieces));
    }
    template <typename Result>
    auto otherwise(const Result& result) const {
        static_assert(detail::go_together<Value, detail::value_type_of<Result>>(),
                      "coropq: these values have different types: convert them with cast<T>()");
        std::vector<tree::piece> pieces = pieces_;
        pieces.push_back({" else ", detail::node_of(result)});
        return expression<detail::with_null<next<Result>, Nullable || is_open<Result>>>(
            tree::compose(tree::precedence::primary, std::move(pieces), " end"));
    }

private:
    template <typename Result>
    using next = detail::bare<typename detail::common<Value, detail::bare<detail::value_type_of<Result>>>::type>;
    // What an outer join may do to a result isn't followed any further.
    template <typename Result>
    static constexpr bool is_open = !detail::is_solid<Result>;

    template <typename Condition, typename Result>
    static constexpr void check() {
        detail::check_condition<Condition>();
        static_assert(detail::go_together<Value, detail::value_type_of<Result>>(),
                      "coropq: these values have different types: convert them with cast<T>()");
    }

    std::vector<tree::piece> pieces_;
};

template <sql_expression Condition, typename Result>
auto case_when(const Condition& condition, const Result& result) {
    detail::check_condition<Condition>();
    return case_expression<detail::common_value<Result>, !detail::is_solid<Result>>(
        std::vector<tree::piece>{{"case when ", condition.node()}, {" then ", detail::node_of(result)}});
}

} // namespace coropq::sql

#endif
