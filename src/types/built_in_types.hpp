// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_BUILT_IN_TYPES_HPP
#define COROPQ_SRC_TYPES_BUILT_IN_TYPES_HPP

#include <coropq/types/type_catalog.hpp>

#include <cstdint>
#include <string_view>

namespace coropq::detail {

/// One of PostgreSQL's own types, in constant time and without allocating; null if it isn't one.
const type_description* find_built_in_type(std::uint32_t oid) noexcept;

/// The name of one of PostgreSQL's own types in `pg_type`; of an array, that of its elements. Empty if it isn't one.
std::string_view find_built_in_catalog_name(std::uint32_t oid) noexcept;

/// By `format_type`'s name, by that of `pg_type`, or by one of the other names that SQL has for a few of them, arrays
/// included; 0 if it isn't one.
std::uint32_t find_built_in_name(std::string_view name) noexcept;

} // namespace coropq::detail

#endif
