// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQL_SQL_HPP
#define COROPQ_SQL_SQL_HPP

// Statements in C++ instead of SQL.

#include <coropq/sql/aggregates.hpp>
#include <coropq/sql/changes.hpp>
#include <coropq/sql/column.hpp>
#include <coropq/sql/compound.hpp>
#include <coropq/sql/expression.hpp>
#include <coropq/sql/functions.hpp>
#include <coropq/sql/insert.hpp>
#include <coropq/sql/mapped_table.hpp>
#include <coropq/sql/select.hpp>
#include <coropq/sql/subquery.hpp>
#include <coropq/sql/table.hpp>
#include <coropq/types/array.hpp>

#endif
