// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SQL_TEXT_HPP
#define COROPQ_SRC_INSPECT_SQL_TEXT_HPP

// Names and values as SQL has them.

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A name as SQL wants it: in quotes if it needs them, as the server's `quote_identifier` has it.
std::string quoted_name(std::string_view name);

/// With the schema. One of temporary objects becomes `pg_temp`, which is that of whoever reads it.
std::string quoted_name(const reflected::qualified_name& name);

/// In commas.
std::string quoted_names(const std::vector<std::string>& names);

/// A string that means the same with `standard_conforming_strings` on or off.
std::string quoted_literal(std::string_view text);

/// Options as the catalogs have them, `fillfactor=70`, in parentheses: ` with (fillfactor='70')`, or nothing.
std::string quoted_options(std::string_view keyword, const std::vector<std::string>& options);

/// A type, with its schema whatever the search path is, and with all of its dimensions.
std::string type_text(const reflected::data_type& type);

/// Whether names belong to a schema of temporary objects.
bool is_temporary_schema(std::string_view schema) noexcept;

} // namespace coropq::detail

#endif
