// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Types that columns can't be read as. Without COROPQ_CASE, everything compiles.

#include <coropq/result.hpp>
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

struct without_default {
    explicit without_default(int given) : id(given) {}
    int id;
};
BOOST_DESCRIBE_STRUCT(without_default, (), (id))

#if COROPQ_CASE == 0
BOOST_DESCRIBE_STRUCT(gadget, (), (part))
BOOST_DESCRIBE_ENUM(mood, sad, ok)
#endif

auto read(const coropq::result& result) {
    const coropq::field field = result[0][0];
#if COROPQ_CASE == 0 || COROPQ_CASE == 1
    // expect 1: coropq: a column can't be read as this type
    return field.as<gadget>();
#elif COROPQ_CASE == 2
    // expect 2: coropq: a column can't be read as this type
    return result.all<gadget>();
#elif COROPQ_CASE == 3
    // expect 3: coropq: a column can't be read as this type
    return result[0].as<person>();
#elif COROPQ_CASE == 4
    // expect 4: coropq: this enum isn't described: write BOOST_DESCRIBE_ENUM
    return field.as<mood>();
#elif COROPQ_CASE == 5
    // expect 5: coropq: a column can't be read as this type
    return field.as<std::vector<gadget>>();
#elif COROPQ_CASE == 6
    // expect 6: coropq: a column can't be read as this type
    return result.all<std::tuple<int, gadget>>();
#elif COROPQ_CASE == 7
    // expect 7: coropq: a column can't be read as this type
    return field.as<std::optional<gadget>>();
#elif COROPQ_CASE == 8
    // expect 8: coropq: a column can't be read as this type
    return field.as<const char*>();
#elif COROPQ_CASE == 9
    // expect 9: coropq: a mapped struct needs a default constructor
    return result.all<without_default>();
#endif
}
