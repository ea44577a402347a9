// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_SQL_RENDERING_RENDERER_HPP
#define COROPQ_SRC_SQL_RENDERING_RENDERER_HPP

#include "sql/nodes.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coropq::sql::tree {

/// Writes one statement: text, and the values of its parameters. A value that stands in several places, because an
/// expression was used several times, is one parameter: so what is selected is what is grouped by.
class renderer {
public:
    statement render(const node& query);

private:
    /// The sources that columns may be of, of one query.
    struct scope {
        std::vector<const source*> sources;
    };
    class scope_guard;
    class hidden_scopes;

    void write(std::string_view text) { text_ += text; }
    void write_name(std::string_view name);
    void write_names(const std::vector<std::string>& names);
    void write_reference(const source& from); ///< As columns have it in front.
    void write_source(const source& from);    ///< As `from` has it.

    void expression(const node& part, precedence at_least);
    void column(const column_node& part);
    void value(const value_node& part);
    void composed(const composed_node& part);
    void list(const std::vector<pointer>& expressions);
    void clause(std::string_view keyword, const pointer& expression);
    void clause(std::string_view keyword, const std::vector<pointer>& expressions);
    void items(const std::vector<item>& selected);
    void returning(const std::vector<item>& returned);
    void assignments(const std::vector<assignment>& changes);

    void query(const node& part);
    void select(const select_node& part);
    void select_core(const select_node& part);
    void compound(const select_node& part);
    void common_table(const source& from);
    void insert(const insert_node& part);
    void conflict(const insert_node& part);
    void update(const update_node& part);
    void remove(const delete_node& part);

    bool is_in_scope(const source& from) const noexcept;

    std::string text_;
    coropq::detail::encoded_parameters parameters_;
    std::unordered_map<const node*, std::size_t> numbers_; ///< Of the values that have been written.
    std::vector<const source*> common_tables_;             ///< That are written, or being written.
    std::string common_texts_;
    bool is_recursive_ = false;
    std::vector<scope> scopes_; ///< The innermost last.
};

/// The sources of the columns in an expression, in order, each once. Those of queries inside of it don't count.
void collect_sources(const node& part, std::vector<const source*>& found);

} // namespace coropq::sql::tree

#endif
