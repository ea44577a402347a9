// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_CONVERSION_HPP
#define COROPQ_SRC_TYPES_CONVERSION_HPP

// Between the server's text and binary forms, both of them untrusted: whatever comes in, a value or a `value_error`
// comes out. The forms are those of PostgreSQL's …_in, …_out, …_recv and …_send functions (src/backend/utils/adt).

#include "characters.hpp"

#include <coropq/types/type_catalog.hpp>
#include <coropq/types/value_view.hpp>

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace coropq::detail {

[[noreturn]] void throw_senseless_text();
[[noreturn]] void throw_text_out_of_range();
[[noreturn]] void throw_senseless_bytes();

/// Appends a number in the protocol's byte order.
template <std::integral Integer>
void append_number(std::string& binary, Integer number) {
    const auto bits = static_cast<std::make_unsigned_t<Integer>>(number);
    char bytes[sizeof(Integer)];
    for (std::size_t i = 0; i != sizeof(Integer); ++i)
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * (sizeof(Integer) - 1 - i))));
    binary.append(bytes, sizeof bytes);
}

/// Overwrites four bytes that were appended before.
void replace_number(std::string& binary, std::size_t position, std::size_t number);

/// The length in front of a value that is appended in between; `end` throws `value_error` above 2 GB.
class length_prefix {
public:
    explicit length_prefix(std::string& binary) : binary_(binary), begin_(binary.size() + 4) {
        append_number(binary, std::int32_t(0));
    }
    void end();

private:
    std::string& binary_;
    std::size_t begin_;
};

template <std::integral Integer>
void append_decimal(std::string& text, Integer number) {
    char digits[24];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}
/// At least so many digits, filled up with zeros.
void append_padded(std::string& text, std::uint64_t number, std::size_t width);

/// Reads a text from its front.
class text_reader {
public:
    explicit text_reader(std::string_view text) noexcept : rest_(text) {}

    bool at_end() const noexcept { return rest_.empty(); }
    std::size_t remaining() const noexcept { return rest_.size(); }
    std::string_view rest() const noexcept { return rest_; }
    /// 0 at the end.
    char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
    bool skip(char expected) noexcept {
        if (rest_.empty() || rest_.front() != expected)
            return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool skip(std::string_view expected) noexcept {
        if (!rest_.starts_with(expected))
            return false;
        rest_.remove_prefix(expected.size());
        return true;
    }
    void skip_space() noexcept;
    void expect(char expected) {
        if (!skip(expected))
            throw_senseless_text();
    }
    char take() {
        if (rest_.empty())
            throw_senseless_text();
        const char taken = rest_.front();
        rest_.remove_prefix(1);
        return taken;
    }
    std::string_view take(std::size_t size) noexcept {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }
    template <std::integral Integer>
    Integer read_number(int base = 10) {
        Integer number = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number, base);
        if (error == std::errc::result_out_of_range)
            throw_text_out_of_range();
        if (error != std::errc())
            throw_senseless_text();
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return number;
    }
    /// Exactly two digits.
    int read_two_digits();
    /// The decimals of seconds, with the point if there is one: microseconds.
    std::int64_t read_fraction();
    void finish() const {
        if (!rest_.empty())
            throw_senseless_text();
    }

private:
    std::string_view rest_;
};

/// 0 … 15, or -1.
int hex_digit(char character) noexcept;
void append_hex(std::string& text, std::string_view bytes);

// --- types without parts: to_binary appends the binary form of a text, to_text the text of a binary form ---

void boolean_to_binary(std::string_view text, std::string& binary);
void boolean_to_text(std::string_view binary, std::string& text);
template <std::integral Integer>
void integer_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    const auto number = reader.read_number<Integer>();
    reader.finish();
    append_number(binary, number);
}
template <std::integral Integer>
void integer_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto number = reader.read<Integer>();
    reader.finish();
    append_decimal(text, number);
}
template <std::floating_point Float>
void float_to_binary(std::string_view text, std::string& binary);
template <std::floating_point Float>
void float_to_text(std::string_view binary, std::string& text);
/// Digits as the server's: the fewest that give the same number.
template <std::floating_point Float>
void append_float(std::string& text, Float number);
double parse_double(std::string_view text);
void numeric_to_binary(std::string_view text, std::string& binary);
void numeric_to_text(std::string_view binary, std::string& text);

void bytea_to_binary(std::string_view text, std::string& binary);
void bytea_to_text(std::string_view binary, std::string& text);
void char_to_binary(std::string_view text, std::string& binary);
void char_to_text(std::string_view binary, std::string& text);
void bits_to_binary(std::string_view text, std::string& binary);
void bits_to_text(std::string_view binary, std::string& text);
void uuid_to_binary(std::string_view text, std::string& binary);
void uuid_to_text(std::string_view binary, std::string& text);
void jsonb_to_binary(std::string_view text, std::string& binary);
void jsonb_to_text(std::string_view binary, std::string& text);
void tid_to_binary(std::string_view text, std::string& binary);
void tid_to_text(std::string_view binary, std::string& text);
void lsn_to_binary(std::string_view text, std::string& binary);
void lsn_to_text(std::string_view binary, std::string& text);

void date_to_binary(std::string_view text, std::string& binary);
void date_to_text(std::string_view binary, std::string& text);
void time_to_binary(std::string_view text, std::string& binary);
void time_to_text(std::string_view binary, std::string& text);
void timetz_to_binary(std::string_view text, std::string& binary);
void timetz_to_text(std::string_view binary, std::string& text);
void timestamp_to_binary(std::string_view text, std::string& binary);
void timestamp_to_text(std::string_view binary, std::string& text);
void timestamptz_to_binary(std::string_view text, std::string& binary);
void timestamptz_to_text(std::string_view binary, std::string& text);
void interval_to_binary(std::string_view text, std::string& binary);
void interval_to_text(std::string_view binary, std::string& text);
/// `.5`, without zeros at the end; nothing for 0.
void append_fraction(std::string& text, std::uint64_t microseconds);

void inet_to_binary(std::string_view text, bool is_cidr, std::string& binary);
void inet_to_text(std::string_view binary, bool is_cidr, std::string& text);
/// macaddr and macaddr8, by the number of bytes.
void macaddr_to_binary(std::string_view text, std::size_t size, std::string& binary);
void macaddr_to_text(std::string_view binary, std::size_t size, std::string& text);

/// point, line, lseg, box, path, polygon, circle
void geometry_to_binary(std::uint32_t type, std::string_view text, std::string& binary);
void geometry_to_text(std::uint32_t type, std::string_view binary, std::string& text);

void hstore_to_binary(std::string_view text, std::string& binary);
void hstore_to_text(std::string_view binary, std::string& text);

// --- types with parts ---

/// One step into a value; what is nested deeper than any type reasonably is, is refused.
class nesting {
public:
    explicit nesting(int& depth) : depth_(depth) {
        if (++depth_ > deepest) {
            --depth_;
            throw value_error("the value is nested too deeply");
        }
    }
    ~nesting() { --depth_; }
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;

private:
    static constexpr int deepest = 64;
    int& depth_;
};

/// From text to the binary form.
class binary_maker {
public:
    explicit binary_maker(const type_catalog& types) noexcept : types_(types) {}
    void convert(std::uint32_t type, std::string_view text, std::string& binary);

private:
    void convert_described(std::uint32_t type, std::string_view text, std::string& binary);
    void convert_part(std::uint32_t type, std::string_view text, std::string& binary);
    void convert_array(std::uint32_t element, std::string_view text, std::string& binary);
    void convert_vector(std::uint32_t element, std::string_view text, std::string& binary);
    void convert_range(std::uint32_t subtype, std::string_view text, std::string& binary);
    void convert_multirange(std::uint32_t range, std::string_view text, std::string& binary);
    void convert_composite(const type_description& type, std::string_view text, std::string& binary);

    const type_catalog& types_;
    int depth_ = 0;
};

/// From the binary form to text.
class text_maker {
public:
    /// `size` is that of the whole value.
    text_maker(const type_catalog& types, std::size_t size) noexcept : types_(types), longest_(longest_text(size)) {}
    void convert(std::uint32_t type, std::string_view binary, std::string& text);

private:
    void convert_described(std::uint32_t type, std::string_view binary, std::string& text);
    void convert_array(std::uint32_t element, std::string_view binary, std::string& text);
    void convert_vector(std::uint32_t element, std::string_view binary, std::string& text);
    void convert_range(std::uint32_t subtype, std::string_view binary, std::string& text);
    void convert_multirange(std::uint32_t range, std::string_view binary, std::string& text);
    void convert_composite(std::string_view binary, std::string& text);
    void convert_quoted(std::uint32_t type, std::string_view binary, std::string_view special, std::string& text);

    // Quotes are doubled at each level: a small value that is nested deeply would fill the memory.
    static std::size_t longest_text(std::size_t size) noexcept {
        constexpr std::size_t least = std::size_t(16) << 20;
        return size > least / 256 ? 256 * size : least;
    }
    void check_length(const std::string& text) const {
        if (text.size() > longest_)
            throw value_error("the text form of the value would be too long");
    }

    const type_catalog& types_;
    std::size_t longest_;
    int depth_ = 0;
};

/// A bound of a range or an attribute of a composite type: until one of the `ends`, quotes and escapes taken away.
/// False if there is nothing at all, not even quotes.
bool read_quoted_part(text_reader& reader, std::string_view ends, std::string& part);
} // namespace coropq::detail

#endif
