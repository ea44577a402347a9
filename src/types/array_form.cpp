// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/array_form.hpp>

#include "types/reading.hpp"

#include <algorithm>
#include <limits>

// The binary form is that of array_send, the text form that of array_out in the server's
// src/backend/utils/adt/arrayfuncs.c.

namespace coropq::detail {

array_reader::array_reader(const value_view& value) : reader_(value) {
    const auto rank = reader_.read<std::int32_t>();
    const auto has_null = reader_.read<std::int32_t>();
    element_type_ = reader_.read<std::uint32_t>();
    if (rank < 0 || rank > static_cast<std::int32_t>(max_dimensions) || (has_null != 0 && has_null != 1))
        senseless();
    // Every element takes the four bytes of its length at least. That bounds the product before it can overflow.
    const std::size_t limit = reader_.remaining() / 4;
    std::size_t count = rank == 0 ? 0 : 1;
    for (std::size_t i = 0; i != static_cast<std::size_t>(rank); ++i) {
        const auto size = reader_.read<std::int32_t>();
        const auto lower_bound = reader_.read<std::int32_t>();
        if (size < 0)
            senseless();
        dimensions_[i] = {size, lower_bound};
        if (size != 0 && count > limit / static_cast<std::size_t>(size))
            senseless();
        count *= static_cast<std::size_t>(size);
    }
    if (count > reader_.remaining() / 4)
        senseless();
    count_ = count;
    rank_ = count == 0 ? 0 : static_cast<std::size_t>(rank);
}

void array_reader::require_rank(std::size_t rank) const {
    if (rank_ == rank || count_ == 0)
        return;
    if (rank_ > rank)
        throw value_error("the array has more dimensions than the C++ type",
                          "read it as nested std::vector or as coropq::array, which holds any number of dimensions");
    throw value_error("the array has fewer dimensions than the C++ type", "read it as std::vector or as coropq::array");
}

void array_reader::require_size(std::size_t is, std::size_t expected) {
    if (is != expected)
        throw value_error("the number of elements differs from that of the std::array", "read it as std::vector");
}

std::uint32_t element_of_array(std::uint32_t type, const type_catalog& types) noexcept {
    const type_kind kind = types.kind_of(type);
    if (kind != type_kind::array && kind != type_kind::vector)
        return 0;
    return types.base_of(types.element_of(type));
}

std::int32_t array_size(std::size_t size) {
    if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("the array has too many elements");
    return static_cast<std::int32_t>(size);
}

void check_dimensions(std::span<const array_dimension> dimensions, std::size_t elements) {
    if (dimensions.size() > max_dimensions)
        throw value_error("PostgreSQL's arrays have at most 6 dimensions");
    std::size_t count = dimensions.empty() ? 0 : 1;
    for (const array_dimension& dimension : dimensions) {
        if (dimension.size < 0 || dimension.lower_bound > std::numeric_limits<std::int32_t>::max() - dimension.size)
            throw value_error("a dimension of the array has an impossible size");
        if (__builtin_mul_overflow(count, static_cast<std::size_t>(dimension.size), &count))
            throw value_error("the array has too many elements");
    }
    if (count != elements)
        throw value_error("the dimensions of the array don't fit its number of elements");
}

void fail_not_rectangular() {
    throw value_error("the nested vectors differ in length", "PostgreSQL's arrays are rectangular");
}

void fail_element_type() {
    throw value_error("the elements of the array would have different types",
                      "use a vector of a type that is the same for all values, such as coropq::decimal");
}

void write_array_header(std::span<const array_dimension> dimensions, std::size_t elements, bool has_null,
                        type_reference element, value_writer& writer) {
    const std::size_t rank = elements == 0 ? 0 : dimensions.size();
    writer.write(static_cast<std::int32_t>(rank));
    writer.write(static_cast<std::int32_t>(has_null));
    writer.write_type(element);
    for (const array_dimension& dimension : dimensions.first(rank)) {
        writer.write(dimension.size);
        writer.write(dimension.lower_bound);
    }
}

array_literal::array_literal(std::span<const array_dimension> dimensions, std::size_t elements, value_writer& writer)
    : dimensions_(dimensions), writer_(writer), elements_(elements) {
    const auto starts_at_one = [](const array_dimension& dimension) { return dimension.lower_bound == 1; };
    if (elements == 0 || std::ranges::all_of(dimensions, starts_at_one))
        return;
    for (const array_dimension& dimension : dimensions) {
        const std::int64_t last = std::int64_t(dimension.lower_bound) + dimension.size - 1;
        writer_.write_text("[" + std::to_string(dimension.lower_bound) + ":" + std::to_string(last) + "]");
    }
    writer_.write_text("=");
}

void array_literal::add(const std::optional<std::string>& text) {
    if (index_ != 0)
        writer_.write_text(",");
    // A brace for each dimension that begins with this element.
    std::size_t block = 1;
    std::size_t begins = 0;
    for (std::size_t i = dimensions_.size(); i-- != 0;) {
        block *= static_cast<std::size_t>(dimensions_[i].size);
        begins += index_ % block == 0;
    }
    writer_.write_text(std::string(begins, '{'));
    if (text) {
        // Quoting is never wrong, but NULL without quotes is NULL.
        writer_.write_text("\"");
        std::string_view rest = *text;
        for (std::size_t special = 0; (special = rest.find_first_of("\"\\")) != std::string_view::npos;) {
            writer_.write_text(rest.substr(0, special));
            writer_.write_text("\\");
            writer_.write_text(rest.substr(special, 1));
            rest.remove_prefix(special + 1);
        }
        writer_.write_text(rest);
        writer_.write_text("\"");
    } else {
        writer_.write_text("NULL");
    }
    ++index_;
    block = 1;
    std::size_t ends = 0;
    for (std::size_t i = dimensions_.size(); i-- != 0;) {
        block *= static_cast<std::size_t>(dimensions_[i].size);
        ends += index_ % block == 0;
    }
    writer_.write_text(std::string(ends, '}'));
}

void array_literal::finish() {
    if (elements_ == 0)
        writer_.write_text("{}");
}

} // namespace coropq::detail
