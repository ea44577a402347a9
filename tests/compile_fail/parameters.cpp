// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Types that can't be parameters. Without COROPQ_CASE, everything compiles.

#include <coropq/named.hpp>
#include <coropq/statement.hpp>
#include <coropq/types/array.hpp>
#include <coropq/types/composite.hpp>
#include <coropq/types/enumeration.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <tuple>
#include <vector>

#ifndef COROPQ_CASE
#define COROPQ_CASE 0
#endif

struct gadget {
    int part = 0;
};

enum class mood { sad, ok };

struct person {
    int id = 0;
    gadget held;
};
BOOST_DESCRIBE_STRUCT(person, (), (id, held))

#if COROPQ_CASE == 0
BOOST_DESCRIBE_STRUCT(gadget, (), (part))
BOOST_DESCRIBE_ENUM(mood, sad, ok)
#endif

coropq::statement make(const gadget& value) {
    using coropq::named;
    using coropq::statement;
#if COROPQ_CASE == 0 || COROPQ_CASE == 1
    // expect 1: coropq: this type can't be a parameter of a statement
    return statement("select $1", value);
#elif COROPQ_CASE == 2
    // expect 2: coropq: this type can't be a parameter of a statement
    return statement("select :gadget", named("gadget", value));
#elif COROPQ_CASE == 3
    // expect 3: coropq: this type can't be a parameter of a statement
    return statement::with("select :gadget", {{"gadget", value}});
#elif COROPQ_CASE == 4
    // expect 4: coropq: named(object) needs a struct that is described with BOOST_DESCRIBE_STRUCT
    return statement("select :part", named(value));
#elif COROPQ_CASE == 5
    // expect 5: coropq: this enum isn't described: write BOOST_DESCRIBE_ENUM
    return statement("select $1", mood::ok);
#elif COROPQ_CASE == 6
    // expect 6: coropq: this type can't be a parameter of a statement
    return statement("select $1", std::vector<gadget>{value});
#elif COROPQ_CASE == 7
    // expect 7: coropq: this type can't be a parameter of a statement
    return statement("select $1", std::tuple(1, value));
#elif COROPQ_CASE == 8
    // expect 8: coropq: this type can't be a parameter of a statement
    return statement("select $1", std::optional(value));
#elif COROPQ_CASE == 9
    // expect 9: coropq: this type can't be a parameter of a statement
    return statement("select $1", person{.id = 1, .held = value});
#elif COROPQ_CASE == 10
    // expect 10: coropq: this enum isn't described: write BOOST_DESCRIBE_ENUM
    return statement("select $1", std::vector{mood::ok});
#endif
}
