// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/rendering/renderer.hpp"
#include "statement/refuse.hpp"

#include <algorithm>
#include <limits>

namespace coropq::sql::tree {

namespace {

std::string shown_name(const source& from) {
    if (!from.alias.empty())
        return '"' + from.alias + '"';
    return (from.schema.empty() ? std::string() : '"' + from.schema + "\".") + '"' + from.name + '"';
}

} // namespace

void renderer::write_name(std::string_view name) {
    text_ += '"';
    for (const char c : name) {
        if (c == '"')
            text_ += '"';
        text_ += c;
    }
    text_ += '"';
}

void renderer::write_names(const std::vector<std::string>& names) {
    for (std::size_t i = 0; i != names.size(); ++i) {
        if (i != 0)
            write(", ");
        write_name(names[i]);
    }
}

void renderer::write_reference(const source& from) {
    if (!from.alias.empty())
        return write_name(from.alias);
    if (!from.schema.empty()) {
        write_name(from.schema);
        write(".");
    }
    write_name(from.name);
}

bool renderer::is_in_scope(const source& from) const noexcept {
    if (from.kind == source_kind::excluded)
        return true;
    return std::any_of(scopes_.begin(), scopes_.end(), [&](const scope& each) {
        return std::any_of(each.sources.begin(), each.sources.end(),
                           [&](const source* known) { return known == &from || *known == from; });
    });
}

void renderer::expression(const node& part, precedence at_least) {
    const bool in_parentheses = part.own < at_least;
    if (in_parentheses)
        write("(");
    switch (part.kind) {
    case node_kind::column: column(static_cast<const column_node&>(part)); break;
    case node_kind::all_columns:
        write_reference(*static_cast<const all_columns_node&>(part).from);
        write(".*");
        break;
    case node_kind::name: {
        const auto& named = static_cast<const name_node&>(part);
        if (!named.schema.empty()) {
            write_name(named.schema);
            write(".");
        }
        write_name(named.name);
        break;
    }
    case node_kind::text: write(static_cast<const text_node&>(part).words); break;
    case node_kind::value: value(static_cast<const value_node&>(part)); break;
    case node_kind::composed: composed(static_cast<const composed_node&>(part)); break;
    case node_kind::select:
    case node_kind::insert:
    case node_kind::update:
    case node_kind::remove: query(part); break;
    }
    if (in_parentheses)
        write(")");
}

void renderer::column(const column_node& part) {
    if (!is_in_scope(*part.from))
        coropq::detail::refuse_statement("the statement uses the column \"" + part.name + "\" of " +
                                             shown_name(*part.from) + ", which it does not read from",
                                         "name the table in from() or join()");
    write_reference(*part.from);
    write(".");
    write_name(part.name);
}

void renderer::value(const value_node& part) {
    const auto [place, is_new] = numbers_.try_emplace(&part, parameters_.parameters().size() + 1);
    if (is_new) {
        if (place->second > std::numeric_limits<std::uint16_t>::max())
            coropq::detail::refuse_statement("the statement has more than 65535 values, which is all that the protocol "
                                             "allows");
        parameters_.add(part.encoded, 0);
    }
    write("$");
    write(std::to_string(place->second));
}

void renderer::composed(const composed_node& part) {
    for (const piece& each : part.pieces) {
        write(each.text);
        if (each.operand)
            expression(*each.operand, each.at_least);
    }
    write(part.end);
}

void renderer::list(const std::vector<pointer>& expressions) {
    for (std::size_t i = 0; i != expressions.size(); ++i) {
        if (i != 0)
            write(", ");
        expression(*expressions[i], precedence::disjunction);
    }
}

void renderer::clause(std::string_view keyword, const pointer& part) {
    if (!part)
        return;
    write(keyword);
    expression(*part, precedence::disjunction);
}

void renderer::clause(std::string_view keyword, const std::vector<pointer>& expressions) {
    if (expressions.empty())
        return;
    write(keyword);
    list(expressions);
}

void collect_sources(const node& part, std::vector<const source*>& found) {
    const auto add = [&](const source& from) {
        if (from.kind != source_kind::excluded &&
            std::none_of(found.begin(), found.end(), [&](const source* known) { return *known == from; }))
            found.push_back(&from);
    };
    if (part.kind == node_kind::column) {
        add(*static_cast<const column_node&>(part).from);
    } else if (part.kind == node_kind::all_columns) {
        add(*static_cast<const all_columns_node&>(part).from);
    } else if (part.kind == node_kind::composed) {
        for (const piece& each : static_cast<const composed_node&>(part).pieces) {
            if (each.operand)
                collect_sources(*each.operand, found);
        }
    }
}

} // namespace coropq::sql::tree
