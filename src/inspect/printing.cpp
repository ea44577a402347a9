// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How reflected values print.

#include "inspect/json_text.hpp"

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/dataset.hpp>
#include <coropq/inspect/extension.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/partition_key.hpp>
#include <coropq/inspect/policy.hpp>
#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/range_type.hpp>
#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/routine.hpp>
#include <coropq/inspect/schema.hpp>
#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/inspect/table.hpp>
#include <coropq/inspect/table_order.hpp>
#include <coropq/inspect/trigger.hpp>
#include <coropq/inspect/user_types.hpp>

namespace coropq {

namespace detail {

namespace {

// How many bytes the character that begins there has in well-formed UTF-8 (Unicode standard, table 3-7); 0: it isn't.
std::size_t character_length(std::string_view text, std::size_t begin) noexcept {
    const auto byte = [&](std::size_t i) {
        return begin + i < text.size() ? static_cast<unsigned char>(text[begin + i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4 || !continues(1))
        return 0;
    if (first < 0xe0)
        return 2;
    // Not longer than necessary, no surrogates, nothing behind U+10FFFF.
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90) ||
        (first == 0xf4 && second > 0x8f) || !continues(2))
        return 0;
    if (first < 0xf0)
        return 3;
    return continues(3) ? 4 : 0;
}

} // namespace

// Bytes that are no UTF-8, which a database without an encoding may have, become the replacement character.
void write_json_string(std::ostream& stream, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    stream << '"';
    for (std::size_t i = 0; i != text.size();) {
        const char c = text[i];
        const std::size_t length = character_length(text, i);
        if (length != 1)
            stream << (length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(i, length));
        else if (c == '"' || c == '\\')
            stream << '\\' << c;
        else if (c == '\n')
            stream << "\\n";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            stream << "\\u00" << digits[static_cast<unsigned char>(c) >> 4]
                   << digits[static_cast<unsigned char>(c) & 15];
        else
            stream << c;
        i += length == 0 ? 1 : length;
    }
    stream << '"';
}

namespace {

template <typename T>
std::ostream& print(std::ostream& stream, const T& value) {
    write_json(stream, value);
    return stream;
}

} // namespace

} // namespace detail

namespace reflected {

std::ostream& operator<<(std::ostream& stream, const qualified_name& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const dataset& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const data_type& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const identity& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const generation& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const column& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const index_element& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const index& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const unique_constraint& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const check_constraint& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const exclusion_element& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const exclusion_constraint& value) {
    return detail::print(stream, value);
}
std::ostream& operator<<(std::ostream& stream, const foreign_key& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const table_options& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const relation& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const table& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const enum_type& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const domain_constraint& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const domain_type& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const schema_snapshot& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const ordered_table& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const deferred_foreign_key& value) {
    return detail::print(stream, value);
}
std::ostream& operator<<(std::ostream& stream, const table_order& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const policy& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const privilege& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const sequence_column& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const sequence& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const trigger& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const partition_element& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const partition_key& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const attribute& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const composite_type& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const range_type& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const routine_argument& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const routine& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const schema& value) { return detail::print(stream, value); }
std::ostream& operator<<(std::ostream& stream, const extension& value) { return detail::print(stream, value); }

} // namespace reflected

} // namespace coropq
