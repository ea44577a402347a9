// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_ROW_SHAPE_HPP
#define COROPQ_SQL_ROW_SHAPE_HPP

// What a row of a statement becomes in C++, and what outer joins do to it. Users don't need it.

#include <coropq/detail/described.hpp>
#include <coropq/sql/column.hpp>
#include <coropq/sql/expression.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace coropq::sql::detail {

struct inner_join {
    static constexpr tree::join_kind kind = tree::join_kind::inner;
    static constexpr bool new_may_miss = false;
    static constexpr bool old_may_miss = false;
};
struct left_join {
    static constexpr tree::join_kind kind = tree::join_kind::left;
    static constexpr bool new_may_miss = true;
    static constexpr bool old_may_miss = false;
};
struct right_join {
    static constexpr tree::join_kind kind = tree::join_kind::right;
    static constexpr bool new_may_miss = false;
    static constexpr bool old_may_miss = true;
};
struct full_join {
    static constexpr tree::join_kind kind = tree::join_kind::full;
    static constexpr bool new_may_miss = true;
    static constexpr bool old_may_miss = true;
};
struct cross_join {
    static constexpr tree::join_kind kind = tree::join_kind::cross;
    static constexpr bool new_may_miss = false;
    static constexpr bool old_may_miss = false;
};

/// One that was joined, and whether it may have no row.
template <typename Source, bool MayMiss>
struct joined_table {
    using source = Source;
    static constexpr bool may_miss = MayMiss;
};

/// The tables of a query, as far as joins matter. `FirstMayMiss`: those in front of the joins may have no row.
template <bool FirstMayMiss = false, typename... Joined>
struct table_list {
    template <typename Source, typename Kind>
    using with = table_list<FirstMayMiss || Kind::old_may_miss,
                            joined_table<typename Joined::source, Joined::may_miss || Kind::old_may_miss>...,
                            joined_table<Source, Kind::new_may_miss>>;

    template <typename Source>
    static constexpr bool may_miss() {
        constexpr bool is_joined = (std::is_same_v<Source, typename Joined::source> || ...);
        return is_joined ? ((std::is_same_v<Source, typename Joined::source> && Joined::may_miss) || ...)
                         : FirstMayMiss;
    }
    template <typename... Sources>
    static constexpr bool any_may_miss(boost::mp11::mp_list<Sources...>) {
        return (may_miss<Sources>() || ...);
    }
};

/// The types of one column.
template <typename Value, typename Sources>
struct column_shape {
    using value_type = Value;
    using sources = Sources;
};
template <typename Expression>
using shape_of = column_shape<value_type_of<Expression>, sources_of<Expression>>;

/// What a row is made of.
template <typename... Columns>
struct columns {};
template <typename T, typename Source>
struct whole {};
template <typename T>
struct as_struct {};
struct unknown_row {};

/// What is read for a value of an expression: what has no known type is read as text.
template <typename Value>
using read_type = std::conditional_t<std::is_same_v<Value, any_type>, std::optional<std::string>, Value>;

template <typename Column, typename Tables>
using column_in = with_null<read_type<typename Column::value_type>, Tables::any_may_miss(typename Column::sources())>;

template <typename Shape, typename Tables>
struct row_of;
template <typename... Columns, typename Tables>
struct row_of<columns<Columns...>, Tables> {
    using type = std::tuple<column_in<Columns, Tables>...>;
};
template <typename Column, typename Tables>
struct row_of<columns<Column>, Tables> {
    using value = column_in<Column, Tables>;
    // A row with one column that is a composite value isn't that value's parts.
    static constexpr bool has_parts =
        coropq::detail::is_tuple<bare<value>> || coropq::detail::described_struct<bare<value>>;
    using type = std::conditional_t<has_parts, std::tuple<value>, value>;
};
template <typename T, typename Source, typename Tables>
struct row_of<whole<T, Source>, Tables> {
    static_assert(!Tables::template may_miss<Source>(),
                  "coropq: this join leaves rows without an object of the selected table: select its columns instead");
    using type = T;
};
template <typename T, typename Tables>
struct row_of<as_struct<T>, Tables> {
    using type = T;
};
template <typename Tables>
struct row_of<unknown_row, Tables> {
    using type = void;
};

template <typename Shape, typename Tables>
struct column_of_row {
    using type = void;
};
template <typename Column, typename Tables>
struct column_of_row<columns<Column>, Tables> {
    using type = column_in<Column, Tables>;
};

template <typename T>
tree::item item_of(const T& selected) {
    if constexpr (is_labelled<T>)
        return {selected.node(), selected.label()};
    else
        return {selected.node(), {}};
}

template <typename T, typename Source, typename Body>
void add_members(Body& body) {
    if constexpr (is_mapped_table<T> && coropq::detail::described_struct<T>)
        boost::mp11::mp_for_each<coropq::detail::members_of<T>>([&]<typename Descriptor>(Descriptor) {
            body.add_item({column_expression<Source, Descriptor::pointer>::node(), {}});
        });
}

template <typename... Descriptors>
constexpr auto member_names(boost::mp11::mp_list<Descriptors...>) {
    return std::array<std::string_view, sizeof...(Descriptors)>{std::string_view(Descriptors::name)...};
}
template <typename Shape>
struct labels_of_shape;
template <typename T>
struct labels_of_shape<as_struct<T>> {
    static constexpr auto value =
        member_names(boost::mp11::mp_rename<coropq::detail::members_of<T>, boost::mp11::mp_list>());
};
template <typename Shape>
constexpr const auto& labels_of() {
    return labels_of_shape<Shape>::value;
}

template <typename... Types, typename... Descriptors>
constexpr bool members_fit(std::tuple<Types...>*, boost::mp11::mp_list<Descriptors...>) {
    return ((go_together<Types, decltype(coropq::detail::type_of_member(Descriptors::pointer))>() &&
             (!is_nullable<Types> || is_nullable<decltype(coropq::detail::type_of_member(Descriptors::pointer))>)) &&
            ...);
}

template <typename T, typename Shape, typename Tables>
constexpr void check_into() {
    using row = typename row_of<Shape, Tables>::type;
    using columns = std::conditional_t<coropq::detail::is_tuple<row>, row, std::tuple<row>>;
    static_assert(coropq::detail::described_struct<T>,
                  "coropq: this struct isn't described: write BOOST_DESCRIBE_STRUCT(name, (), (members…))");
    if constexpr (coropq::detail::described_struct<T>) {
        using members = boost::mp11::mp_rename<coropq::detail::members_of<T>, boost::mp11::mp_list>;
        static_assert(boost::mp11::mp_size<members>::value == std::tuple_size_v<columns>,
                      "coropq: this struct has more or fewer members than the statement has columns");
        if constexpr (boost::mp11::mp_size<members>::value == std::tuple_size_v<columns>)
            static_assert(
                members_fit(static_cast<columns*>(nullptr), members()),
                "coropq: a member of this struct has another type than its column, or can't be NULL where the "
                "column can");
    }
}

template <typename Count>
tree::pointer count_node(const Count& count) {
    static_assert(class_of<value_type_of<Count>> == value_class::number ||
                      class_of<value_type_of<Count>> == value_class::any ||
                      class_of<value_type_of<Count>> == value_class::null,
                  "coropq: a number of rows has to be a number");
    if constexpr (coropq::detail::integer<Count>)
        return node_of(static_cast<std::int64_t>(count)); // one type, whatever the program counts with
    else
        return node_of(count);
}

template <typename T>
concept orderable = sql_expression<T> || std::same_as<T, ordering>;

} // namespace coropq::sql::detail

#endif
