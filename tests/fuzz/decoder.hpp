// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_FUZZ_DECODER_HPP
#define COROPQ_TESTS_FUZZ_DECODER_HPP

// Reading bytes as C++ types, whatever form they are said to have.

#include <coropq/types/codec.hpp>

#include "fuzz/target.hpp"
#include "types/value_storage.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace coropq::fuzz {

/// One C++ type.
struct decoder {
    void (*decode)(const value_view& value);
    bool (*accepts)(std::uint32_t type, const type_catalog& types);
    std::uint32_t natural; ///< What text is taken for.
};

/// Ignores a value_error; nothing else may be thrown.
template <typename Function>
bool succeeds(Function function) {
    try {
        function();
        return true;
    } catch (const value_error&) {
        return false;
    }
}

/// A value that was read can be written, unless it is one that the server doesn't have (text with a NUL byte), is read
/// again then, and written as the same bytes.
template <typename T>
void check_round_trip(const T& value, const type_catalog& types) {
    if constexpr (detail::encodable<T>) {
        const auto encode = [](const T& source, std::string& bytes) {
            value_writer writer(bytes);
            return succeeds([&] { codec<T>::encode(source, writer); }) && writer.pending_types().empty();
        };
        std::string first, second;
        detail::value_storage storage;
        // No attribute or one that is NULL: an anonymous record's text doesn't say.
        if (!encode(value, first) || first == "()")
            return;
        const type_reference type = detail::type_of(value);
        std::uint32_t oid = type.oid();
        if (!type.name().empty())
            oid = types.find_by_name(type.name());
        if (oid == type_oid::unknown_type)
            oid = detail::natural_type<T>();
        if (oid == type_oid::unknown_type)
            return;
        const bool read = succeeds([&] {
            const T again = detail::decode<T>(value_view(first, oid, detail::format_of<T>(), types, &storage));
            require(encode(again, second), "a value can be written again");
        });
        require(read, "what was written can be read");
        require(first == second, "what is written is the same again");
    }
}

template <typename T>
void decode_as(const value_view& value) {
    succeeds([&] {
        const T result = detail::decode<T>(value);
        check_round_trip(result, value.types());
    });
}

template <typename... Ts>
std::span<const decoder> decoders_of() {
    static constexpr decoder all[] = {{&decode_as<Ts>, &codec<Ts>::accepts, detail::natural_type<Ts>()}...};
    return all;
}

/// A byte for the C++ type, one for the form, two for the type of the column; the bytes of the value.
template <std::size_t Count>
void decode_one(choices& choice, const std::span<const decoder> (&families)[Count], const type_catalog& types) {
    const std::uint8_t chosen = choice.byte();
    const std::span<const decoder> family = families[(chosen >> 6) % Count];
    const decoder& type = family[(chosen & 63) % family.size()];
    constexpr wire_format formats[] = {wire_format::binary, wire_format::text, wire_format::converted};
    const wire_format format = formats[choice.byte() % 3];
    std::uint32_t column = choice.number();
    // Others are refused before anything is read.
    if (column != type_oid::unknown_type && !type.accepts(column, types))
        column = type.natural;
    detail::value_storage storage;
    type.decode(value_view(choice.rest(), column, format, types, &storage));
}

} // namespace coropq::fuzz

#endif
