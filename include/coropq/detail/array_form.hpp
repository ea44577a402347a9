// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_ARRAY_FORM_HPP
#define COROPQ_DETAIL_ARRAY_FORM_HPP

// The forms of arrays on their way, whatever their elements are. Not for users.

#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coropq {

/// One dimension of an array: how many there are, and the index of the first.
struct array_dimension {
    std::int32_t size = 0;
    std::int32_t lower_bound = 1;

    friend constexpr bool operator==(const array_dimension&, const array_dimension&) noexcept = default;
};

} // namespace coropq

namespace coropq::detail {

/// PostgreSQL's limit (MAXDIM in src/include/utils/array.h).
inline constexpr std::size_t max_dimensions = 6;

/// Reads the binary form. All of it throws `value_error`.
class array_reader {
public:
    explicit array_reader(const value_view& value);

    /// Without dimensions if the array is empty.
    std::span<const array_dimension> dimensions() const noexcept { return {dimensions_, rank_}; }
    /// Of all dimensions together; so many elements can be there, by the size of the value.
    std::size_t count() const noexcept { return count_; }
    std::uint32_t element_type() const noexcept { return element_type_; }

    /// The bytes of the next element; nothing if it is NULL.
    std::optional<std::string_view> next() {
        std::string_view bytes;
        if (!reader_.read_value(bytes))
            return std::nullopt;
        return bytes;
    }
    void finish() const { reader_.finish(); }

    /// Throws unless the array has so many dimensions, or no element.
    void require_rank(std::size_t rank) const;
    /// Throws unless there are so many elements.
    static void require_size(std::size_t is, std::size_t expected);

private:
    value_reader reader_;
    array_dimension dimensions_[max_dimensions];
    std::size_t rank_ = 0;
    std::size_t count_ = 0;
    std::uint32_t element_type_ = 0;
};

/// Whether the type is an array (or int2vector, oidvector) of anything, and of what; 0 if it isn't.
std::uint32_t element_of_array(std::uint32_t type, const type_catalog& types) noexcept;

/// As a dimension's size. Throws `value_error` if there are too many.
std::int32_t array_size(std::size_t size);
/// Throws `value_error` unless there are at most six dimensions of valid sizes, as many elements as they say, and no
/// index beyond an integer.
void check_dimensions(std::span<const array_dimension> dimensions, std::size_t elements);
[[noreturn]] void fail_not_rectangular();
[[noreturn]] void fail_element_type();

/// The binary form up to the elements, which follow with their lengths in front.
void write_array_header(std::span<const array_dimension> dimensions, std::size_t elements, bool has_null,
                        type_reference element, value_writer& writer);

/// Writes the text form: all elements in order, then `finish`.
class array_literal {
public:
    array_literal(std::span<const array_dimension> dimensions, std::size_t elements, value_writer& writer);

    /// Nothing is NULL.
    void add(const std::optional<std::string>& text);
    void finish();

private:
    std::span<const array_dimension> dimensions_;
    value_writer& writer_;
    std::size_t elements_;
    std::size_t index_ = 0;
};

} // namespace coropq::detail

#endif
