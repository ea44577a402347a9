// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_STATEMENT_HPP
#define COROPQ_STATEMENT_HPP

#include <coropq/detail/scalar.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq {

namespace detail {

template <typename T>
concept text = std::convertible_to<const T&, std::string_view>;

} // namespace detail

/// A C++ type that can be the parameter of a statement: bool, integers, float, double, text
/// (`std::string`, `std::string_view`, string literals), `std::nullopt` or `nullptr` for NULL, and `std::optional` of
/// these.
template <typename T>
concept parameter =
    std::same_as<T, bool> || detail::integer<T> || std::same_as<T, float> || std::same_as<T, double> ||
    detail::text<T> || std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t> || detail::is_optional<T>;

/// SQL text and its parameters. Owns both: nothing that was given is referenced after the constructor returns, so a
/// statement may outlive everything that it was made from. Parameters are `$1`, `$2`, …; they travel apart from the
/// text, so no value can change the meaning of the statement. They travel without a type: the server takes it from
/// where
/// `$1` stands, so write `$1::int` where nothing else says it.
///
/// A value; moving is cheap. Not for use from several threads at once while one of them changes it.
class statement {
public:
    /// A statement from its text and the values of `$1`, `$2`, ….
    ///
    /// Throws `option_error` (`errc::invalid_parameter`) when the text or a text parameter contains a NUL byte, which
    /// PostgreSQL can't represent.
    template <parameter... Arguments>
    explicit statement(std::string_view sql, const Arguments&... arguments) : sql_(checked(sql)) {
        values_.reserve(sizeof...(Arguments));
        (add(arguments), ...);
    }

    /// The SQL text.
    const std::string& sql() const noexcept { return sql_; }

    /// The number of parameters.
    std::size_t parameter_count() const noexcept { return values_.size(); }

    /// For the library: the text form of a parameter, followed by a NUL byte; null for NULL.
    const char* parameter_text(std::size_t index) const noexcept {
        return values_[index].null ? nullptr : buffer_.data() + values_[index].begin;
    }
    std::size_t parameter_size(std::size_t index) const noexcept { return values_[index].size; }

private:
    struct value {
        std::size_t begin;
        std::size_t size;
        bool null;
    };

    template <typename T>
    void add(const T& argument) {
        if constexpr (detail::is_optional<T>) {
            static_assert(parameter<typename T::value_type>, "coropq: this optional's type can't be a parameter");
            if (argument)
                add(*argument);
            else
                add_null();
        } else if constexpr (std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>) {
            add_null();
        } else if constexpr (std::same_as<T, bool>) {
            add_text(argument ? "t" : "f");
        } else if constexpr (std::signed_integral<T>) {
            add_integer(static_cast<long long>(argument));
        } else if constexpr (std::unsigned_integral<T>) {
            add_unsigned(static_cast<unsigned long long>(argument));
        } else if constexpr (std::same_as<T, float>) {
            add_float(argument);
        } else if constexpr (std::same_as<T, double>) {
            add_double(argument);
        } else if constexpr (std::is_pointer_v<T>) {
            if (argument == nullptr)
                add_null();
            else
                add_text(argument);
        } else {
            add_text(argument);
        }
    }

    static std::string_view checked(std::string_view sql);
    void add_null();
    void add_text(std::string_view text);
    void add_integer(long long number);
    void add_unsigned(unsigned long long number);
    void add_float(float number);
    void add_double(double number);
    void append(std::string_view text);

    std::string sql_;
    std::string buffer_; // the text forms of all values, each followed by a NUL byte
    std::vector<value> values_;
};

} // namespace coropq

#endif
