// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_BODIES_HPP
#define COROPQ_SQL_BODIES_HPP

// The statements of coropq/sql without their types: what the templates collect their parts in. Users don't need it.

#include <coropq/sql/tree.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace coropq::sql::tree {

struct select_node;
struct insert_node;
struct update_node;
struct delete_node;

/// A statement that is being built. A value: a copy shares the parts until one of them changes.
template <typename Node>
class body {
public:
    body();
    pointer node() const;

protected:
    Node& own();

private:
    std::shared_ptr<Node> node_;
};

extern template class body<select_node>;
extern template class body<insert_node>;
extern template class body<update_node>;
extern template class body<delete_node>;

class select_body : public body<select_node> {
public:
    void add_item(item selected);
    /// Of the item of that number.
    void set_label(std::size_t index, std::string_view label);
    void add_from(source_pointer from);
    void add_join(join_kind kind, source_pointer joined, pointer condition);
    void add_where(pointer condition);
    void add_group(pointer expression);
    void add_having(pointer condition);
    void add_order(pointer expression);
    void set_distinct();
    void add_distinct_on(pointer expression);
    void set_limit(pointer count);
    void set_offset(pointer count);
    /// ` for update of … skip locked`
    void add_lock(std::string_view words, std::vector<source_pointer> of, std::string_view wait);
    /// A `union` or its like, instead of all the rest but order, limit and offset.
    void set_operands(std::string_view operation, std::vector<pointer> queries);
};

class insert_body : public body<insert_node> {
public:
    void set_target(source_pointer target);
    void add_column(std::string_view name);
    /// The values that are added next are those of a new row.
    void begin_row();
    /// Null: the column's default.
    void add_value(pointer value);
    /// Instead of rows.
    void set_query(pointer query);
    void add_conflict_column(std::string_view name);
    void set_conflict_where(pointer condition);
    void set_conflict_constraint(std::string_view name);
    void set_do_nothing();
    void add_conflict_assignment(std::string_view column, pointer value);
    void add_update_where(pointer condition);
    void add_returning(item returned);
};

class update_body : public body<update_node> {
public:
    void set_target(source_pointer target);
    void add_assignment(std::string_view column, pointer value);
    void add_from(source_pointer from);
    void add_where(pointer condition);
    void add_returning(item returned);
};

class delete_body : public body<delete_node> {
public:
    void set_target(source_pointer target);
    void add_using(source_pointer from);
    void add_where(pointer condition);
    void add_returning(item returned);
};

} // namespace coropq::sql::tree

#endif
