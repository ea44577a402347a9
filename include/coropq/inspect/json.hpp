// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_JSON_HPP
#define COROPQ_INSPECT_JSON_HPP

// Reflected values back from JSON: what `<<` prints, or `boost::json::value_from` makes.
//
//     auto stored = boost::json::value_to<coropq::reflected::schema_snapshot>(boost::json::parse(text));
//
// Members that aren't there keep their defaults, others are ignored: so it reads what another version of the library
// has written. What doesn't fit throws `boost::system::system_error`, with its place in the text of the error.
//
// Not part of <coropq/coropq.hpp>: include it where it is needed, and link Boost.JSON.

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/system/system_error.hpp>

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace coropq {

namespace detail {

/// Fills a value from JSON, and knows where in that it is.
class json_reader {
public:
    void read(std::string& to, const boost::json::value& from) {
        const boost::json::string* text = from.if_string();
        if (text == nullptr)
            fail(boost::json::error::not_string);
        to.assign(text->data(), text->size());
    }
    void read(bool& to, const boost::json::value& from) {
        if (!from.is_bool())
            fail(boost::json::error::not_bool);
        to = from.get_bool();
    }
    template <std::integral Integer>
    void read(Integer& to, const boost::json::value& from) {
        boost::json::error_code code;
        to = from.to_number<Integer>(code);
        if (code)
            fail(code);
    }
    template <typename Enum>
        requires boost::describe::has_describe_enumerators<Enum>::value
    void read(Enum& to, const boost::json::value& from) {
        std::string name;
        read(name, from);
        if (!boost::describe::enum_from_string(name.c_str(), to))
            fail(boost::json::error::unknown_name);
    }
    template <typename T>
    void read(std::optional<T>& to, const boost::json::value& from) {
        to.reset();
        if (!from.is_null())
            read(to.emplace(), from);
    }
    template <typename T>
    void read(std::vector<T>& to, const boost::json::value& from) {
        const boost::json::array& elements = array_of(from);
        to.clear();
        to.resize(elements.size());
        for (std::size_t i = 0; i != elements.size(); ++i)
            read_part('[' + std::to_string(i) + ']', to[i], elements[i]);
    }
    template <typename Key, typename T>
    void read(std::map<Key, T>& to, const boost::json::value& from) {
        const boost::json::array& elements = array_of(from);
        to.clear();
        for (std::size_t i = 0; i != elements.size(); ++i) {
            const std::string place = '[' + std::to_string(i) + ']';
            Key key;
            const boost::json::array* const pair = elements[i].if_array();
            if (pair == nullptr || pair->size() != 2)
                fail(boost::json::error::size_mismatch);
            read_part(place + "[0]", key, (*pair)[0]);
            read_part(place + "[1]", to[std::move(key)], (*pair)[1]);
        }
    }
    template <typename T>
        requires boost::describe::has_describe_members<T>::value
    void read(T& to, const boost::json::value& from) {
        const boost::json::object* const members = from.if_object();
        if (members == nullptr)
            fail(boost::json::error::not_object);
        boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
            if (const boost::json::value* const part = members->if_contains(member.name))
                read_part(std::string(".") + member.name, to.*member.pointer, *part);
        });
    }

private:
    template <typename T>
    void read_part(const std::string& place, T& to, const boost::json::value& from) {
        const std::size_t size = place_.size();
        place_ += place;
        read(to, from);
        place_.resize(size);
    }

    const boost::json::array& array_of(const boost::json::value& from) const {
        const boost::json::array* const elements = from.if_array();
        if (elements == nullptr)
            fail(boost::json::error::not_array);
        return *elements;
    }

    [[noreturn]] void fail(boost::json::error_code code) const {
        throw boost::system::system_error(code, place_.empty() ? "the value" : place_);
    }

    std::string place_;
};

} // namespace detail

namespace reflected {

template <typename T>
    requires boost::describe::has_describe_members<T>::value
T tag_invoke(boost::json::value_to_tag<T>, const boost::json::value& from) {
    T value;
    detail::json_reader().read(value, from);
    return value;
}

template <typename T>
by_relation<T> tag_invoke(boost::json::value_to_tag<by_relation<T>>, const boost::json::value& from) {
    by_relation<T> values;
    detail::json_reader().read(values, from);
    return values;
}

} // namespace reflected

} // namespace coropq

#endif
