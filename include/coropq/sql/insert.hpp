// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_INSERT_HPP
#define COROPQ_SQL_INSERT_HPP

#include <coropq/sql/changes.hpp>
#include <coropq/sql/subquery.hpp>

#include <concepts>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coropq::sql {

template <typename Target, typename Shape>
class insert_query;

/// What an `insert` does with rows that are there already: `do_nothing()` or `do_update(…)`, which give the statement
/// back.
template <typename Target, typename Shape>
class conflict_clause {
public:
    /// The condition of a partial unique index.
    template <sql_expression Condition>
    conflict_clause where(const Condition& condition) const {
        detail::check_condition<Condition>();
        conflict_clause other(*this);
        other.body_.set_conflict_where(condition.node());
        return other;
    }

    insert_query<Target, Shape> do_nothing() const {
        tree::insert_body body = body_;
        body.set_do_nothing();
        return insert_query<Target, Shape>(std::move(body));
    }

    /// Changes the row that is there: `do_update(col<&user::name> = excluded<&user::name>)`. A `where` behind it says
    /// which rows are left alone.
    template <detail::assignment_like... Assignments>
        requires(sizeof...(Assignments) > 0)
    insert_query<Target, Shape> do_update(const Assignments&... assignments) const {
        (detail::check_column<Target, Assignments>(), ...);
        tree::insert_body body = body_;
        (body.add_conflict_assignment(assignments.column(), assignments.value()), ...);
        return insert_query<Target, Shape>(std::move(body));
    }

    /// For the library.
    explicit conflict_clause(tree::insert_body body) : body_(std::move(body)) {}

private:
    tree::insert_body body_;
};

namespace detail {

template <typename... Columns, typename... Types>
constexpr bool can_insert(std::tuple<Types...>*) {
    if constexpr (sizeof...(Columns) == sizeof...(Types))
        return ((go_together<typename Columns::value_type, Types>() &&
                 (is_nullable<typename Columns::value_type> || !is_nullable<Types>)) &&
                ...);
    else
        return false;
}

/// An `insert` that lacks its query.
template <typename Target, typename... Columns>
class insert_columns {
public:
    template <row_query Query>
    insert_query<Target, nothing> from(const Query& query) const {
        using row = typename Query::row_type;
        using types = std::conditional_t<coropq::detail::is_tuple<row>, row, std::tuple<row>>;
        static_assert(
            can_insert<Columns...>(static_cast<types*>(nullptr)) || std::same_as<Target, any_type>,
            "coropq: the columns of the query don't fit those that are inserted: other types, another number, "
            "or NULL where there can't be any");
        tree::insert_body body = body_;
        body.set_query(query.node());
        return insert_query<Target, nothing>(std::move(body));
    }

    explicit insert_columns(tree::insert_body body) : body_(std::move(body)) {}

private:
    tree::insert_body body_;
};

} // namespace detail

/// An `insert`, made by `sql::insert`. A value: each function gives another statement; copies are cheap.
///
/// `co_await engine.execute(statement)`; with `returning`, also `fetch`.
template <typename Target, typename Shape = detail::nothing>
class insert_query : public detail::change_query<insert_query, Target, tree::insert_body, Shape> {
    using base = detail::change_query<insert_query, Target, tree::insert_body, Shape>;

public:
    using base::base;

    /// One row of some columns: `insert<user>().values(col<&user::name> = "Ada")`. Other columns have their defaults.
    template <detail::assignment_like... Assignments>
    auto values(const Assignments&... assignments) const {
        (detail::check_column<Target, Assignments>(), ...);
        return this->changed([&](tree::insert_body& body) {
            (body.add_column(assignments.column()), ...);
            body.begin_row();
            (body.add_value(assignments.value()), ...);
        });
    }

    /// Rows of a query: `insert<user>().columns(col<&user::name>).from(select(…))`, one column for each of its columns.
    template <detail::column_like... Columns>
    detail::insert_columns<Target, Columns...> columns(const Columns&... columns) const {
        (detail::check_column<Target, Columns>(), ...);
        tree::insert_body body = this->body_;
        (body.add_column(columns.name()), ...);
        return detail::insert_columns<Target, Columns...>(std::move(body));
    }

    /// The columns of a primary key or unique index, whose rows may be there already. Without any: whatever hinders.
    template <detail::column_like... Columns>
    conflict_clause<Target, Shape> on_conflict(const Columns&... columns) const {
        (detail::check_column<Target, Columns>(), ...);
        tree::insert_body body = this->body_;
        (body.add_conflict_column(columns.name()), ...);
        return conflict_clause<Target, Shape>(std::move(body));
    }
    /// The same by the name of the constraint.
    conflict_clause<Target, Shape> on_conflict_constraint(std::string_view name) const {
        tree::insert_body body = this->body_;
        body.set_conflict_constraint(name);
        return conflict_clause<Target, Shape>(std::move(body));
    }
    /// Behind `do_update`: which rows are changed.
    template <sql_expression... Conditions>
    auto where(const Conditions&... conditions) const {
        (detail::check_condition<Conditions>(), ...);
        return this->changed([&](tree::insert_body& body) { (body.add_update_where(conditions.node()), ...); });
    }
};

namespace detail {

template <typename T>
void add_columns(tree::insert_body& body) {
    boost::mp11::mp_for_each<coropq::detail::members_of<T>>(
        [&]<typename Descriptor>(Descriptor) { body.add_column(coropq::detail::member_column<T, Descriptor>()); });
}

/// Whether the server fills the member in: it has one of its defaults, and the value that nobody has set.
template <typename T, typename Descriptor>
bool is_left_to_server(const T& object, const T& fresh) {
    if constexpr (has_server_default<T, Descriptor>())
        return object.*Descriptor::pointer == fresh.*Descriptor::pointer;
    else
        return false;
}

template <typename T>
void add_row(tree::insert_body& body, const T& object, const T& fresh) {
    body.begin_row();
    boost::mp11::mp_for_each<coropq::detail::members_of<T>>([&]<typename Descriptor>(Descriptor) {
        if (is_left_to_server<T, Descriptor>(object, fresh))
            body.add_value(nullptr);
        else
            body.add_value(node_of(object.*Descriptor::pointer));
    });
}

} // namespace detail

/// For `values`.
template <typename T>
insert_query<T> insert() {
    detail::check_mapped_table<T>();
    tree::insert_body body;
    body.set_target(detail::source_of_table<T>());
    return insert_query<T>(std::move(body));
}
inline insert_query<any_type> insert(const table& target) {
    tree::insert_body body;
    body.set_target(target.source());
    return insert_query<any_type>(std::move(body));
}

/// An object as a row: `insert(user{.name = "Ada"})`. See `mapped_table::server_defaults` for members that the server
/// fills in.
template <coropq::detail::described_struct T>
insert_query<T> insert(const T& object) {
    detail::check_mapped_table<T>();
    tree::insert_body body;
    body.set_target(detail::source_of_table<T>());
    detail::add_columns<T>(body);
    detail::add_row(body, object, T{});
    return insert_query<T>(std::move(body));
}

/// Several objects: any range of them. Throws `option_error`, when it becomes a statement, if there is none, or if they
/// have more than 65535 values together.
template <std::ranges::input_range Objects>
    requires coropq::detail::described_struct<std::ranges::range_value_t<Objects>>
auto insert(const Objects& objects) {
    using object_type = std::ranges::range_value_t<Objects>;
    detail::check_mapped_table<object_type>();
    tree::insert_body body;
    body.set_target(detail::source_of_table<object_type>());
    detail::add_columns<object_type>(body);
    const object_type fresh{};
    for (const object_type& each : objects)
        detail::add_row(body, each, fresh);
    return insert_query<object_type>(std::move(body));
}

} // namespace coropq::sql

#endif
