// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_STORAGE_HPP
#define COROPQ_SRC_INSPECT_DDL_STORAGE_HPP

#include <coropq/inspect/column.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// How columns of a type are stored if nothing else is said; nothing if that isn't known, as of types of extensions.
std::optional<reflected::column_storage> default_storage(const reflected::data_type& type);

/// `alter column … set storage …`, and what else of its storage and statistics isn't as in a new column. To be put
/// behind `alter table … `.
std::vector<std::string> storage_changes(const reflected::column& column);

} // namespace coropq::detail

#endif
