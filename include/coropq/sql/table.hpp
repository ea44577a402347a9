// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_TABLE_HPP
#define COROPQ_SQL_TABLE_HPP

// Tables that are known when the program runs.

#include <coropq/sql/column.hpp>
#include <coropq/sql/expression.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::reflected {
struct table;
}

namespace coropq::sql {

/// A column of a `table`.
template <typename Value>
class table_column : public detail::expression_functions<table_column<Value>> {
public:
    using value_type = Value;
    using sources = detail::no_sources;
    using table = any_type;

    table_column(tree::pointer node, std::string_view name) : node_(std::move(node)), name_(name) {}
    table_column(const table_column&) = default;
    ~table_column() = default;

    const tree::pointer& node() const noexcept { return node_; }
    const std::string& name() const noexcept { return name_; }

    /// What an `update` sets, or an `insert` gives: `users["name"] = "Ada"`.
    template <typename Other>
    detail::assignment<any_type> operator=(const Other& value) const {
        detail::check_assignable<
            std::conditional_t<std::same_as<Value, any_type>, any_type, std::optional<detail::bare<Value>>>, Other>();
        return {name_, detail::node_of(value)};
    }
    detail::assignment<any_type> operator=(const table_column& other) const { return {name_, other.node()}; }

private:
    tree::pointer node_;
    std::string name_;
};

/// A table that is known when the program runs: reflected by the inspector, or declared by its name. Its columns go
/// with every type, unless `column` says theirs.
///
///     const table users("users");
///     select(users["id"], users.column<std::string>("name")).where(users["age"] > 30)
///
/// A value; copies are cheap.
class table {
public:
    using source_type = table;

    /// Without a schema, it is the table that the search path leads to. What columns it has, the server knows.
    explicit table(std::string_view name, std::string_view schema = {});
    /// The columns are known: others throw.
    explicit table(const reflected::table& reflected);

    /// The same table under another name, to use it twice in a statement.
    table as(std::string_view alias) const;

    /// A column. Throws `option_error` if the table was reflected, or its columns were declared, and it has none of
    /// that name; the message says which one may have been meant.
    table_column<any_type> operator[](std::string_view name) const { return column<any_type>(name); }
    /// The same where its type is known: `column<std::optional<int>>("age")`.
    template <typename T>
    table_column<detail::stored<T>> column(std::string_view name) const {
        return {node_of_column(name), name};
    }

    const std::string& name() const noexcept { return name_; }
    const std::string& schema() const noexcept { return schema_; }
    /// Empty if nobody said which there are.
    const std::vector<std::string>& column_names() const noexcept { return columns_; }

    /// For the library.
    const tree::source_pointer& source() const noexcept { return source_; }

private:
    tree::pointer node_of_column(std::string_view name) const;

    std::string schema_;
    std::string name_;
    std::vector<std::string> columns_;
    tree::source_pointer source_;
};

namespace detail {

/// What `from` and `join` take: tables, aliases, subqueries …
template <typename T>
concept table_like = requires(const T& table) {
    typename T::source_type;
    { table.source() } -> std::convertible_to<tree::source_pointer>;
};

} // namespace detail

} // namespace coropq::sql

#endif
