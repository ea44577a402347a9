// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_CHANGES_HPP
#define COROPQ_SQL_CHANGES_HPP

// `update` and `delete`.

#include <coropq/sql/bodies.hpp>
#include <coropq/sql/column.hpp>
#include <coropq/sql/expression.hpp>
#include <coropq/sql/row_shape.hpp>
#include <coropq/sql/table.hpp>

#include <type_traits>
#include <utility>

namespace coropq::sql {

namespace detail {

/// Of a statement that returns nothing.
struct nothing {};

template <typename Shape>
struct returned_row {};
template <typename Shape>
    requires(!std::same_as<Shape, nothing>)
struct returned_row<Shape> {
    using row_type = typename row_of<Shape, table_list<>>::type;
};

/// What the statements that change rows have in common. `Target` is a mapped struct, or `any_type` for a `table`.
template <template <typename, typename> typename Query, typename Target, typename Body, typename Shape>
class change_query : public returned_row<Shape> {
public:
    /// The columns of changed rows, or what is computed from them: the statement then has rows, as a query.
    template <selectable... Expressions>
        requires(sizeof...(Expressions) > 0)
    auto returning(const Expressions&... expressions) const {
        Body body = body_;
        (body.add_returning(item_of(expressions)), ...);
        return Query<Target, columns<shape_of<Expressions>...>>(std::move(body));
    }
    /// All columns, as objects of the table's struct.
    auto returning() const {
        static_assert(!std::same_as<Target, any_type>,
                      "coropq: the rows of this table have no struct: name the columns that are to be returned");
        Body body = body_;
        returning_items<Body> items{body};
        add_members<Target, table_source<Target>>(items);
        return Query<Target, whole<Target, table_source<Target>>>(std::move(body));
    }

    operator statement() const { return tree::render(*body_.node()); } // NOLINT: `engine.execute(query)`
    tree::pointer node() const { return body_.node(); }

    /// For the library.
    explicit change_query(Body body) : body_(std::move(body)) {}

protected:
    template <typename B>
    struct returning_items {
        B& body;
        void add_item(tree::item returned) { body.add_returning(std::move(returned)); }
    };

    template <typename Change>
    Query<Target, Shape> changed(const Change& change) const {
        Body body = body_;
        change(body);
        return Query<Target, Shape>(std::move(body));
    }

    Body body_;
};

} // namespace detail

/// An `update`, made by `sql::update`. A value: each function gives another statement; copies are cheap. Without
/// `where`, it changes all rows.
///
/// `co_await engine.execute(statement)`; with `returning`, also `fetch`.
template <typename Target, typename Shape = detail::nothing>
class update_query : public detail::change_query<update_query, Target, tree::update_body, Shape> {
    using base = detail::change_query<update_query, Target, tree::update_body, Shape>;

public:
    using base::base;

    /// `set(col<&user::age> = col<&user::age> + 1, col<&user::name> = "Ada")`
    template <detail::assignment_like... Assignments>
    auto set(const Assignments&... assignments) const {
        (detail::check_column<Target, Assignments>(), ...);
        return this->changed(
            [&](tree::update_body& body) { (body.add_assignment(assignments.column(), assignments.value()), ...); });
    }
    /// Other tables, whose columns may be used then.
    template <typename T>
    auto from() const {
        detail::check_mapped_table<T>();
        return this->changed([&](tree::update_body& body) { body.add_from(detail::source_of_table<T>()); });
    }
    auto from(const detail::table_like auto& table) const {
        return this->changed([&](tree::update_body& body) { body.add_from(table.source()); });
    }
    template <sql_expression... Conditions>
    auto where(const Conditions&... conditions) const {
        (detail::check_condition<Conditions>(), ...);
        return this->changed([&](tree::update_body& body) { (body.add_where(conditions.node()), ...); });
    }
};

/// A `delete`, made by `sql::delete_from`. As `update_query`.
template <typename Target, typename Shape = detail::nothing>
class delete_query : public detail::change_query<delete_query, Target, tree::delete_body, Shape> {
    using base = detail::change_query<delete_query, Target, tree::delete_body, Shape>;

public:
    using base::base;

    /// `using`: other tables, whose columns may be used in `where` then.
    template <typename T>
    auto from() const {
        detail::check_mapped_table<T>();
        return this->changed([&](tree::delete_body& body) { body.add_using(detail::source_of_table<T>()); });
    }
    auto from(const detail::table_like auto& table) const {
        return this->changed([&](tree::delete_body& body) { body.add_using(table.source()); });
    }
    template <sql_expression... Conditions>
    auto where(const Conditions&... conditions) const {
        (detail::check_condition<Conditions>(), ...);
        return this->changed([&](tree::delete_body& body) { (body.add_where(conditions.node()), ...); });
    }
};

template <typename T>
update_query<T> update() {
    detail::check_mapped_table<T>();
    tree::update_body body;
    body.set_target(detail::source_of_table<T>());
    return update_query<T>(std::move(body));
}
inline update_query<any_type> update(const table& target) {
    tree::update_body body;
    body.set_target(target.source());
    return update_query<any_type>(std::move(body));
}

template <typename T>
delete_query<T> delete_from() {
    detail::check_mapped_table<T>();
    tree::delete_body body;
    body.set_target(detail::source_of_table<T>());
    return delete_query<T>(std::move(body));
}
inline delete_query<any_type> delete_from(const table& target) {
    tree::delete_body body;
    body.set_target(target.source());
    return delete_query<any_type>(std::move(body));
}

} // namespace coropq::sql

#endif
