// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_TREE_HPP
#define COROPQ_SQL_TREE_HPP

// What typed expressions and statements are made of: a plain tree without templates, which is rendered as text and
// parameters. Users don't need it; the rest of coropq/sql does.

#include <coropq/detail/arguments.hpp>
#include <coropq/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::sql::tree {

/// A part of a statement, which never changes and may be a part of several. Only ever used through pointers.
struct node;
using pointer = std::shared_ptr<const node>;

/// Something that rows come from: a table, an alias of one, a subquery …
struct source;
using source_pointer = std::shared_ptr<const source>;

/// How tightly the parts of an expression are bound, the loosest first (manual, chapter "Operator Precedence").
enum class precedence : std::uint8_t {
    query, ///< A whole statement, which always needs parentheses.
    disjunction,
    conjunction,
    negation,
    test, ///< `is null` and its like.
    comparison,
    pattern,   ///< `between`, `in`, `like`.
    operation, ///< All operators that the grammar has no level for.
    sum,
    product,
    power,
    zone, ///< `at time zone`
    collation,
    sign,
    primary
};

/// The next level: for operands that need parentheses if they are of the same one.
constexpr precedence above(precedence level) noexcept {
    return level == precedence::primary ? level : static_cast<precedence>(static_cast<std::uint8_t>(level) + 1);
}

/// Text and the operand behind it, which gets parentheses unless it binds at least that tightly. The text lives as long
/// as the program: it is a literal.
struct piece {
    std::string_view text;
    pointer operand = nullptr;
    precedence at_least = precedence::disjunction;
};

/// A column of a source. Throws `option_error` for a name with a NUL byte, as everything that takes a name.
pointer column(source_pointer from, std::string_view name);
/// A name, which will be in quotes.
pointer name(std::string_view text);
/// With a schema, unless that is empty.
pointer name(std::string_view schema, std::string_view text);
/// Text as it is. The caller answers for it.
pointer text(std::string words, precedence own = precedence::primary);
/// A call of a function, with the order of an aggregate's rows. Without a schema, the search path leads to it.
pointer call(std::string_view schema, std::string_view name, const std::vector<pointer>& arguments,
             const std::vector<pointer>& orders = {});
/// `cast(… as type)`
pointer cast(pointer operand, type_reference type);
/// Text with `{}` in the places of the operands.
pointer raw(std::string_view words, const std::vector<pointer>& operands);
/// A parameter. Throws `option_error` if it can't be encoded.
pointer value(const void* value, coropq::detail::encode_function encode);
/// Pieces one after the other, with text behind the last.
pointer compose(precedence own, std::initializer_list<piece> pieces, std::string_view end = {});
pointer compose(precedence own, std::vector<piece> pieces, std::string_view end = {});
/// `front` first `, ` second … `end`
pointer list(std::string_view front, const std::vector<pointer>& operands, std::string_view end,
             precedence own = precedence::primary);
/// Both operands and the operator between them, which is a literal with its spaces. Chains of operators of the same
/// level are read from left to right.
pointer binary(precedence own, pointer left, std::string_view operation, pointer right);
/// The same for comparisons and patterns, which can't be chained.
pointer relation(precedence own, pointer left, std::string_view operation, pointer right);
/// `and` and `or`: chains of the same one need no parentheses on either side.
pointer chain(precedence own, pointer left, std::string_view operation, pointer right);
/// An operator by its characters. Throws `option_error` for what can't be an operator.
pointer custom_operator(pointer left, std::string_view operation, pointer right);

template <typename T>
pointer value_of(const T& given) {
    return value(&given, &coropq::detail::encode_at<T>);
}

/// A table, without a schema (empty) as the search path finds it, and without an alias (empty).
source_pointer table(std::string_view schema, std::string_view name, std::string_view alias);
/// A query in the place of a table.
source_pointer derived(pointer query, std::string_view alias, bool lateral);
/// A common table expression. Without a query, it is the name of one that uses itself.
source_pointer common(std::string_view name, pointer query, bool recursive);
/// The row that an `insert` proposed.
const source_pointer& excluded();
/// All columns: `"users".*`
pointer all_columns(source_pointer from);

/// What a select list or a returning list has.
struct item {
    pointer expression;
    std::string label; ///< Empty: none.
};

enum class join_kind : std::uint8_t { inner, left, right, full, cross };

/// Renders a statement for PostgreSQL. Throws `option_error` if a column's table is none of the statement's, or for
/// another thing that can't be written.
statement render(const node& query);

} // namespace coropq::sql::tree

#endif
