// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include "types/value_storage.hpp"

#include <limits>

namespace coropq {

value_view value_view::part(std::string_view bytes, std::uint32_t type) const noexcept {
    // No built-in type is a domain.
    constexpr std::uint32_t first_other = 10000;
    const std::uint32_t base = type < first_other ? type : types_->base_of(type);
    wire_format format = format_;
    // What the library couldn't convert, because it doesn't know the type, is still text.
    if (format == wire_format::converted) {
        const type_kind kind = types_->kind_of(base);
        const bool simple = kind == type_kind::base || kind == type_kind::unknown;
        if (simple && !types_->is_binary(base))
            format = wire_format::text;
    }
    return {bytes, base, format, *types_, storage_};
}

void value_reader::fail() { throw value_error("the server's bytes make no sense for the type"); }

void value_writer::end_value(std::size_t begin) {
    const std::size_t size = buffer_->size() - begin;
    if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("the value has more than 2 GB");
    replace(begin - 4, static_cast<std::int32_t>(size));
}

void value_writer::replace(std::size_t position, std::int32_t number) {
    const auto bits = static_cast<std::uint32_t>(number);
    for (std::size_t i = 0; i != 4; ++i)
        (*buffer_)[position + i] = static_cast<char>(static_cast<unsigned char>(bits >> (24 - 8 * i)));
}

namespace detail {

namespace {

std::uint32_t type_of_text(const value_view& value, std::uint32_t natural) {
    const type_kind kind = value.types().kind_of(value.type());
    if (kind == type_kind::unknown || (kind == type_kind::base && !value.types().is_binary(value.type())))
        return natural;
    return value.type();
}

} // namespace

converted_value::converted_value(const value_view& value, std::uint32_t natural, bool keep)
    : view_({}, type_of_text(value, natural), wire_format::converted, value.types(), value.storage()) {
    if (view_.type() == type_oid::unknown_type)
        throw value_error("the library doesn't know the type, which came as text", "read it as std::string");
    text_to_binary(value.types(), view_.type(), value.text(), bytes_);
    std::string_view bytes = bytes_;
    if (keep && value.storage())
        bytes = value.storage()->keep(std::move(bytes_));
    view_ = value_view(bytes, view_.type(), wire_format::converted, value.types(), value.storage());
}

} // namespace detail

} // namespace coropq
