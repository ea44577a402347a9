// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_TYPE_STATEMENTS_HPP
#define COROPQ_SRC_INSPECT_DDL_TYPE_STATEMENTS_HPP

#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/user_types.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

std::vector<std::string> statements_of(const reflected::enum_type& type, const ddl_options& options);
std::vector<std::string> statements_of(const reflected::domain_type& type, const ddl_options& options);

} // namespace coropq::detail

#endif
