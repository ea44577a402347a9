// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_ROUTINE_TEXT_HPP
#define COROPQ_SRC_INSPECT_DDL_ROUTINE_TEXT_HPP

#include <coropq/inspect/routine.hpp>

#include <string>

namespace coropq::detail {

/// `function`, `procedure` …
std::string routine_kind_text(reflected::routine_kind kind);

/// What tells it from all others: `s.f(integer, text)`, with the types that it is called with.
std::string routine_signature(const reflected::routine& routine);

/// With names, modes, defaults and what it returns.
std::string routine_text(const reflected::routine& routine);

} // namespace coropq::detail

#endif
