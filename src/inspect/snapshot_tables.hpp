// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_TABLES_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_TABLES_HPP

#include "inspect/raw_names.hpp"
#include "inspect/raw_query.hpp"

#include <coropq/inspect/table.hpp>
#include <coropq/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coropq::detail {

struct index_of_constraint;

/// Puts tables together from the answers to the statements of raw_query.hpp, all of the same snapshot. The answers are
/// given in the order of the functions, and have to live until the end.
///
/// A part that vanished while it was read takes its table along, as far as somebody else's statement could see it: the
/// table isn't in the outcome then, and that isn't complete.
class snapshot_tables {
public:
    snapshot_tables(reflected::by_relation<reflected::relation> relations, const result& names, const result& types);

    /// The names of the columns of pg_class: see borrowed_names.hpp.
    void lend_names(std::vector<std::string> names) { lent_names_ = std::move(names); }
    /// Whether an expression has some that can't be told from others.
    bool has_unclear_names() const noexcept { return has_unclear_names_; }

    void add_columns(const result& answer);
    void add_other_columns(const result& answer);
    void add_defaults(const std::vector<raw_default_row>& rows);
    void add_sequences(const result& answer);
    void add_comments(const std::vector<raw_comment_row>& rows);
    void add_indexes_and_constraints(const std::vector<raw_index_row>& indexes,
                                     const std::vector<raw_constraint_row>& constraints);

    reflected::by_relation<reflected::table> take(bool& is_complete);

private:
    struct entry {
        reflected::table* table = nullptr;
        std::vector<std::pair<int, std::uint32_t>>
            collations; ///< By position; those that are of the default aren't there.
        std::map<int, std::vector<reflected::privilege>> privileges; ///< Of columns, by position.
        bool is_lost = false;
    };

    entry* find(std::uint32_t relation);
    reflected::column* find_column(std::uint32_t relation, int position);
    /// Null if there is no such column.
    const std::string* column_name(std::uint32_t relation, int position);
    void add_column(entry& to, const raw_column_row& row);
    bool add_index(entry& to, const raw_index_row& row, const raw_constraint_row* constraint);
    bool add_elements(index_of_constraint& to, const entry& from, const raw_index_row& row);
    bool add_check(entry& to, const raw_constraint_row& row);
    bool add_foreign_key(entry& to, const raw_constraint_row& row);
    std::optional<std::string> comment_on(bool is_constraint, std::uint32_t oid) const;

    reflected::by_relation<reflected::table> tables_;
    std::unordered_map<std::uint32_t, entry> entries_;
    std::unordered_map<std::uint64_t, std::string> other_columns_; ///< Of relations that aren't among the tables.
    std::unordered_map<std::uint64_t, std::string_view> comments_; ///< On indexes and constraints.
    std::vector<std::string> lent_names_;
    bool has_unclear_names_ = false;
    raw_names names_;
    raw_types types_;
    std::uint32_t last_relation_ = 0;
    entry* last_ = nullptr;
};

} // namespace coropq::detail

#endif
