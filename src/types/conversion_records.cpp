// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Composite types and records (src/backend/utils/adt/rowtypes.c), and hstore (contrib/hstore/hstore_io.c).

#include "types/conversion.hpp"

#include <coropq/types/type_oid.hpp>

namespace coropq::detail {

bool read_quoted_part(text_reader& reader, std::string_view ends, std::string& part) {
    part.clear();
    bool anything = false;
    bool quoted = false;
    for (; quoted || ends.find(reader.peek()) == std::string_view::npos; anything = true) {
        const char character = reader.take();
        if (character == '\\') {
            part.push_back(reader.take());
        } else if (character == '"') {
            if (quoted && reader.skip('"'))
                part.push_back('"');
            else
                quoted = !quoted;
        } else {
            part.push_back(character);
        }
    }
    return anything;
}

// In quotes where it is empty or has one of the characters or a space; quotes and backslashes in it are doubled.
void text_maker::convert_quoted(std::uint32_t type, std::string_view binary, std::string_view special,
                                std::string& text) {
    const std::size_t begin = text.size();
    convert(type, binary, text);
    const std::string_view written = std::string_view(text).substr(begin);
    bool needed = written.empty();
    bool doubled = false;
    for (const char character : written) {
        needed = needed || is_space(character) || special.find(character) != std::string_view::npos;
        doubled = doubled || character == '"' || character == '\\';
    }
    if (!needed)
        return;
    if (!doubled) {
        text.insert(begin, 1, '"');
    } else {
        const std::string plain(written);
        text.resize(begin);
        text.push_back('"');
        for (const char character : plain) {
            if (character == '"' || character == '\\')
                text.push_back(character);
            text.push_back(character);
        }
    }
    text.push_back('"');
    if (doubled)
        check_length(text);
}

void binary_maker::convert_composite(const type_description& type, std::string_view text, std::string& binary) {
    const bool anonymous = type.oid == type_oid::record;
    text_reader reader(text);
    reader.expect('(');
    const std::size_t position = binary.size();
    append_number(binary, std::int32_t(0)); // how many
    std::size_t count = 0;
    std::string part;
    // A type without attributes and one whose only attribute is NULL look the same. Records without any are of no use.
    if (anonymous || !type.attributes.empty()) {
        do {
            if (!anonymous && count == type.attributes.size())
                throw value_error("the value has other attributes than its type");
            const std::uint32_t attribute = anonymous ? 0 : type.attributes[count].type;
            append_number(binary, attribute);
            if (read_quoted_part(reader, ",)", part))
                convert_part(attribute, part, binary);
            else
                append_number(binary, std::int32_t(-1));
            ++count;
        } while (reader.skip(','));
    }
    reader.expect(')');
    reader.finish();
    if (!anonymous && count != type.attributes.size())
        throw value_error("the value has other attributes than its type");
    replace_number(binary, position, count);
}

void text_maker::convert_composite(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto count = reader.read<std::int32_t>();
    if (count < 0)
        throw_senseless_bytes();
    text.push_back('(');
    for (std::int32_t i = 0; i != count; ++i) { // ends with an error where the bytes do
        if (i != 0)
            text.push_back(',');
        const auto type = reader.read<std::uint32_t>();
        std::string_view bytes;
        if (!reader.read_value(bytes))
            continue;
        convert_quoted(type, bytes, "(),\"\\", text);
    }
    text.push_back(')');
    reader.finish();
}

namespace {

// A key or a value of an hstore. False for NULL.
bool read_hstore_word(text_reader& reader, std::string_view ends, std::string& word) {
    word.clear();
    reader.skip_space();
    const bool quoted = reader.skip('"');
    const bool plain = !quoted;
    while (quoted
               ? !reader.skip('"')
               : !reader.at_end() && ends.find(reader.peek()) == std::string_view::npos && !is_space(reader.peek())) {
        reader.skip('\\');
        word.push_back(reader.take());
    }
    reader.skip_space();
    if (plain && word.empty())
        throw_senseless_text();
    return quoted || (word != "NULL" && word != "null");
}

void append_hstore_word(std::string& text, std::string_view word) {
    text.push_back('"');
    for (const char character : word) {
        if (character == '"' || character == '\\')
            text.push_back('\\');
        text.push_back(character);
    }
    text.push_back('"');
}

void append_part(std::string& binary, std::string_view part) {
    length_prefix length(binary);
    binary.append(part);
    length.end();
}

} // namespace

void hstore_to_binary(std::string_view text, std::string& binary) {
    text_reader reader(text);
    const std::size_t position = binary.size();
    append_number(binary, std::int32_t(0)); // how many
    std::size_t count = 0;
    std::string word;
    reader.skip_space();
    if (!reader.at_end()) {
        do {
            read_hstore_word(reader, "=", word);
            append_part(binary, word);
            if (!reader.skip("=>"))
                throw_senseless_text();
            if (read_hstore_word(reader, ",", word))
                append_part(binary, word);
            else
                append_number(binary, std::int32_t(-1));
            ++count;
        } while (reader.skip(','));
    }
    reader.finish();
    replace_number(binary, position, count);
}

void hstore_to_text(std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const auto count = reader.read<std::int32_t>();
    if (count < 0)
        throw_senseless_bytes();
    for (std::int32_t i = 0; i != count; ++i) { // ends with an error where the bytes do
        if (i != 0)
            text.append(", ");
        std::string_view word;
        if (!reader.read_value(word))
            throw_senseless_bytes();
        append_hstore_word(text, word);
        text.append("=>");
        if (reader.read_value(word))
            append_hstore_word(text, word);
        else
            text.append("NULL");
    }
    reader.finish();
}

} // namespace coropq::detail
