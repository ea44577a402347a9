// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FIELD_HPP
#define COROPQ_FIELD_HPP

#include <coropq/detail/scalar.hpp>

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
}

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
        if constexpr (detail::is_optional<T>) {
            if (is_null())
                return std::nullopt;
            return as<typename T::value_type>();
        } else if constexpr (std::same_as<T, bool>) {
            return as_bool();
        } else if constexpr (detail::integer<T>) {
            // No integer of the server is greater than the greatest std::int64_t.
            constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
            constexpr auto own = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
            constexpr auto highest = own < limit ? own : limit;
            return static_cast<T>(as_integer(std::numeric_limits<T>::min(), static_cast<std::int64_t>(highest)));
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
