// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/type_statements.hpp"

#include "inspect/ddl/clauses.hpp"
#include "inspect/ddl/table_statements.hpp"
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

} // namespace coropq::detail
