// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_TYPE_LOOKUP_HPP
#define COROPQ_SRC_TYPES_TYPE_LOOKUP_HPP

#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include "types/type_registry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace coropq::detail {

/// Asks a database for types by OID and by name, and for all that they are made of, in one statement.
statement type_lookup(const std::vector<std::uint32_t>& oids, const std::vector<std::string>& names);

/// Adds the answer to what is known. Types that don't exist become known as such, so nobody asks again. Throws
/// `result_error` if the answer isn't one.
void add_types(type_registry& registry, const result& answer, const std::vector<std::uint32_t>& oids);

} // namespace coropq::detail

#endif
