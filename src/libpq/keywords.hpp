// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_KEYWORDS_HPP
#define COROPQ_SRC_LIBPQ_KEYWORDS_HPP

#include <string>
#include <string_view>

namespace coropq::detail {

/// Whether the libpq that runs knows this connection parameter.
bool is_known_keyword(std::string_view name);

/// Throws `option_error`, which lists the nearest names, unless the libpq that runs knows this connection parameter.
void check_keyword(const std::string& name);

/// True for the parameters whose values are never shown.
bool is_secret_keyword(std::string_view name) noexcept;

} // namespace coropq::detail

#endif
