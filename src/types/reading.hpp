// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_READING_HPP
#define COROPQ_SRC_TYPES_READING_HPP

// What the codecs' bodies share.

#include <coropq/types/codec.hpp>
#include <coropq/types/value_error.hpp>
#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include <cstdint>
#include <string>

namespace coropq::detail {

[[noreturn]] inline void senseless() { throw value_error("the server's bytes make no sense for the type"); }

/// A value that is one number.
template <typename Number>
Number read_number(const value_view& value) {
    value_reader reader(value);
    const auto number = reader.read<Number>();
    reader.finish();
    return number;
}

/// The server's text for a value of one of its own types.
template <typename Encode>
std::string text_of_binary(std::uint32_t type, Encode encode) {
    std::string binary;
    value_writer writer(binary);
    encode(writer);
    std::string text;
    binary_to_text(type_catalog::built_in(), type, binary, text);
    return text;
}

/// The server's text form of a value whose codec writes a built-in type.
template <typename T>
std::string text_of(const T& value) {
    return text_of_binary(codec<T>::type().oid(), [&](value_writer& writer) { codec<T>::encode(value, writer); });
}

} // namespace coropq::detail

#endif
