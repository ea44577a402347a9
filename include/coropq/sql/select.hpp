// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_SELECT_HPP
#define COROPQ_SQL_SELECT_HPP

#include <coropq/sql/bodies.hpp>
#include <coropq/sql/column.hpp>
#include <coropq/sql/expression.hpp>
#include <coropq/sql/row_shape.hpp>
#include <coropq/sql/table.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq::sql {

/// How much others may do with locked rows (manual, chapter "Row-Level Locks").
enum class lock_strength : std::uint8_t { update, no_key_update, share, key_share };
/// What happens to rows that others have locked: wait for them, an error (55P03), or they are left out.
enum class lock_wait : std::uint8_t { wait, nowait, skip_locked };

namespace detail {

constexpr std::string_view lock_words(lock_strength strength) noexcept {
    switch (strength) {
    case lock_strength::no_key_update: return " for no key update";
    case lock_strength::share: return " for share";
    case lock_strength::key_share: return " for key share";
    default: return " for update";
    }
}
constexpr std::string_view wait_words(lock_wait wait) noexcept {
    switch (wait) {
    case lock_wait::nowait: return " nowait";
    case lock_wait::skip_locked: return " skip locked";
    default: return {};
    }
}

} // namespace detail

/// A `select`, made by `sql::select`. A value: each function gives another query, and the one that it was called on
/// stays as it is; copies are cheap.
///
/// `co_await engine.fetch(query)` gives its rows: `row_type`. It converts to a `statement`, too. Both throw
/// `option_error` if a column is used of a table that the query doesn't read from.
///
/// Without `from`, it reads from the tables of the columns that are selected and not joined.
template <typename Shape, typename Tables = detail::table_list<>>
class select_query {
public:
    /// What a row becomes: the type of the only expression, a tuple of several, an object of a table's struct, or the
    /// struct that `into` named. Where an outer join leaves a table without a row, its columns are `std::optional`.
    using row_type = typename detail::row_of<Shape, Tables>::type;
    /// Of a query with one column.
    using column_type = typename detail::column_of_row<Shape, Tables>::type;

    select_query from(const detail::table_like auto& table) const {
        return changed([&](tree::select_body& body) { body.add_from(table.source()); });
    }
    template <typename T>
    select_query from() const {
        detail::check_mapped_table<T>();
        return changed([&](tree::select_body& body) { body.add_from(detail::source_of_table<T>()); });
    }

    /// Joins a table to what is there. Tables whose rows may be missing then have columns that can be NULL.
    template <typename T, sql_expression Condition>
    auto join(const Condition& condition) const {
        return joined<T, detail::inner_join>(condition);
    }
    template <typename T, sql_expression Condition>
    auto left_join(const Condition& condition) const {
        return joined<T, detail::left_join>(condition);
    }
    template <typename T, sql_expression Condition>
    auto right_join(const Condition& condition) const {
        return joined<T, detail::right_join>(condition);
    }
    template <typename T, sql_expression Condition>
    auto full_join(const Condition& condition) const {
        return joined<T, detail::full_join>(condition);
    }
    template <typename T>
    auto cross_join() const {
        detail::check_mapped_table<T>();
        return joined_to<detail::table_source<T>, detail::cross_join>(detail::source_of_table<T>(), nullptr);
    }

    /// The same with an alias, or another thing that isn't a type.
    template <detail::table_like Table, sql_expression Condition>
    auto join(const Table& table, const Condition& condition) const {
        return joined<detail::inner_join>(table, condition);
    }
    template <detail::table_like Table, sql_expression Condition>
    auto left_join(const Table& table, const Condition& condition) const {
        return joined<detail::left_join>(table, condition);
    }
    template <detail::table_like Table, sql_expression Condition>
    auto right_join(const Table& table, const Condition& condition) const {
        return joined<detail::right_join>(table, condition);
    }
    template <detail::table_like Table, sql_expression Condition>
    auto full_join(const Table& table, const Condition& condition) const {
        return joined<detail::full_join>(table, condition);
    }
    template <detail::table_like Table>
    auto cross_join(const Table& table) const {
        return joined_to<typename Table::source_type, detail::cross_join>(table.source(), nullptr);
    }

    /// All of the conditions must hold, those of other calls included.
    template <sql_expression... Conditions>
    select_query where(const Conditions&... conditions) const {
        (detail::check_condition<Conditions>(), ...);
        return changed([&](tree::select_body& body) { (body.add_where(conditions.node()), ...); });
    }

    template <sql_expression... Expressions>
    select_query group_by(const Expressions&... expressions) const {
        return changed([&](tree::select_body& body) { (body.add_group(expressions.node()), ...); });
    }
    template <sql_expression... Conditions>
    select_query having(const Conditions&... conditions) const {
        (detail::check_condition<Conditions>(), ...);
        return changed([&](tree::select_body& body) { (body.add_having(conditions.node()), ...); });
    }

    /// Expressions, `label("n")` for one that was named with `as`, and these with `asc()` or `desc()`.
    template <detail::orderable... Expressions>
    select_query order_by(const Expressions&... expressions) const {
        return changed([&](tree::select_body& body) { (body.add_order(expressions.node()), ...); });
    }

    /// A number, which becomes a parameter, or an expression.
    template <typename Count>
    select_query limit(const Count& count) const {
        return changed([&](tree::select_body& body) { body.set_limit(detail::count_node(count)); });
    }
    template <typename Count>
    select_query offset(const Count& count) const {
        return changed([&](tree::select_body& body) { body.set_offset(detail::count_node(count)); });
    }

    select_query distinct() const {
        return changed([](tree::select_body& body) { body.set_distinct(); });
    }
    /// The first row of each group of rows that are equal in these (PostgreSQL).
    template <sql_expression... Expressions>
    select_query distinct_on(const Expressions&... expressions) const {
        return changed([&](tree::select_body& body) { (body.add_distinct_on(expressions.node()), ...); });
    }

    /// Locks the rows until the end of the transaction. Without tables, those of all of them.
    template <detail::table_like... Locked>
    select_query lock(lock_strength strength, lock_wait wait = lock_wait::wait, const Locked&... of) const {
        return changed([&](tree::select_body& body) {
            body.add_lock(detail::lock_words(strength), {of.source()...}, detail::wait_words(wait));
        });
    }
    select_query for_update(lock_wait wait = lock_wait::wait) const { return lock(lock_strength::update, wait); }
    select_query for_share(lock_wait wait = lock_wait::wait) const { return lock(lock_strength::share, wait); }

    /// Makes rows objects of a described struct with as many members as there are columns, in the same order: columns
    /// are given the names of the members.
    template <typename T>
    auto into() const {
        detail::check_into<T, Shape, Tables>();
        select_query<detail::as_struct<T>, Tables> other{body_};
        other.label_columns();
        return other;
    }

    operator statement() const { return tree::render(*body_.node()); } // NOLINT: `engine.execute(query)`
    tree::pointer node() const { return body_.node(); }

    /// For the library.
    explicit select_query(tree::select_body body) : body_(std::move(body)) {}
    void label_columns() {
        std::size_t index = 0;
        for (const std::string_view name : detail::labels_of<Shape>())
            body_.set_label(index++, name);
    }

private:
    template <typename Change>
    select_query changed(const Change& change) const {
        select_query other(*this);
        change(other.body_);
        return other;
    }

    template <typename T, typename Kind, typename Condition>
    auto joined(const Condition& condition) const {
        detail::check_mapped_table<T>();
        detail::check_condition<Condition>();
        return joined_to<detail::table_source<T>, Kind>(detail::source_of_table<T>(), condition.node());
    }
    template <typename Kind, typename Table, typename Condition>
    auto joined(const Table& table, const Condition& condition) const {
        detail::check_condition<Condition>();
        return joined_to<typename Table::source_type, Kind>(table.source(), condition.node());
    }
    template <typename Source, typename Kind>
    auto joined_to(const tree::source_pointer& source, tree::pointer condition) const {
        tree::select_body body = body_;
        body.add_join(Kind::kind, source, std::move(condition));
        return select_query<Shape, typename Tables::template with<Source, Kind>>(std::move(body));
    }

    tree::select_body body_;
};

/// All columns of a mapped table, as its objects.
template <typename T>
auto select() {
    detail::check_mapped_table<T>();
    tree::select_body body;
    detail::add_members<T, detail::table_source<T>>(body);
    body.add_from(detail::source_of_table<T>());
    return select_query<detail::whole<T, detail::table_source<T>>>(std::move(body));
}

/// All columns of an alias, as objects of its table.
template <typename T, detail::fixed_name Name>
auto select(const alias<T, Name>&) {
    tree::select_body body;
    detail::add_members<T, alias<T, Name>>(body);
    body.add_from(alias<T, Name>::source());
    return select_query<detail::whole<T, alias<T, Name>>>(std::move(body));
}

/// All columns of a table that is known when the program runs. A row has no C++ type then: `engine.execute(query)`, or
/// `engine.fetch<T>(query)`.
select_query<detail::unknown_row> select(const table& from);

/// Expressions, with or without a label: `select(col<&user::name>, count().as("n"))`.
template <detail::selectable... Expressions>
    requires(sizeof...(Expressions) > 0)
auto select(const Expressions&... expressions) {
    tree::select_body body;
    (body.add_item(detail::item_of(expressions)), ...);
    return select_query<detail::columns<detail::shape_of<Expressions>...>>(std::move(body));
}

} // namespace coropq::sql

#endif
