// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/hstore.hpp>

#include "types/reading.hpp"

#include <string_view>

// The binary form is that of hstore_send in the server's contrib/hstore/hstore_io.c.

namespace coropq {

namespace {

void write_quoted(std::string_view text, value_writer& writer) {
    if (text.find('\0') != std::string_view::npos)
        throw value_error("contains a NUL byte", "PostgreSQL's text types can't hold one; bytea can");
    std::string& buffer = writer.buffer();
    buffer.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\')
            buffer.push_back('\\');
        buffer.push_back(c);
    }
    buffer.push_back('"');
}

} // namespace

void codec<hstore>::encode(const hstore& value, value_writer& writer) {
    bool first = true;
    for (const auto& [key, mapped] : value) {
        if (!first)
            writer.write_text(",");
        first = false;
        write_quoted(key, writer);
        writer.write_text("=>");
        if (mapped)
            write_quoted(*mapped, writer);
        else
            writer.write_text("NULL");
    }
}

bool codec<hstore>::accepts(std::uint32_t type, const type_catalog& types) {
    const type_description* description = types.find(type);
    return description && description->is_hstore;
}

hstore codec<hstore>::decode(const value_view& value) {
    value_reader reader(value);
    const auto count = reader.read<std::int32_t>();
    // Each takes eight bytes at least.
    if (count < 0 || static_cast<std::size_t>(count) > reader.remaining() / 8)
        detail::senseless();
    hstore result;
    for (std::int32_t i = 0; i != count; ++i) {
        std::string_view key;
        std::string_view mapped;
        if (!reader.read_value(key))
            detail::senseless();
        std::optional<std::string>& entry = result[std::string(key)];
        if (reader.read_value(mapped))
            entry = mapped;
        else
            entry.reset();
    }
    reader.finish();
    return result;
}

} // namespace coropq
