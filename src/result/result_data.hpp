// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_RESULT_RESULT_DATA_HPP
#define COROPQ_SRC_RESULT_RESULT_DATA_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

struct pg_result;

namespace coropq::detail {

/// Owns libpq's result and answers questions about it in our own terms; implemented below src/libpq/.
class result_data {
public:
    /// Takes the result over.
    explicit result_data(pg_result* handle) noexcept : handle_(handle) {}
    result_data(const result_data&) = delete;
    result_data& operator=(const result_data&) = delete;
    ~result_data();

    std::size_t row_count() const noexcept;
    std::size_t column_count() const noexcept;
    std::string_view column_name(std::size_t column) const noexcept;
    std::uint32_t column_type(std::size_t column) const noexcept;
    bool is_null(std::size_t row, std::size_t column) const noexcept;
    std::string_view text(std::size_t row, std::size_t column) const noexcept;
    std::string_view command_tag() const noexcept;
    std::string_view affected_rows() const noexcept;

private:
    pg_result* handle_;
};

} // namespace coropq::detail

#endif
