// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_MAPPING_HPP
#define COROPQ_MAPPING_HPP

// How rows become C++ objects. The columns are looked up and their types checked once, when a `row_reader` is made;
// rows then cost the decoding of their values.
//
//     struct user { int id; std::string name; std::optional<int> age; };
//     BOOST_DESCRIBE_STRUCT(user, (), (id, name, age))
//
// Members find their columns by name (see `column_names`); each member needs one, and columns without a member are
// ignored. Members of base classes count as the struct's own. A struct needs a default constructor.

#include <coropq/detail/cell.hpp>
#include <coropq/detail/described.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace coropq::detail {

// Each throws `result_error`.
std::size_t find_member_column(const result_data& data, std::string_view member, std::string_view cpp_type);
void check_column_count(const result_data& data, std::size_t expected, std::string_view cpp_type);

template <typename T>
column_access checked_column(const result_data& data, std::size_t column) {
    const column_access access = access_column(data, column);
    check_type<T>(access, every_row);
    return access;
}

/// A type that is read from the only column of a row.
template <typename T>
class row_reader {
public:
    explicit row_reader(const result_data& data) {
        check_readable<T>();
        if constexpr (readable<T>) {
            check_column_count(data, 1, type_text<T>());
            column_ = checked_column<T>(data, 0);
        }
    }

    T read(std::size_t row) const {
        if constexpr (readable<T>)
            return read_cell<T>(column_, row);
        else
            return unreadable<T>();
    }

private:
    column_access column_;
};

/// A tuple or pair: the columns in their order.
template <typename T>
    requires is_tuple<T>
class row_reader<T> {
public:
    explicit row_reader(const result_data& data) {
        check(std::make_index_sequence<size>());
        check_column_count(data, size, type_text<T>());
        look_up(data, std::make_index_sequence<size>());
    }

    T read(std::size_t row) const { return read_all(row, std::make_index_sequence<size>()); }

private:
    static constexpr std::size_t size = std::tuple_size_v<T>;

    template <std::size_t... I>
    static constexpr void check(std::index_sequence<I...>) {
        (check_readable<std::tuple_element_t<I, T>>(), ...);
    }
    template <std::size_t... I>
    void look_up([[maybe_unused]] const result_data& data, std::index_sequence<I...>) {
        if constexpr ((readable<std::tuple_element_t<I, T>> && ...))
            ((columns_[I] = checked_column<std::tuple_element_t<I, T>>(data, I)), ...);
    }
    template <std::size_t... I>
    T read_all([[maybe_unused]] std::size_t row, std::index_sequence<I...>) const {
        if constexpr ((readable<std::tuple_element_t<I, T>> && ...))
            return T{read_cell<std::tuple_element_t<I, T>>(columns_[I], row)...}; // braces: from left to right
        else
            return unreadable<T>();
    }

    std::array<column_access, size> columns_;
};

/// A described struct: columns by name.
template <described_struct T>
class row_reader<T> {
public:
    explicit row_reader(const result_data& data) {
        static_assert(std::is_default_constructible_v<T>, "coropq: a mapped struct needs a default constructor");
        std::size_t index = 0;
        boost::mp11::mp_for_each<members_of<T>>([&]<typename Descriptor>(Descriptor) {
            using member = decltype(type_of_member(Descriptor::pointer));
            check_readable<member>();
            if constexpr (readable<member>) {
                const std::size_t column = find_member_column(data, member_column<T, Descriptor>(), type_text<T>());
                columns_[index++] = checked_column<member>(data, column);
            }
        });
    }

    T read([[maybe_unused]] std::size_t row) const {
        if constexpr (std::is_default_constructible_v<T>) {
            T object{};
            std::size_t index = 0;
            boost::mp11::mp_for_each<members_of<T>>([&]<typename Descriptor>(Descriptor) {
                using member = decltype(type_of_member(Descriptor::pointer));
                if constexpr (readable<member>)
                    object.*Descriptor::pointer = read_cell<member>(columns_[index++], row);
            });
            return object;
        } else {
            return unreadable<T>();
        }
    }

private:
    std::array<column_access, boost::mp11::mp_size<members_of<T>>::value> columns_;
};

/// Whether an object refers to bytes of the result it was read from, and so must not outlive it.
template <typename T>
consteval bool refers_to_result();

template <typename... Ts>
consteval bool any_refers_to_result(std::tuple<Ts...>*) {
    return (refers_to_result<Ts>() || ...);
}
template <typename First, typename Second>
consteval bool any_refers_to_result(std::pair<First, Second>*) {
    return refers_to_result<First>() || refers_to_result<Second>();
}

template <typename T>
struct member_refers_to_result {
    template <typename Descriptor>
    using fn = std::bool_constant<refers_to_result<decltype(type_of_member(Descriptor::pointer))>()>;
};

template <typename T>
consteval bool refers_to_result() {
    if constexpr (is_optional<T>)
        return refers_to_result<typename T::value_type>();
    else if constexpr (is_tuple<T>)
        return any_refers_to_result(static_cast<T*>(nullptr));
    else if constexpr (described_struct<T>)
        return boost::mp11::mp_any_of_q<members_of<T>, member_refers_to_result<T>>::value;
    else
        return is_view<T>;
}

template <typename T>
constexpr void check_owning() {
    static_assert(!refers_to_result<T>(),
                  "coropq: this type refers to the result, which ends with the call: use std::string instead of "
                  "std::string_view, std::vector<std::byte> instead of std::span, or execute() and result::rows()");
}

} // namespace coropq::detail

#endif
