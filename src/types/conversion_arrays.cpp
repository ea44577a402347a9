// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Arrays, int2vector, oidvector: src/backend/utils/adt/arrayfuncs.c.

#include "types/conversion.hpp"

#include <limits>

namespace coropq::detail {

namespace {

constexpr std::size_t most_dimensions = 6; // MAXDIM

struct dimension {
    std::int32_t size = 0;
    std::int32_t lower = 1;
};

struct dimensions {
    dimension each[most_dimensions];
    std::size_t count = 0;
};

[[noreturn]] void throw_too_many_dimensions() { throw value_error("the array has more than six dimensions"); }

bool last_index_fits(dimension it) {
    return it.lower <= 0 || it.size <= 0 || it.lower - 1 <= std::numeric_limits<std::int32_t>::max() - it.size;
}

// [1:2][-1:3]= in front of the braces
dimensions read_bounds(text_reader& reader) {
    dimensions bounds;
    while (reader.skip('[')) {
        if (bounds.count == most_dimensions)
            throw_too_many_dimensions();
        dimension& it = bounds.each[bounds.count++];
        std::int64_t upper = reader.read_number<std::int32_t>();
        if (reader.skip(':')) {
            it.lower = static_cast<std::int32_t>(upper);
            upper = reader.read_number<std::int32_t>();
        }
        reader.expect(']');
        const std::int64_t size = upper - it.lower + 1;
        if (size < 1 || size > std::numeric_limits<std::int32_t>::max())
            throw_senseless_text();
        it.size = static_cast<std::int32_t>(size);
        reader.skip_space();
    }
    if (bounds.count != 0) {
        reader.expect('=');
        reader.skip_space();
    }
    return bounds;
}

void append_header(std::string& binary, const dimensions& all, bool has_nulls, std::uint32_t element) {
    append_number(binary, static_cast<std::int32_t>(all.count));
    append_number(binary, static_cast<std::int32_t>(has_nulls));
    append_number(binary, element);
    for (std::size_t i = 0; i != all.count; ++i) {
        append_number(binary, all.each[i].size);
        append_number(binary, all.each[i].lower);
    }
}

bool is_null(std::string_view word) {
    return word.size() == 4 && (word[0] | 0x20) == 'n' && (word[1] | 0x20) == 'u' && (word[2] | 0x20) == 'l' &&
           (word[3] | 0x20) == 'l';
}

// An element, quotes and escapes taken away. False for NULL.
bool read_element(text_reader& reader, char delimiter, std::string& element) {
    element.clear();
    if (reader.skip('"')) {
        while (!reader.skip('"')) {
            reader.skip('\\');
            element.push_back(reader.take());
        }
        return true;
    }
    std::size_t end = 0; // spaces at the end aren't part of it, unless escaped
    bool escaped = false;
    while (reader.peek() != delimiter && reader.peek() != '}') {
        if (reader.peek() == '"' || reader.peek() == '{')
            throw_senseless_text();
        const bool escape = reader.skip('\\');
        escaped = escaped || escape;
        element.push_back(reader.take());
        if (escape || !is_space(element.back()))
            end = element.size();
    }
    element.resize(end);
    if (element.empty())
        throw_senseless_text();
    return escaped || !is_null(element);
}

// The braces, one after the other; each element is given to the caller.
class braces {
public:
    braces(text_reader& reader, char delimiter) noexcept : reader_(reader), delimiter_(delimiter) {}

    // Moves to the next element. False at the end of the array.
    bool next() {
        bool after_element = begun_ && !opened_;
        for (;; reader_.skip_space()) {
            reader_.skip_space();
            if (begun_ && depth_ == 0)
                return false;
            if (after_element && reader_.skip(delimiter_)) {
                reader_.skip_space();
                if (reader_.peek() == '}')
                    throw_senseless_text();
                after_element = false;
            } else if (!after_element && reader_.peek() == '{') {
                open();
            } else if (reader_.peek() == '}' && (after_element || opened_)) {
                close();
                after_element = true;
            } else if (!after_element && depth_ != 0 && !reader_.at_end()) {
                begin_element();
                return true;
            } else {
                throw_senseless_text();
            }
        }
    }

    const dimensions& found() const noexcept { return found_; }

private:
    void open() {
        reader_.take();
        if (depth_ == most_dimensions)
            throw_too_many_dimensions();
        if (depth_ != 0)
            count(depth_ - 1);
        if (leaf_ != 0 && depth_ >= leaf_) // elements and braces side by side
            throw_senseless_text();
        counts_[depth_++] = 0;
        begun_ = opened_ = true;
    }

    void begin_element() {
        if (leaf_ == 0)
            leaf_ = depth_;
        if (leaf_ != depth_)
            throw_senseless_text();
        count(depth_ - 1);
        opened_ = false;
    }

    void close() {
        reader_.take();
        --depth_;
        if (leaf_ == 0)
            leaf_ = depth_ + 1;
        opened_ = false;
        // Every part of a dimension is as long as the first.
        if (known_[depth_] && found_.each[depth_].size != counts_[depth_])
            throw value_error("the parts of the array have different sizes");
        known_[depth_] = true;
        found_.each[depth_].size = counts_[depth_];
        if (found_.count <= depth_)
            found_.count = depth_ + 1;
    }

    void count(std::size_t level) {
        if (counts_[level] == std::numeric_limits<std::int32_t>::max())
            throw_text_out_of_range();
        ++counts_[level];
    }

    text_reader& reader_;
    dimensions found_;
    std::int32_t counts_[most_dimensions] = {};
    bool known_[most_dimensions] = {};
    std::size_t depth_ = 0;
    std::size_t leaf_ = 0; // how deep the elements are; 0: not known yet
    char delimiter_;
    bool begun_ = false;
    bool opened_ = false; // the last was an opening brace
};

char delimiter_of(const type_catalog& types, std::uint32_t element) {
    const type_description* type = types.find(element);
    return type ? type->delimiter : ',';
}

bool is_special(char character, char delimiter) {
    return character == '"' || character == '\\' || character == '{' || character == '}' || character == delimiter ||
           is_space(character);
}

// Returns whether it has grown by more than the quotes.
bool quote_element(std::string& text, std::size_t begin, char delimiter) {
    const std::string_view written = std::string_view(text).substr(begin);
    bool needed = written.empty() || is_null(written);
    std::size_t escapes = 0;
    for (const char character : written) {
        needed = needed || is_special(character, delimiter);
        escapes += character == '"' || character == '\\' ? 1 : 0;
    }
    if (!needed)
        return false;
    if (escapes == 0) {
        text.insert(begin, 1, '"');
    } else {
        const std::string plain(written);
        text.resize(begin);
        text.push_back('"');
        for (const char character : plain) {
            if (character == '"' || character == '\\')
                text.push_back('\\');
            text.push_back(character);
        }
    }
    text.push_back('"');
    return escapes != 0;
}

} // namespace

void binary_maker::convert_array(std::uint32_t element, std::string_view text, std::string& binary) {
    text_reader reader(text);
    reader.skip_space();
    const dimensions bounds = read_bounds(reader);
    const char delimiter = delimiter_of(types_, element);
    braces structure(reader, delimiter);
    std::string elements, part;
    bool has_nulls = false;
    while (structure.next()) {
        if (read_element(reader, delimiter, part)) {
            convert_part(element, part, elements);
        } else {
            append_number(elements, std::int32_t(-1));
            has_nulls = true;
        }
    }
    reader.finish();
    dimensions all = structure.found();
    if (elements.empty())
        all.count = 0; // {{},{}} is as empty as {}
    if (bounds.count != 0) {
        if (bounds.count != all.count)
            throw_senseless_text();
        for (std::size_t i = 0; i != all.count; ++i) {
            if (bounds.each[i].size != all.each[i].size)
                throw_senseless_text();
            all.each[i].lower = bounds.each[i].lower;
        }
    }
    append_header(binary, all, has_nulls, element);
    binary.append(elements);
}

void binary_maker::convert_vector(std::uint32_t element, std::string_view text, std::string& binary) {
    std::string elements;
    std::int32_t count = 0;
    for (text_reader reader(text); !reader.at_end(); ++count) {
        convert_part(element, reader.take(reader.rest().find(' ')), elements);
        if (reader.skip(' ') && reader.at_end())
            throw_senseless_text();
    }
    dimensions all;
    all.count = 1;
    all.each[0] = {count, 0};
    append_header(binary, all, false, element);
    binary.append(elements);
}

namespace {

dimensions read_dimensions(value_reader& reader, std::uint32_t& element) {
    dimensions all;
    const auto count = reader.read<std::int32_t>();
    const auto flags = reader.read<std::int32_t>();
    const auto said = reader.read<std::uint32_t>();
    if (count < 0 || count > static_cast<std::int32_t>(most_dimensions) || flags < 0 || flags > 1)
        throw_senseless_bytes();
    if (said != 0)
        element = said;
    all.count = static_cast<std::size_t>(count);
    std::int64_t items = 1;
    // Each element has four bytes at least: a count that is larger than the value would let us loop for long.
    std::int64_t most = 0;
    for (std::size_t i = 0; i != all.count; ++i) {
        all.each[i].size = reader.read<std::int32_t>();
        all.each[i].lower = reader.read<std::int32_t>();
    }
    most = static_cast<std::int64_t>(reader.remaining() / 4);
    for (std::size_t i = 0; i != all.count; ++i) {
        if (all.each[i].size < 0 || !last_index_fits(all.each[i]))
            throw_senseless_bytes();
        if (all.each[i].size == 0) {
            all.count = 0;
            break;
        }
        items *= all.each[i].size;
        if (items > most)
            throw_senseless_bytes();
    }
    if (all.count == 0)
        reader.finish();
    return all;
}

} // namespace

void text_maker::convert_array(std::uint32_t element, std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const dimensions all = read_dimensions(reader, element);
    if (all.count == 0) {
        text.append("{}");
        return;
    }
    bool bounds = false;
    for (std::size_t i = 0; i != all.count; ++i)
        bounds = bounds || all.each[i].lower != 1;
    for (std::size_t i = 0; bounds && i != all.count; ++i) {
        text.push_back('[');
        append_decimal(text, all.each[i].lower);
        text.push_back(':');
        append_decimal(text, std::int64_t(all.each[i].lower) + all.each[i].size - 1);
        text.push_back(']');
    }
    if (bounds)
        text.push_back('=');
    const char delimiter = delimiter_of(types_, element);
    text.append(all.count, '{');
    std::int32_t position[most_dimensions] = {};
    for (std::size_t level = all.count; level != 0;) {
        std::string_view bytes;
        if (reader.read_value(bytes)) {
            const std::size_t begin = text.size();
            convert(element, bytes, text);
            if (quote_element(text, begin, delimiter))
                check_length(text);
        } else {
            text.append("NULL");
        }
        // The next position: as many braces end and begin as dimensions are through.
        level = all.count;
        while (level != 0 && ++position[level - 1] == all.each[level - 1].size) {
            position[level - 1] = 0;
            text.push_back('}');
            --level;
        }
        if (level != 0) {
            text.push_back(delimiter);
            text.append(all.count - level, '{');
        }
    }
    reader.finish();
}

void text_maker::convert_vector(std::uint32_t element, std::string_view binary, std::string& text) {
    value_reader reader(binary);
    const dimensions all = read_dimensions(reader, element);
    if (all.count > 1)
        throw_senseless_bytes();
    for (std::int32_t i = 0; all.count != 0 && i != all.each[0].size; ++i) {
        std::string_view bytes;
        if (!reader.read_value(bytes))
            throw_senseless_bytes();
        if (i != 0)
            text.push_back(' ');
        convert(element, bytes, text);
    }
    reader.finish();
}

} // namespace coropq::detail
