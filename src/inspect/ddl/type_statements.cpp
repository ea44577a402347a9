// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/type_statements.hpp"

#include "inspect/ddl/clauses.hpp"
#include "inspect/ddl/table_rest.hpp"
#include "inspect/sql_text.hpp"

namespace coropq::detail {

namespace {

template <typename Type>
std::string name_of(const Type& type) {
    return quoted_name({type.schema, type.name});
}

// What comes after its creation, for every kind.
template <typename Type>
void add_rest(std::vector<std::string>& to, const std::string& kind, const Type& type, const ddl_options& options) {
    if (options.owners())
        to.push_back("alter " + kind + ' ' + name_of(type) + " owner to " + quoted_name(type.owner));
    add_comment(to, kind + ' ' + name_of(type), type.comment);
}

} // namespace

std::vector<std::string> statements_of(const reflected::enum_type& type, const ddl_options& options) {
    std::string labels;
    for (const std::string& label : type.labels)
        labels += (labels.empty() ? "" : ", ") + quoted_literal(label);
    std::vector<std::string> all{"create type " + name_of(type) + " as enum (" + labels + ')'};
    add_rest(all, "type", type, options);
    return all;
}

std::vector<std::string> statements_of(const reflected::domain_type& type, const ddl_options& options) {
    std::string text =
        "create domain " + name_of(type) + " as " + type_text(type.type) + collate_clause(type.collation);
    if (type.default_value)
        text += " default " + *type.default_value;
    if (!type.nullable)
        text += " not null";
    std::vector<std::string> later;
    for (const reflected::domain_constraint& constraint : type.constraints) {
        const std::string definition =
            "constraint " + quoted_name(constraint.name) + " check (" + constraint.expression + ')';
        if (constraint.validated)
            text += ' ' + definition;
        else
            later.push_back("alter domain " + name_of(type) + " add " + definition + " not valid");
    }
    std::vector<std::string> all{text};
    all.insert(all.end(), later.begin(), later.end());
    add_rest(all, "domain", type, options);
    return all;
}

std::vector<std::string> statements_of(const reflected::composite_type& type, const ddl_options& options) {
    std::string attributes;
    for (const reflected::attribute& attribute : type.attributes)
        attributes += (attributes.empty() ? "" : ", ") + quoted_name(attribute.name) + ' ' + type_text(attribute.type) +
                      collate_clause(attribute.collation);
    std::vector<std::string> all{"create type " + name_of(type) + " as (" + attributes + ')'};
    add_rest(all, "type", type, options);
    for (const reflected::attribute& attribute : type.attributes)
        add_comment(all, "column " + name_of(type) + '.' + quoted_name(attribute.name), attribute.comment);
    return all;
}

std::vector<std::string> statements_of(const reflected::range_type& type, const ddl_options& options) {
    std::string text = "create type " + name_of(type) + " as range (subtype = " + type_text(type.subtype);
    if (!type.default_operator_class)
        text += ", subtype_opclass = " + quoted_name(type.operator_class);
    if (type.collation)
        text += ", collation = " + quoted_name(*type.collation);
    if (type.canonical)
        text += ", canonical = " + quoted_name(*type.canonical);
    if (type.difference)
        text += ", subtype_diff = " + quoted_name(*type.difference);
    if (type.multirange_type)
        text += ", multirange_type_name = " + quoted_name(*type.multirange_type);
    std::vector<std::string> all{text + ')'};
    add_rest(all, "type", type, options);
    return all;
}

std::vector<std::string> statements_of(const reflected::sequence& sequence, const ddl_options& options) {
    const bool is_temporary = sequence.persistence == reflected::persistence::temporary;
    const bool is_unlogged = sequence.persistence == reflected::persistence::unlogged;
    std::vector<std::string> all{std::string("create ") +
                                 (is_temporary  ? "temporary "
                                  : is_unlogged ? "unlogged "
                                                : "") +
                                 "sequence " + name_of(sequence) + " as " + type_text(sequence.type) + ' ' +
                                 sequence_clauses(sequence)};
    add_rest(all, "sequence", sequence, options);
    return all;
}

} // namespace coropq::detail
