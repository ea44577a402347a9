// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_ARGUMENTS_HPP
#define COROPQ_DETAIL_ARGUMENTS_HPP

// How the arguments of a statement become parameters. Not for users.
//
// One small function per type of argument calls its codec; everything else is compiled once.

#include <coropq/detail/scalar.hpp>
#include <coropq/types/codec.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq::detail {

/// Encoded parameters, one after the other in one buffer.
class encoded_parameters {
public:
    struct parameter {
        std::size_t begin = 0;
        std::size_t size = 0;
        type_reference type;
        wire_format format = wire_format::text;
        bool null = false;
    };
    /// An OID inside of a parameter that isn't known yet.
    struct pending_type {
        std::size_t parameter;
        std::size_t position; ///< In the buffer.
        std::string_view name;
    };

    void reserve(std::size_t count);
    void add_null(type_reference type, wire_format format);
    /// A parameter is what `writer` writes between these two. `end` throws `value_error` if it is too large.
    value_writer begin();
    void end(value_writer& writer, type_reference type, wire_format format);
    /// A copy of a parameter from elsewhere.
    void add(const encoded_parameters& other, std::size_t index);

    const std::vector<parameter>& parameters() const noexcept { return parameters_; }
    const std::vector<pending_type>& pending_types() const noexcept { return pending_; }
    const char* data(std::size_t index) const noexcept {
        return parameters_[index].null ? nullptr : buffer_.data() + parameters_[index].begin;
    }
    std::string_view bytes(std::size_t index) const noexcept {
        return std::string_view(buffer_).substr(parameters_[index].begin, parameters_[index].size);
    }
    void resolve_type(std::size_t position, std::uint32_t oid);

private:
    std::string buffer_; // values in text form are followed by a NUL byte
    std::vector<parameter> parameters_;
    std::vector<pending_type> pending_;
    std::size_t begin_ = 0;
};

/// Text in other clothes, for instance a string class with a conversion.
template <typename T>
concept text_like = !encodable<T> && !std::is_null_pointer_v<T> && std::convertible_to<const T&, std::string_view>;

template <typename T>
inline constexpr bool is_parameter =
    encodable<T> || text_like<T> || std::same_as<T, std::nullopt_t> || std::same_as<T, std::nullptr_t>;
template <typename T>
inline constexpr bool is_parameter<std::optional<T>> = encodable<std::optional<T>> || is_parameter<std::remove_cv_t<T>>;

/// What NULL is declared as in the place of a value of this type, so that one SQL text has one list of types.
template <typename T>
constexpr type_reference declared_type() {
    if constexpr (encodable<T>)
        return codec<T>::type();
    else if constexpr (is_optional<T>)
        return declared_type<std::remove_cv_t<typename T::value_type>>();
    else
        return {};
}
template <typename T>
consteval wire_format declared_format() {
    if constexpr (encodable<T>)
        return format_of<T>();
    else if constexpr (is_optional<T>)
        return declared_format<std::remove_cv_t<typename T::value_type>>();
    else
        return wire_format::text;
}

template <typename T>
bool is_null(const T& value) {
    if constexpr (requires { codec<T>::is_null(value); })
        return codec<T>::is_null(value);
    else if constexpr (std::is_pointer_v<T>)
        return value == nullptr;
    else
        return false;
}

template <typename T>
void encode_parameter(const T& value, encoded_parameters& output) {
    if constexpr (encodable<T>) {
        if (is_null(value)) {
            output.add_null(declared_type<T>(), declared_format<T>());
        } else {
            value_writer writer = output.begin();
            codec<T>::encode(value, writer);
            output.end(writer, type_of(value), format_of<T>());
        }
    } else if constexpr (is_optional<T>) {
        if (value)
            encode_parameter<std::remove_cv_t<typename T::value_type>>(*value, output);
        else
            output.add_null(declared_type<T>(), declared_format<T>());
    } else if constexpr (text_like<T>) {
        encode_parameter<std::string_view>(value, output);
    } else {
        output.add_null({}, wire_format::text);
    }
}

using encode_function = void (*)(const void* value, encoded_parameters& output);

template <typename T>
void encode_at(const void* value, encoded_parameters& output) {
    encode_parameter(*static_cast<const T*>(value), output);
}

/// One member of a described struct.
struct named_member {
    std::string_view name;   ///< That of its column.
    std::string_view member; ///< That in C++.
    encode_function encode;  ///< Given the address of the struct.
};

/// One argument of a statement, whatever its type. A view: lives as long as the call.
struct argument {
    const void* value = nullptr;
    encode_function encode = nullptr;           ///< Null for a struct.
    std::string_view name = {};                 ///< `:name`, if the argument has one.
    std::span<const named_member> members = {}; ///< Of a struct.
    bool is_named = false;
};

template <typename>
inline constexpr bool never = false;

/// What says itself how it becomes an argument: see `named`.
template <typename T>
concept argument_source = requires(const T& source) {
    { source.as_argument() } -> std::same_as<argument>;
};

// The message has to be readable, so this is no constraint: GCC and Clang would list every overload and every concept.
// And nothing else of a type that is no parameter gets compiled, or more errors would follow.
template <typename T>
argument make_argument(const T& value) {
    if constexpr (argument_source<T>) {
        return value.as_argument();
    } else if constexpr (is_parameter<T>) {
        return {.value = &value, .encode = &encode_at<T>};
    } else {
        static_assert(never<T>,
                      "coropq: this type can't be a parameter of a statement: include the header of its codec "
                      "(coropq/types/…), specialise coropq::codec for it, describe it with Boost.Describe, or give "
                      "its text as a std::string");
        return {};
    }
}

} // namespace coropq::detail

#endif
