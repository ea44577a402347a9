// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_BORROWED_NAMES_HPP
#define COROPQ_SRC_INSPECT_BORROWED_NAMES_HPP

// To write down an expression, the server needs a relation, and only for the names of the columns: in the expression,
// they are numbers. It opens the relation for that, which a session does slowly when it does it first, and waits for
// who has it locked; and the names are those of that moment, not those of the snapshot. So expressions are written down
// with the names of the columns of pg_class, which every session has open and nobody can alter, and get their own here.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A condition of SQL about an array of column numbers: whether the expression that uses just these can be written so.
/// Not the whole row (0) and columns of the system (below 0). pg_class has 33 columns since PostgreSQL 12.
std::string may_borrow_names(std::string_view columns);

/// The expression with the columns' own names, which `own(number)` tells, for those of the columns of pg_class, which
/// are `lent`. Nothing if those aren't in it that are used, or others are, as where a type is called like a column of
/// pg_class: then one can't be told from the other.
std::optional<std::string> with_own_names(std::string_view expression, const std::vector<std::string>& lent,
                                          const std::vector<std::int16_t>& used,
                                          const std::function<const std::string*(int)>& own);

} // namespace coropq::detail

#endif
