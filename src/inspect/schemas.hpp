// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SCHEMAS_HPP
#define COROPQ_SRC_INSPECT_SCHEMAS_HPP

#include <coropq/inspect/schema.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// All schemas but those that PostgreSQL reserves for itself, or the one of a name, which may be any.
statement schemas_query(const std::optional<std::string>& name = {});
std::vector<reflected::schema> schemas_from(const result& rows);

} // namespace coropq::detail

#endif
