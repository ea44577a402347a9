// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_CREATION_ORDER_HPP
#define COROPQ_SRC_INSPECT_DDL_CREATION_ORDER_HPP

#include <cstddef>
#include <vector>

namespace coropq::detail {

/// An order of things, numbered from 0, in which each comes after those that it needs; the smallest number where there
/// is a choice.
struct creation_order {
    std::vector<std::size_t> order; ///< Of all.
    std::vector<std::size_t> stuck; ///< Those that are part of a circle or need one: they stand at the end.
};

/// `needs[n]`: what n needs. Whatever is needed twice, or needs itself, is all right.
creation_order order_of_creation(const std::vector<std::vector<std::size_t>>& needs);

} // namespace coropq::detail

#endif
