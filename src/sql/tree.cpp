// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/nodes.hpp"
#include "statement/refuse.hpp"

#include <coropq/sql/aggregates.hpp>
#include <coropq/sql/functions.hpp>
#include <coropq/types/type_catalog.hpp>
#include <coropq/types/value_error.hpp>

#include <utility>

namespace coropq::sql::tree {

namespace {

template <typename Node>
std::shared_ptr<Node> make_node(node_kind kind, precedence own) {
    auto made = std::make_shared<Node>();
    made->kind = kind;
    made->own = own;
    return made;
}

// What begins a comment, or ends a statement, is no part of an operator (manual, chapter "Operators").
bool is_operator(std::string_view text) noexcept {
    return !text.empty() && text.size() < 64 && text.find_first_not_of("+-*/<>=~!@#%^&|`?") == std::string_view::npos &&
           text.find("--") == std::string_view::npos && text.find("/*") == std::string_view::npos;
}

} // namespace

std::string checked_name(std::string_view name) {
    if (name.empty())
        coropq::detail::refuse_statement("a name in the statement is empty");
    if (name.find('\0') != std::string_view::npos)
        coropq::detail::refuse_statement("a name in the statement contains a NUL byte");
    return std::string(name);
}

pointer column(source_pointer from, std::string_view name) {
    auto made = make_node<column_node>(node_kind::column, precedence::primary);
    made->from = std::move(from);
    made->name = checked_name(name);
    return made;
}

pointer all_columns(source_pointer from) {
    auto made = make_node<all_columns_node>(node_kind::all_columns, precedence::primary);
    made->from = std::move(from);
    return made;
}

pointer name(std::string_view text) { return name({}, text); }

pointer name(std::string_view schema, std::string_view text) {
    auto made = make_node<name_node>(node_kind::name, precedence::primary);
    if (!schema.empty())
        made->schema = checked_name(schema);
    made->name = checked_name(text);
    return made;
}

pointer text(std::string words, precedence own) {
    auto made = make_node<text_node>(node_kind::text, own);
    made->words = std::move(words);
    if (made->words.find('\0') != std::string::npos)
        coropq::detail::refuse_statement("the text of the statement contains a NUL byte");
    return made;
}

pointer call(std::string_view schema, std::string_view function, const std::vector<pointer>& arguments,
             const std::vector<pointer>& orders) {
    std::vector<piece> pieces;
    pieces.reserve(1 + arguments.size() + orders.size());
    pieces.push_back({{}, name(schema, function)});
    for (const pointer& each : arguments)
        pieces.push_back({pieces.size() == 1 ? "(" : ", ", each});
    if (arguments.empty())
        pieces.push_back({"("});
    bool is_first = true;
    for (const pointer& each : orders) {
        pieces.push_back({is_first ? " order by " : ", ", each});
        is_first = false;
    }
    return compose(precedence::primary, std::move(pieces), ")");
}

pointer cast(pointer operand, type_reference type) {
    std::string words(type.name());
    if (words.empty())
        words = type_catalog::built_in().name_of(type.oid());
    return compose(precedence::primary, {{"cast(", std::move(operand)}, {" as ", text(std::move(words))}}, ")");
}

pointer raw(std::string_view words, const std::vector<pointer>& operands) {
    std::vector<piece> pieces;
    std::string before;
    std::size_t used = 0;
    for (std::size_t i = 0; i != words.size(); ++i) {
        const char c = words[i];
        const bool is_doubled = i + 1 != words.size() && words[i + 1] == c;
        if ((c == '{' || c == '}') && is_doubled) {
            before += c;
            ++i;
        } else if (c == '{' && i + 1 != words.size() && words[i + 1] == '}') {
            if (used == operands.size())
                coropq::detail::refuse_statement("raw SQL has more places {} than operands");
            pieces.push_back({{}, text(std::move(before))});
            pieces.push_back({{}, operands[used++], precedence::primary});
            before.clear();
            ++i;
        } else if (c == '{' || c == '}') {
            coropq::detail::refuse_statement("raw SQL has a single brace", "write {{ and }} for braces");
        } else {
            before += c;
        }
    }
    if (used != operands.size())
        coropq::detail::refuse_statement("raw SQL has fewer places {} than operands");
    pieces.push_back({{}, text(std::move(before))});
    return compose(precedence::query, std::move(pieces));
}

pointer value(const void* value, coropq::detail::encode_function encode) {
    auto made = make_node<value_node>(node_kind::value, precedence::primary);
    try {
        encode(value, made->encoded);
    } catch (const value_error& problem) {
        coropq::detail::refuse_statement(std::string("a value in the statement: ") + problem.what(), problem.hint());
    }
    return made;
}

pointer compose(precedence own, std::vector<piece> pieces, std::string_view end) {
    auto made = make_node<composed_node>(node_kind::composed, own);
    made->pieces = std::move(pieces);
    made->end = end;
    return made;
}

pointer compose(precedence own, std::initializer_list<piece> pieces, std::string_view end) {
    return compose(own, std::vector<piece>(pieces), end);
}

pointer list(std::string_view front, const std::vector<pointer>& operands, std::string_view end, precedence own) {
    std::vector<piece> pieces;
    pieces.reserve(operands.size() + 1);
    for (const pointer& each : operands)
        pieces.push_back({pieces.empty() ? front : std::string_view(", "), each});
    if (pieces.empty())
        pieces.push_back({front});
    return compose(own, std::move(pieces), end);
}

pointer binary(precedence own, pointer left, std::string_view operation, pointer right) {
    return compose(own, {{{}, std::move(left), own}, {operation, std::move(right), above(own)}});
}

pointer relation(precedence own, pointer left, std::string_view operation, pointer right) {
    return compose(own, {{{}, std::move(left), above(own)}, {operation, std::move(right), above(own)}});
}

pointer chain(precedence own, pointer left, std::string_view operation, pointer right) {
    return compose(own, {{{}, std::move(left), own}, {operation, std::move(right), own}});
}

pointer custom_operator(pointer left, std::string_view operation, pointer right) {
    if (!is_operator(operation))
        coropq::detail::refuse_statement("an operator consists of the characters +-*/<>=~!@#%^&|`? and begins no "
                                         "comment");
    // The grammar has levels of its own for some; parentheses around the operands are right for all.
    std::string spaced;
    spaced.reserve(operation.size() + 2);
    spaced.append(" ").append(operation).append(" ");
    return compose(precedence::comparison, {{{}, std::move(left), precedence::sign},
                                            {{}, text(std::move(spaced))},
                                            {{}, std::move(right), precedence::sign}});
}

source_pointer table(std::string_view schema, std::string_view name, std::string_view alias) {
    auto made = std::make_shared<source>();
    if (!schema.empty())
        made->schema = checked_name(schema);
    made->name = checked_name(name);
    if (!alias.empty())
        made->alias = checked_name(alias);
    return made;
}

source_pointer derived(pointer query, std::string_view alias, bool lateral) {
    auto made = std::make_shared<source>();
    made->kind = source_kind::derived;
    made->alias = checked_name(alias);
    made->query = std::move(query);
    made->is_lateral = lateral;
    return made;
}

source_pointer common(std::string_view name, pointer query, bool recursive) {
    auto made = std::make_shared<source>();
    made->kind = source_kind::common;
    made->name = checked_name(name);
    made->query = std::move(query);
    made->is_recursive = recursive;
    return made;
}

const source_pointer& excluded() {
    static const source_pointer proposed = [] {
        auto made = std::make_shared<source>();
        made->kind = source_kind::excluded;
        made->alias = "excluded";
        return made;
    }();
    return proposed;
}

} // namespace coropq::sql::tree

namespace coropq::sql {

tree::pointer window::node() const {
    std::vector<tree::piece> pieces;
    for (const tree::pointer& each : partitions_)
        pieces.push_back({pieces.empty() ? "partition by " : ", ", each});
    bool is_first = true;
    for (const tree::pointer& each : orders_) {
        const std::string_view words = pieces.empty() ? "order by " : " order by ";
        pieces.push_back({is_first ? words : ", ", each});
        is_first = false;
    }
    if (frame_)
        pieces.push_back({pieces.empty() ? "" : " ", frame_});
    return tree::compose(tree::precedence::primary, std::move(pieces));
}

window window::framed(std::string_view kind, const frame_bound& from, const frame_bound& to) const {
    window other(*this);
    other.frame_ = tree::compose(tree::precedence::primary, {{kind, from.node()}, {" and ", to.node()}});
    return other;
}

} // namespace coropq::sql

namespace coropq::sql::detail {

std::string_view extract_words(date_part part) noexcept {
    switch (part) {
    case date_part::century: return "cast(extract(century from ";
    case date_part::day: return "cast(extract(day from ";
    case date_part::decade: return "cast(extract(decade from ";
    case date_part::dow: return "cast(extract(dow from ";
    case date_part::doy: return "cast(extract(doy from ";
    case date_part::epoch: return "cast(extract(epoch from ";
    case date_part::hour: return "cast(extract(hour from ";
    case date_part::isodow: return "cast(extract(isodow from ";
    case date_part::isoyear: return "cast(extract(isoyear from ";
    case date_part::microseconds: return "cast(extract(microseconds from ";
    case date_part::millennium: return "cast(extract(millennium from ";
    case date_part::milliseconds: return "cast(extract(milliseconds from ";
    case date_part::minute: return "cast(extract(minute from ";
    case date_part::month: return "cast(extract(month from ";
    case date_part::quarter: return "cast(extract(quarter from ";
    case date_part::second: return "cast(extract(second from ";
    case date_part::week: return "cast(extract(week from ";
    case date_part::year: return "cast(extract(year from ";
    }
    return {};
}

std::string escaped_pattern(std::string_view front, std::string_view text, std::string_view end) {
    std::string pattern(front);
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern.append(end);
}

tree::pointer membership(tree::pointer operand, tree::pointer array, bool in) {
    return tree::compose(tree::precedence::comparison,
                         {{{}, std::move(operand), tree::above(tree::precedence::comparison)},
                          {in ? " = any (" : " <> all (", std::move(array)}},
                         ")");
}

} // namespace coropq::sql::detail
