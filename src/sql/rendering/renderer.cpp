// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "sql/rendering/renderer.hpp"

#include <utility>

namespace coropq::sql::tree {

statement renderer::render(const node& part) {
    text_.reserve(256);
    query(part);
    if (!common_texts_.empty())
        text_.insert(0, (is_recursive_ ? "with recursive " : "with ") + common_texts_ + ' ');
    return statement::rendered(std::move(text_), std::move(parameters_));
}

void renderer::query(const node& part) {
    switch (part.kind) {
    case node_kind::select: return select(static_cast<const select_node&>(part));
    case node_kind::insert: return insert(static_cast<const insert_node&>(part));
    case node_kind::update: return update(static_cast<const update_node&>(part));
    case node_kind::remove: return remove(static_cast<const delete_node&>(part));
    default: return expression(part, precedence::query);
    }
}

statement render(const node& query) { return renderer().render(query); }

} // namespace coropq::sql::tree
