// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_TEXT_HPP
#define COROPQ_INSPECT_TEXT_HPP

// Reflected values for people to read.

#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/table.hpp>

#include <string>

namespace coropq {

namespace reflected {

/// What psql's `\d` shows of a table or view: columns, indexes, constraints … Several lines, which may change from one
/// version of the library to the next. Whatever names and comments contain: nothing that a terminal acts on, and no
/// lines of their own. (Definitions of views have their line ends.)
std::string to_text(const table& table);

/// All of it, in the order of the names.
std::string to_text(const schema_snapshot& snapshot);

} // namespace reflected

using reflected::to_text;

} // namespace coropq

#endif
