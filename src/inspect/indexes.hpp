// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_INDEXES_HPP
#define COROPQ_SRC_INSPECT_INDEXES_HPP

#include "inspect/catalog.hpp"

#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/relation_selection.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// An index, and the constraint that it serves.
struct index_of_constraint {
    reflected::index index;
    std::uint32_t constraint_oid = 0;
    bool deferrable = false;
    bool initially_deferred = false;
    std::optional<std::string> comment;               ///< Of the constraint.
    std::vector<reflected::qualified_name> operators; ///< Of an exclusion constraint, one for each element.
};

/// What an index is for whose constraint is of that type: p, u or x.
reflected::index_role index_role_of(std::string_view constraint_type);

/// The constraint that it is the index of.
reflected::unique_constraint key_of(index_of_constraint from);
reflected::exclusion_constraint exclusion_of(index_of_constraint from);

/// All indexes, or only those of constraints of one type ('p', 'u' or 'x'), in the order of the names of the indexes.
/// From the answer to `indexes_query`. What vanished meanwhile isn't there; then it isn't complete.
reflected::by_relation<std::vector<index_of_constraint>> indexes_from(const result& answer, bool& is_complete);

boost::asio::awaitable<reflected::by_relation<std::vector<index_of_constraint>>>
read_indexes(catalog::pointer source, relation_selection selection, std::optional<char> constraint_type = {});

} // namespace coropq::detail

#endif
