// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_COLUMN_HPP
#define COROPQ_SQL_COLUMN_HPP

// The columns of mapped tables, and aliases of these.

#include <coropq/sql/expression.hpp>
#include <coropq/sql/mapped_table.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq::sql {

namespace detail {

/// The name of an alias as a part of its type.
template <std::size_t Size>
struct fixed_name {
    consteval fixed_name(const char (&text)[Size]) { // NOLINT: a literal is given in its place
        for (std::size_t i = 0; i != Size; ++i)
            characters[i] = text[i];
    }
    constexpr std::string_view view() const noexcept { return {characters, Size - 1}; }

    char characters[Size] = {};
};

/// What is set in an `update`, or inserted: `col<&user::name> = "Ada"`. `Table` is that of the column; `any_type` if it
/// is only known when the program runs.
///
/// No aggregate: GCC 12 destroys temporary ones twice in `co_await` expressions.
template <typename Table>
class assignment {
public:
    using table = Table;

    assignment(std::string_view column, tree::pointer value) : column_(column), value_(std::move(value)) {}
    const std::string& column() const noexcept { return column_; }
    const tree::pointer& value() const noexcept { return value_; }

private:
    std::string column_;
    tree::pointer value_;
};

template <typename T>
inline constexpr bool is_assignment = false;
template <typename Table>
inline constexpr bool is_assignment<assignment<Table>> = true;

/// An assignment to a column of the table that a statement changes.
template <typename T>
concept assignment_like = is_assignment<T>;

/// What has a name to be used alone, as in lists of columns.
template <typename T>
concept column_like = requires(const T& column) {
    typename T::table;
    { column.name() } -> std::convertible_to<std::string_view>;
};

template <typename Table, typename Column>
constexpr void check_column() {
    static_assert(std::is_same_v<typename Column::table, Table> || std::is_same_v<typename Column::table, any_type> ||
                      std::is_same_v<Table, any_type>,
                  "coropq: the statement changes another table than that of this column");
}

template <typename Member, typename Value>
constexpr void check_assignable() {
    static_assert(go_together<Member, value_type_of<Value>>(),
                  "coropq: a column can't have values of this type: convert it with cast<T>()");
    static_assert(is_nullable<Member> || !is_nullable<value_type_of<Value>> ||
                      std::same_as<value_type_of<Value>, any_type>,
                  "coropq: this column can't be NULL, and the value can: its member would be a std::optional");
}

template <typename T>
struct table_source {
    using table = T;
    static const tree::source_pointer& source() { return source_of_table<T>(); }
};

/// What the columns of all sources have in common. `Source` says whose they are.
template <typename Source, auto Member>
class column_expression : public expression_functions<column_expression<Source, Member>> {
public:
    using table = typename Source::table;
    using value_type = stored<decltype(coropq::detail::type_of_member(Member))>;
    using sources = boost::mp11::mp_list<Source>;

    static const tree::pointer& node() {
        static const tree::pointer made = tree::column(Source::source(), name());
        return made;
    }

    /// The name in the database.
    static constexpr std::string_view name() {
        check_mapped_table<table>();
        constexpr std::string_view found = column_of<table, Member>();
        static_assert(!found.empty() || !coropq::detail::described_struct<table>,
                      "coropq: this member isn't described: it has to be in BOOST_DESCRIBE_STRUCT");
        return found.empty() ? std::string_view("?") : found;
    }

    /// What an `update` sets, or an `insert` gives.
    template <typename Value>
    assignment<table> operator=(const Value& value) const {
        check_assignable<value_type, Value>();
        return {name(), node_of(value)};
    }
    assignment<table> operator=(const column_expression& other) const { return {name(), other.node()}; }

    constexpr column_expression() = default;
    constexpr column_expression(const column_expression&) = default;
    ~column_expression() = default;
};

/// The row that an `insert` proposed.
template <typename T>
struct excluded_source {
    using table = T;
    static const tree::source_pointer& source() { return tree::excluded(); }
};

} // namespace detail

/// A column of a mapped table, by its member: `col<&user::name>`. A member of a base class needs the struct whose table
/// it is: `col<&person::name, user>`.
template <auto Member, typename Table = decltype(coropq::detail::class_of_member(Member))>
inline constexpr detail::column_expression<detail::table_source<Table>, Member> col{};

/// In `do_update`, the value that would have been inserted: `col<&user::name> = excluded<&user::name>`.
template <auto Member, typename Table = decltype(coropq::detail::class_of_member(Member))>
inline constexpr detail::column_expression<detail::excluded_source<Table>, Member> excluded{};

/// Another name of a mapped table in a statement, to use it twice:
///
///     constexpr alias<employee, "manager"> manager;
///     select(col<&employee::name>, manager.col<&employee::name>)
///         .from<employee>().left_join(manager, manager.col<&employee::id> == col<&employee::manager_id>)
template <typename T, detail::fixed_name Name>
struct alias {
    using table = T;
    static const tree::source_pointer& source() {
        detail::check_mapped_table<T>();
        static const tree::source_pointer made = [] {
            if constexpr (detail::is_mapped_table<T>)
                return tree::table(detail::schema_of<T>(), mapped_table<T>::name, Name.view());
            else
                return tree::source_pointer();
        }();
        return made;
    }
    using source_type = alias;

    /// Its columns.
    template <auto Member>
    static constexpr detail::column_expression<alias, Member> col{};
};

} // namespace coropq::sql

#endif
