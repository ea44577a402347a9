// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_EXTENSIONS_HPP
#define COROPQ_SRC_INSPECT_EXTENSIONS_HPP

#include <coropq/inspect/extension.hpp>
#include <coropq/inspect/schema_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// All extensions, or the one of a name.
statement extensions_query(const std::optional<std::string>& name = {});
/// Those in some schemas.
statement extensions_in_query(const schema_selection& schemas);
std::vector<reflected::extension> extensions_from(const result& rows);

} // namespace coropq::detail

#endif
