// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_JSON_TEXT_HPP
#define COROPQ_SRC_INSPECT_JSON_TEXT_HPP

// Described values as JSON, in one line. Members that have no value are null.

#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/mp11/algorithm.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

void write_json_string(std::ostream& stream, std::string_view text);

inline void write_json(std::ostream& stream, const std::string& value) { write_json_string(stream, value); }
inline void write_json(std::ostream& stream, bool value) { stream << (value ? "true" : "false"); }
template <std::integral Integer>
void write_json(std::ostream& stream, Integer value) {
    stream << std::to_string(value); // not as the stream would group its digits
}

template <typename Enum>
    requires boost::describe::has_describe_enumerators<Enum>::value
void write_json(std::ostream& stream, Enum value) {
    write_json_string(stream, boost::describe::enum_to_string(value, ""));
}

// They call each other.
template <typename T>
    requires boost::describe::has_describe_members<T>::value
void write_json(std::ostream& stream, const T& value);
template <typename T>
void write_json(std::ostream& stream, const std::optional<T>& value);
template <typename T>
void write_json(std::ostream& stream, const std::vector<T>& values);
template <typename Key, typename T>
void write_json(std::ostream& stream, const std::map<Key, T>& values);

template <typename T>
void write_json(std::ostream& stream, const std::optional<T>& value) {
    if (value)
        write_json(stream, *value);
    else
        stream << "null";
}

template <typename T>
void write_json(std::ostream& stream, const std::vector<T>& values) {
    stream << '[';
    bool first = true;
    for (const T& value : values) {
        stream << (first ? "" : ", ");
        first = false;
        write_json(stream, value);
    }
    stream << ']';
}

// As boost::json::value_from has maps whose keys aren't strings.
template <typename Key, typename T>
void write_json(std::ostream& stream, const std::map<Key, T>& values) {
    stream << '[';
    bool first = true;
    for (const auto& [key, value] : values) {
        stream << (first ? "[" : ", [");
        first = false;
        write_json(stream, key);
        stream << ", ";
        write_json(stream, value);
        stream << ']';
    }
    stream << ']';
}

template <typename T>
    requires boost::describe::has_describe_members<T>::value
void write_json(std::ostream& stream, const T& value) {
    stream << '{';
    bool first = true;
    boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
        stream << (first ? "" : ", ");
        first = false;
        write_json_string(stream, member.name);
        stream << ": ";
        write_json(stream, value.*member.pointer);
    });
    stream << '}';
}

} // namespace coropq::detail

#endif
