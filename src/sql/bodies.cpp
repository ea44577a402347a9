// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/nodes.hpp"

#include <coropq/sql/bodies.hpp>

#include <type_traits>
#include <utility>

namespace coropq::sql::tree {

namespace {

template <typename Node>
constexpr node_kind kind_of_statement() {
    if constexpr (std::is_same_v<Node, select_node>)
        return node_kind::select;
    else if constexpr (std::is_same_v<Node, insert_node>)
        return node_kind::insert;
    else if constexpr (std::is_same_v<Node, update_node>)
        return node_kind::update;
    else
        return node_kind::remove;
}

void add_condition(pointer& conditions, pointer another) {
    conditions = conditions ? chain(precedence::conjunction, std::move(conditions), " and ", std::move(another))
                            : std::move(another);
}

} // namespace

template <typename Node>
body<Node>::body() : node_(std::make_shared<Node>()) {
    node_->kind = kind_of_statement<Node>();
    node_->own = precedence::query;
}

template <typename Node>
pointer body<Node>::node() const {
    return node_;
}

template <typename Node>
Node& body<Node>::own() {
    if (node_.use_count() != 1)
        node_ = std::make_shared<Node>(*node_);
    return *node_;
}

template class body<select_node>;
template class body<insert_node>;
template class body<update_node>;
template class body<delete_node>;

void select_body::add_item(item selected) { own().items.push_back(std::move(selected)); }
void select_body::set_label(std::size_t index, std::string_view label) {
    own().items[index].label = checked_name(label);
}
void select_body::add_from(source_pointer from) { own().from.push_back(std::move(from)); }
void select_body::add_join(join_kind kind, source_pointer joined, pointer condition) {
    own().joins.push_back({kind, std::move(joined), std::move(condition)});
}
void select_body::add_where(pointer condition) { add_condition(own().where, std::move(condition)); }
void select_body::add_group(pointer expression) { own().groups.push_back(std::move(expression)); }
void select_body::add_having(pointer condition) { add_condition(own().having, std::move(condition)); }
void select_body::add_order(pointer expression) { own().orders.push_back(std::move(expression)); }
void select_body::set_distinct() { own().distinct = true; }
void select_body::add_distinct_on(pointer expression) { own().distinct_on.push_back(std::move(expression)); }
void select_body::set_limit(pointer count) { own().limit = std::move(count); }
void select_body::set_offset(pointer count) { own().offset = std::move(count); }
void select_body::add_lock(std::string_view words, std::vector<source_pointer> of, std::string_view wait) {
    own().locks.push_back({words, std::move(of), wait});
}
void select_body::set_operands(std::string_view operation, std::vector<pointer> queries) {
    own().operation = operation;
    own().operands = std::move(queries);
}

void insert_body::set_target(source_pointer target) { own().target = std::move(target); }
void insert_body::add_column(std::string_view name) { own().columns.push_back(checked_name(name)); }
void insert_body::begin_row() {
    insert_node& node = own();
    node.rows.emplace_back().reserve(node.columns.size());
}
void insert_body::add_value(pointer value) { own().rows.back().push_back(std::move(value)); }
void insert_body::set_query(pointer query) { own().query = std::move(query); }
void insert_body::add_conflict_column(std::string_view name) { own().conflict_columns.push_back(checked_name(name)); }
void insert_body::set_conflict_where(pointer condition) { add_condition(own().conflict_where, std::move(condition)); }
void insert_body::set_conflict_constraint(std::string_view name) { own().conflict_constraint = checked_name(name); }
void insert_body::set_do_nothing() { own().do_nothing = true; }
void insert_body::add_conflict_assignment(std::string_view column, pointer value) {
    own().conflict_assignments.push_back({checked_name(column), std::move(value)});
}
void insert_body::add_update_where(pointer condition) { add_condition(own().update_where, std::move(condition)); }
void insert_body::add_returning(item returned) { own().returning.push_back(std::move(returned)); }

void update_body::set_target(source_pointer target) { own().target = std::move(target); }
void update_body::add_assignment(std::string_view column, pointer value) {
    own().assignments.push_back({checked_name(column), std::move(value)});
}
void update_body::add_from(source_pointer from) { own().from.push_back(std::move(from)); }
void update_body::add_where(pointer condition) { add_condition(own().where, std::move(condition)); }
void update_body::add_returning(item returned) { own().returning.push_back(std::move(returned)); }

void delete_body::set_target(source_pointer target) { own().target = std::move(target); }
void delete_body::add_using(source_pointer from) { own().using_.push_back(std::move(from)); }
void delete_body::add_where(pointer condition) { add_condition(own().where, std::move(condition)); }
void delete_body::add_returning(item returned) { own().returning.push_back(std::move(returned)); }

} // namespace coropq::sql::tree
