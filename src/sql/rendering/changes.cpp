// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/rendering/renderer.hpp"
#include "sql/rendering/scope_guard.hpp"
#include "statement/refuse.hpp"

namespace coropq::sql::tree {

void renderer::assignments(const std::vector<assignment>& changes) {
    for (std::size_t i = 0; i != changes.size(); ++i) {
        if (i != 0)
            write(", ");
        write_name(changes[i].column);
        write(" = ");
        expression(*changes[i].value, precedence::disjunction);
    }
}

void renderer::returning(const std::vector<item>& returned) {
    if (returned.empty())
        return;
    write(" returning ");
    items(returned);
}

void renderer::insert(const insert_node& part) {
    scope_guard guard(scopes_, {part.target.get()});
    write("insert into ");
    write_source(*part.target);
    if (part.rows.empty() && !part.query)
        coropq::detail::refuse_statement("there is nothing to insert");
    if (part.query) {
        write(" (");
        write_names(part.columns);
        write(") ");
        const hidden_scopes hidden(scopes_, 0); // it doesn't see the table that it inserts into
        query(*part.query);
    } else if (part.columns.empty()) {
        write(" default values");
    } else {
        write(" (");
        write_names(part.columns);
        write(") values ");
        for (std::size_t i = 0; i != part.rows.size(); ++i) {
            write(i == 0 ? "(" : ", (");
            if (part.rows[i].size() != part.columns.size())
                coropq::detail::refuse_statement("a row to insert has more or fewer values than there are columns");
            for (std::size_t j = 0; j != part.rows[i].size(); ++j) {
                if (j != 0)
                    write(", ");
                if (part.rows[i][j])
                    expression(*part.rows[i][j], precedence::disjunction);
                else
                    write("default");
            }
            write(")");
        }
    }
    conflict(part);
    returning(part.returning);
}

void renderer::conflict(const insert_node& part) {
    if (!part.do_nothing && part.conflict_assignments.empty())
        return;
    write(" on conflict");
    if (!part.conflict_constraint.empty()) {
        write(" on constraint ");
        write_name(part.conflict_constraint);
    } else if (!part.conflict_columns.empty()) {
        write(" (");
        write_names(part.conflict_columns);
        write(")");
        clause(" where ", part.conflict_where);
    }
    if (part.do_nothing) {
        write(" do nothing");
        return;
    }
    write(" do update set ");
    assignments(part.conflict_assignments);
    clause(" where ", part.update_where);
}

void renderer::update(const update_node& part) {
    scope_guard guard(scopes_, {part.target.get()});
    for (const source_pointer& each : part.from)
        guard.add(*each);
    write("update ");
    write_source(*part.target);
    if (part.assignments.empty())
        coropq::detail::refuse_statement("the update sets nothing", "name what changes in set()");
    write(" set ");
    assignments(part.assignments);
    for (std::size_t i = 0; i != part.from.size(); ++i) {
        write(i == 0 ? " from " : ", ");
        write_source(*part.from[i]);
    }
    clause(" where ", part.where);
    returning(part.returning);
}

void renderer::remove(const delete_node& part) {
    scope_guard guard(scopes_, {part.target.get()});
    for (const source_pointer& each : part.using_)
        guard.add(*each);
    write("delete from ");
    write_source(*part.target);
    for (std::size_t i = 0; i != part.using_.size(); ++i) {
        write(i == 0 ? " using " : ", ");
        write_source(*part.using_[i]);
    }
    clause(" where ", part.where);
    returning(part.returning);
}

} // namespace coropq::sql::tree
