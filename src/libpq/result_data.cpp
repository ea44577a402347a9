// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "result/result_data.hpp"

#include <libpq-fe.h>

namespace coropq::detail {

result_data::~result_data() { PQclear(handle_); }

std::size_t result_data::row_count() const noexcept { return static_cast<std::size_t>(PQntuples(handle_)); }

std::size_t result_data::column_count() const noexcept { return static_cast<std::size_t>(PQnfields(handle_)); }

std::string_view result_data::column_name(std::size_t column) const noexcept {
    return PQfname(handle_, static_cast<int>(column));
}

std::uint32_t result_data::column_type(std::size_t column) const noexcept {
    return PQftype(handle_, static_cast<int>(column));
}

bool result_data::is_null(std::size_t row, std::size_t column) const noexcept {
    return PQgetisnull(handle_, static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view result_data::text(std::size_t row, std::size_t column) const noexcept {
    return {PQgetvalue(handle_, static_cast<int>(row), static_cast<int>(column)),
            static_cast<std::size_t>(PQgetlength(handle_, static_cast<int>(row), static_cast<int>(column)))};
}

// PQcmdStatus and PQcmdTuples take a mutable result but only read it.
std::string_view result_data::command_tag() const noexcept { return PQcmdStatus(handle_); }

std::string_view result_data::affected_rows() const noexcept { return PQcmdTuples(handle_); }

} // namespace coropq::detail
