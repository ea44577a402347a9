// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DDL_TYPE_STATEMENTS_HPP
#define COROPQ_SRC_INSPECT_DDL_TYPE_STATEMENTS_HPP

#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/range_type.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/inspect/user_types.hpp>

#include <string>
#include <vector>

namespace coropq::detail {

std::vector<std::string> statements_of(const reflected::enum_type& type, const ddl_options& options);
std::vector<std::string> statements_of(const reflected::domain_type& type, const ddl_options& options);
std::vector<std::string> statements_of(const reflected::composite_type& type, const ddl_options& options);
std::vector<std::string> statements_of(const reflected::range_type& type, const ddl_options& options);
/// Without the column that it belongs to.
std::vector<std::string> statements_of(const reflected::sequence& sequence, const ddl_options& options);

} // namespace coropq::detail

#endif
