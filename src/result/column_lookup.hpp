// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_RESULT_COLUMN_LOOKUP_HPP
#define COROPQ_SRC_RESULT_COLUMN_LOOKUP_HPP

#include <string>

namespace coropq::detail {

class result_data;

/// For hints: which columns there are.
std::string column_list(const result_data& data);

} // namespace coropq::detail

#endif
