// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How reflected values print.

#include "inspect/json_text.hpp"

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/constraint.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/index.hpp>
#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/table.hpp>
#include <coropq/inspect/table_order.hpp>
#include <coropq/inspect/user_types.hpp>

namespace coropq {

namespace detail {

void write_json_string(std::ostream& stream, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    stream << '"';
    for (const char c : text) {
        if (c == '"' || c == '\\')
            stream << '\\' << c;
        else if (c == '\n')
            stream << "\\n";
        else if (static_cast<unsigned char>(c) < 0x20)
            stream << "\\u00" << digits[static_cast<unsigned char>(c) >> 4]
                   << digits[static_cast<unsigned char>(c) & 15];
        else
            stream << c;
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

} // namespace reflected

} // namespace coropq
