// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FIELD_HPP
#define COROPQ_FIELD_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace coropq {

namespace detail {
class result_data;

template <typename T>
inline constexpr bool is_optional_value = false;
template <typename T>
inline constexpr bool is_optional_value<std::optional<T>> = true;
} // namespace detail

/// One value of a result. A view: valid as long as the result (or a copy of it) lives. Cheap to copy. Several threads
/// may read at once.
class field {
public:
    bool is_null() const noexcept;

    /// The name of the column.
    std::string_view name() const noexcept;

    /// The server's text form of the value; empty for NULL. A view into the result.
    std::string_view text() const noexcept;

    /// The value as a C++ type: bool, an integer, float, double, `std::string`, `std::string_view` (a view into the
    /// result), or `std::optional` of these, which is empty for NULL.
    ///
    /// Throws `result_error`: `errc::null_value` for NULL without `std::optional`, `errc::wrong_type` when the column
    /// has another type or the number doesn't fit. The error names the column, its type and the row, not the value.
    template <typename T>
    T as() const {
        if constexpr (detail::is_optional_value<T>) {
            if (is_null())
                return std::nullopt;
            return as<typename T::value_type>();
        } else if constexpr (std::same_as<T, bool>) {
            return as_bool();
        } else if constexpr (std::signed_integral<T> && !std::same_as<T, char>) {
            return static_cast<T>(as_integer(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
        } else if constexpr (std::same_as<T, float>) {
            return as_float();
        } else if constexpr (std::same_as<T, double>) {
            return as_double();
        } else if constexpr (std::same_as<T, std::string>) {
            return std::string(as_text());
        } else {
            static_assert(std::same_as<T, std::string_view>, "coropq: a field can't be read as this type");
            return as_text();
        }
    }

    /// For the library.
    field(const detail::result_data& data, std::size_t row, std::size_t column) noexcept
        : data_(&data), row_(row), column_(column) {}

private:
    bool as_bool() const;
    std::int64_t as_integer(std::int64_t lowest, std::int64_t highest) const;
    float as_float() const;
    double as_double() const;
    std::string_view as_text() const;

    const detail::result_data* data_;
    std::size_t row_;
    std::size_t column_;
};

} // namespace coropq

#endif
