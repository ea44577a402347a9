// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_NAMED_HPP
#define COROPQ_NAMED_HPP

// Parameters with names:
//
//     co_await engine.execute("update users set name = :name where id = :id", named("id", 7), named("name", "Ada"));
//     co_await engine.execute("insert into users (id, name) values (:id, :name)", named(user));
//
// `:name` may stand wherever `$1` may, and as often as needed. It is replaced by `$1`, `$2`, … before anything is sent,
// only where the server would see it: not in strings, quoted names and comments, and `a::int` and `:=` are left alone.
// A colon directly behind a word, `]` or `)` begins no parameter: `a[1:upper]` is a slice of an array up to the column
// `upper`, and `a[1 : :upper]` one up to a parameter. `a[:upper]` has a parameter; write `a[: upper]` for the column.

#include <coropq/column_names.hpp>
#include <coropq/detail/arguments.hpp>
#include <coropq/detail/described.hpp>

#include <boost/describe/members.hpp>
#include <boost/describe/modifiers.hpp>

#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

namespace coropq {

namespace detail {

/// The name and the value of a parameter, which it refers to.
template <typename T>
class named_reference {
public:
    named_reference(std::string_view name, const T& value) noexcept : name_(name), value_(&value) {}

    argument as_argument() const {
        argument result = make_argument(*value_);
        result.name = name_;
        result.is_named = true;
        return result;
    }

private:
    std::string_view name_;
    const T* value_;
};

template <typename T, typename Descriptor>
void encode_member(const void* object, encoded_parameters& output) {
    encode_parameter(static_cast<const T*>(object)->*Descriptor::pointer, output);
}

// Members that can't be parameters don't matter until a statement uses them.
template <typename T, typename Descriptor>
constexpr named_member make_member() {
    using type = std::remove_cvref_t<decltype(std::declval<const T&>().*Descriptor::pointer)>;
    named_member result{member_column<T, Descriptor>(), Descriptor::name, nullptr};
    if constexpr (is_parameter<type>)
        result.encode = &encode_member<T, Descriptor>;
    return result;
}

template <typename T, template <typename...> typename List, typename... Descriptors>
constexpr std::array<named_member, sizeof...(Descriptors)> make_members(List<Descriptors...>) {
    return {make_member<T, Descriptors>()...};
}

template <typename T>
inline constexpr bool has_named_members = boost::describe::has_describe_members<T>::value;

template <typename T>
inline constexpr auto all_members_of = make_members<T>(
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>());

/// A struct whose members are parameters. Refers to it.
template <typename T>
class named_members {
public:
    explicit named_members(const T& object) noexcept : object_(&object) {}

    argument as_argument() const noexcept {
        if constexpr (has_named_members<T>)
            return {.value = object_, .members = all_members_of<T>, .is_named = true};
        else
            return {};
    }

private:
    const T* object_;
};

} // namespace detail

/// The value of `:name` in the text of a statement. Refers to the name and the value: for use in the call that makes
/// the statement, not for keeping.
///
/// A statement has either named parameters or positional ones. Whoever makes it throws `option_error`
/// (`errc::invalid_parameter`) for a `:name` without a value, a value without a `:name`, a name that is given twice,
/// and
/// `$1` beside `:name`.
template <typename T>
[[nodiscard]] detail::named_reference<T> named(std::string_view name, const T& value) noexcept {
    return {name, value};
}

/// The public members of a struct that is described with Boost.Describe, those of its bases included, as parameters
/// with the names of their columns (`column_names`) or their own. `:first_name` is the member `firstName` as well.
/// Members that the statement has no use for are ignored.
template <typename T>
[[nodiscard]] detail::named_members<T> named(const T& object) noexcept {
    static_assert(detail::has_named_members<T>,
                  "coropq: named(object) needs a struct that is described with BOOST_DESCRIBE_STRUCT; give the name of "
                  "a single value: named(\"name\", value)");
    return detail::named_members<T>(object);
}

/// A named parameter that owns its encoded value: for `statement::with`, and for lists that are made at run time.
class named_parameter {
public:
    /// Types as in `parameter`. Throws `option_error` (`errc::invalid_parameter`) if the value can't be encoded.
    template <typename T>
    named_parameter(std::string_view name, const T& value) : named_parameter(name, detail::make_argument(value), 0) {}

    const std::string& name() const noexcept { return name_; }

    /// For the library.
    detail::argument as_argument() const noexcept;

private:
    named_parameter(std::string_view name, const detail::argument& value, int);

    std::string name_;
    detail::encoded_parameters encoded_;
};

} // namespace coropq

#endif
