// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_USER_TYPES_HPP
#define COROPQ_SRC_INSPECT_USER_TYPES_HPP

#include <coropq/inspect/user_types.hpp>
#include <coropq/result.hpp>

#include <vector>

namespace coropq::detail {

/// From the answer to `enums_query`.
std::vector<reflected::enum_type> enums_from(const result& rows);

/// From the answer to `domains_query`. What vanished meanwhile isn't there; then it isn't complete.
std::vector<reflected::domain_type> domains_from(const result& answer, bool& is_complete);

} // namespace coropq::detail

#endif
