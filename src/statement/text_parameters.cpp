// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statement/text_parameters.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

#include "statement/refuse.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace coropq::detail {

std::string numbered_parameter(std::size_t index) { return "parameter $" + std::to_string(index + 1); }

bool is_number_or_boolean(type_reference type) noexcept {
    constexpr std::array<std::uint32_t, 7> kept = {type_oid::boolean, type_oid::int2,   type_oid::int4,
                                                   type_oid::int8,    type_oid::float4, type_oid::float8,
                                                   type_oid::numeric};
    return type.name().empty() && std::find(kept.begin(), kept.end(), type.oid()) != kept.end();
}

std::string text_of_parameter(const statement& source, std::size_t index, const type_catalog& types) {
    const std::string_view bytes(source.parameter_data(index), source.parameter_size(index));
    std::string text;
    if (source.parameter_format(index) == wire_format::text) {
        text = bytes;
    } else {
        const type_reference type = source.parameter_type(index);
        const std::uint32_t oid = type.name().empty() ? type.oid() : types.find_by_name(type.name());
        try {
            if (oid == type_oid::unknown_type)
                throw value_error("its type isn't known, so the value can't be written as text");
            binary_to_text(types, oid, bytes, text);
        } catch (const value_error& problem) {
            refuse_statement(numbered_parameter(index) + ": " + problem.what(), problem.hint());
        }
    }
    if (text.find('\0') != std::string::npos)
        refuse_statement(numbered_parameter(index) + ": its text contains a NUL byte");
    return text;
}

void write_parameters_as_text(statement& work, const type_catalog& types) {
    encoded_parameters texts;
    texts.reserve(work.parameter_count());
    for (std::size_t index = 0; index != work.parameter_count(); ++index) {
        const type_reference type = work.parameter_type(index);
        const type_reference kept = is_number_or_boolean(type) ? type : type_reference();
        if (!work.parameter_data(index)) {
            texts.add_null(kept, wire_format::text);
            continue;
        }
        value_writer writer = texts.begin();
        writer.write_text(text_of_parameter(work, index, types));
        texts.end(writer, kept, wire_format::text);
    }
    work.replace_parameters(std::move(texts));
}

} // namespace coropq::detail
