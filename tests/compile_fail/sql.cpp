// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Statements in C++ that make no sense. Without COROPQ_CASE, everything compiles.

#include <coropq/sql/sql.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#ifndef COROPQ_CASE
#define COROPQ_CASE 0
#endif

struct user {
    std::int64_t id = 0;
    std::string name;
    std::optional<int> age;
    int secret = 0;
};
BOOST_DESCRIBE_STRUCT(user, (), (id, name, age))

struct order {
    std::int64_t id = 0;
    std::int64_t user_id = 0;
};
BOOST_DESCRIBE_STRUCT(order, (), (id, user_id))

struct undeclared {
    int id = 0;
};
BOOST_DESCRIBE_STRUCT(undeclared, (), (id))

struct summary {
    std::int64_t id = 0;
    int age = 0;
};
BOOST_DESCRIBE_STRUCT(summary, (), (id, age))

struct nothing_of_sql {};

template <>
struct coropq::mapped_table<user> {
    static constexpr std::string_view name = "users";
};
template <>
struct coropq::mapped_table<order> {
    static constexpr std::string_view name = "orders";
};

auto make(const nothing_of_sql& thing) {
    using namespace coropq::sql;
    static_cast<void>(thing);
#if COROPQ_CASE == 0
    return select<user>().where(col<&user::age> > 30);
#elif COROPQ_CASE == 1
    // expect 1: coropq: values of these types can't be compared
    return select<user>().where(col<&user::age> > "30");
#elif COROPQ_CASE == 2
    // expect 2: coropq: a condition has to be true or false
    return select<user>().where(col<&user::age>);
#elif COROPQ_CASE == 3
    // expect 3: coropq: there is no such arithmetic with values of these types
    return select(col<&user::name> * 2);
#elif COROPQ_CASE == 4
    // expect 4: coropq: patterns are for text
    return select<user>().where(col<&user::age>.like("3%"));
#elif COROPQ_CASE == 5
    // expect 5: coropq: nobody said which table this struct is a row of
    return select<undeclared>();
#elif COROPQ_CASE == 6
    // expect 6: coropq: this member isn't described
    return select(col<&user::secret>);
#elif COROPQ_CASE == 7
    // expect 7: coropq: this column can't be NULL
    return update<user>().set(col<&user::name> = std::nullopt);
#elif COROPQ_CASE == 8
    // expect 8: coropq: this column can't be NULL
    return update<user>().set(col<&user::id> = col<&user::age>);
#elif COROPQ_CASE == 9
    // expect 9: coropq: a column can't have values of this type
    return update<user>().set(col<&user::age> = "30");
#elif COROPQ_CASE == 10
    // expect 10: coropq: the statement changes another table than that of this column
    return update<user>().set(col<&order::user_id> = 7);
#elif COROPQ_CASE == 11
    // expect 11: coropq: a member of this struct has another type than its column, or can't be NULL
    return select(col<&user::id>, col<&user::age>).into<summary>();
#elif COROPQ_CASE == 12
    // expect 12: coropq: this join leaves rows without an object of the selected table
    return typename decltype(select<user>().right_join<order>(col<&order::user_id> == col<&user::id>))::row_type();
#elif COROPQ_CASE == 13
    // expect 13: coropq: a query in the place of a value has to have one column
    return select(value(1)).where(col<&user::id>.in(select(col<&user::id>, col<&user::name>)));
#elif COROPQ_CASE == 14
    // expect 14: coropq: these values have different types
    return select(coalesce(col<&user::age>, "none"));
#elif COROPQ_CASE == 15
    // expect 15: coropq: this type can't be a value in a statement
    return select(func("f", thing));
#elif COROPQ_CASE == 16
    // expect 16: coropq: the columns of the query don't fit those that are inserted
    return insert<user>().columns(col<&user::name>).from(select(col<&user::id>));
#endif
}
