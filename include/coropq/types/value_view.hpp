// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_VALUE_VIEW_HPP
#define COROPQ_TYPES_VALUE_VIEW_HPP

#include <coropq/types/type_catalog.hpp>
#include <coropq/types/value_error.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace coropq {

/// The form that a value has on its way.
enum class wire_format : std::uint8_t {
    text,     ///< The server's text form.
    binary,   ///< The server's binary form.
    converted ///< The binary form, made from text by the library: parts whose type it doesn't know are still text.
};

namespace detail {
class value_storage;
}

/// One value of a server, not NULL: its type and its bytes. A view; codecs read from it.
class value_view {
public:
    value_view(std::string_view bytes, std::uint32_t type, wire_format format, const type_catalog& types,
               detail::value_storage* storage = nullptr) noexcept
        : bytes_(bytes), types_(&types), storage_(storage), type_(type), format_(format) {}

    /// The OID of the type; domains are replaced by what they are made of. 0 if the server didn't say.
    std::uint32_t type() const noexcept { return type_; }
    wire_format format() const noexcept { return format_; }
    const type_catalog& types() const noexcept { return *types_; }

    /// The bytes, in the form that `format` says.
    std::string_view text() const noexcept { return bytes_; }
    std::span<const std::byte> bytes() const noexcept { return std::as_bytes(std::span(bytes_)); }
    std::size_t size() const noexcept { return bytes_.size(); }

    /// A part of this value: an element, an attribute, a bound.
    value_view part(std::string_view bytes, std::uint32_t type) const noexcept;

    /// For the library: where bytes that outlive a conversion are kept; may be null.
    detail::value_storage* storage() const noexcept { return storage_; }

private:
    std::string_view bytes_;
    const type_catalog* types_;
    detail::value_storage* storage_;
    std::uint32_t type_;
    wire_format format_;
};

/// Reads big-endian numbers and counted bytes from the front of a value; what isn't there is a `value_error`.
class value_reader {
public:
    explicit value_reader(std::string_view bytes) noexcept : rest_(bytes) {}
    explicit value_reader(const value_view& value) noexcept : rest_(value.text()) {}

    template <typename Integer>
        requires std::is_integral_v<Integer>
    Integer read() {
        if (rest_.size() < sizeof(Integer))
            fail();
        std::make_unsigned_t<Integer> number = 0;
        for (std::size_t i = 0; i != sizeof(Integer); ++i)
            number = static_cast<std::make_unsigned_t<Integer>>(
                (sizeof(Integer) > 1 ? number << (sizeof(Integer) > 1 ? 8 : 0) : 0) |
                static_cast<unsigned char>(rest_[i]));
        rest_.remove_prefix(sizeof(Integer));
        return static_cast<Integer>(number);
    }
    float read_float() { return std::bit_cast<float>(read<std::uint32_t>()); }
    double read_double() { return std::bit_cast<double>(read<std::uint64_t>()); }

    std::string_view read_bytes(std::size_t size) {
        if (rest_.size() < size)
            fail();
        const std::string_view bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return bytes;
    }

    /// A value with its length in front. False for NULL (length -1).
    bool read_value(std::string_view& bytes) {
        const auto size = read<std::int32_t>();
        if (size < 0) {
            if (size != -1)
                fail();
            return false;
        }
        bytes = read_bytes(static_cast<std::size_t>(size));
        return true;
    }

    std::size_t remaining() const noexcept { return rest_.size(); }
    /// Nothing may be left at the end of a value.
    void finish() const {
        if (!rest_.empty())
            fail();
    }

private:
    [[noreturn]] static void fail();

    std::string_view rest_;
};

namespace detail {

/// The binary form of a text, made by the library. Defined in src/types/text_to_binary.cpp: appends to `binary`; throws
/// `value_error` for text that the type doesn't have. Parts of unknown type stay text (see `wire_format::converted`).
void text_to_binary(const type_catalog& types, std::uint32_t type, std::string_view text, std::string& binary);

/// The server's text form (DateStyle ISO, IntervalStyle postgres, bytea_output hex, time zone UTC) of a binary value.
/// Defined in src/types/binary_to_text.cpp: appends to `text`; throws `value_error` for bytes that make no sense.
void binary_to_text(const type_catalog& types, std::uint32_t type, std::string_view binary, std::string& text);

/// A value that came as text, in binary form. Its bytes live as long as this object, or for views (`keep`) as long as
/// the result.
class converted_value {
public:
    /// `natural` is taken where the value has no type, or one that the library doesn't know.
    converted_value(const value_view& value, std::uint32_t natural, bool keep);
    converted_value(const converted_value&) = delete;
    converted_value& operator=(const converted_value&) = delete;

    const value_view& view() const noexcept { return view_; }

private:
    std::string bytes_;
    value_view view_;
};

} // namespace detail

} // namespace coropq

#endif
