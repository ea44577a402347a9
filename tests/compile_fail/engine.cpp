// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What queries can't take or give. Without COROPQ_CASE, everything compiles.

#include <coropq/engine.hpp>
#include <coropq/types/enumeration.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/describe/class.hpp>

#include <string>
#include <string_view>
#include <tuple>

#ifndef COROPQ_CASE
#define COROPQ_CASE 0
#endif

struct gadget {
    int part = 0;
};

enum class mood { sad, ok };

struct view {
    std::string_view name;
};
BOOST_DESCRIBE_STRUCT(view, (), (name))

#if COROPQ_CASE == 0
BOOST_DESCRIBE_STRUCT(gadget, (), (part))
#endif

boost::asio::awaitable<void> query([[maybe_unused]] coropq::engine& engine, [[maybe_unused]] gadget value) {
#if COROPQ_CASE == 0
    co_await engine.execute("select $1", 1);
    co_await engine.fetch<gadget>("select 1 as part");
    co_await engine.fetch_value<std::string>("select 'a'");
#elif COROPQ_CASE == 1
    // expect 1: coropq: this type can't be a parameter of a statement
    co_await engine.execute("select $1", value);
#elif COROPQ_CASE == 2
    // expect 2: coropq: a column can't be read as this type
    co_await engine.fetch<gadget>("select 1");
#elif COROPQ_CASE == 3
    // expect 3: coropq: this type refers to the result, which ends with the call: use std::string
    co_await engine.fetch<std::string_view>("select 'a'");
#elif COROPQ_CASE == 4
    // expect 4: coropq: this type refers to the result, which ends with the call: use std::string
    co_await engine.fetch_optional<view>("select 'a' as name");
#elif COROPQ_CASE == 5
    // expect 5: coropq: this enum isn't described: write BOOST_DESCRIBE_ENUM
    co_await engine.fetch_value<mood>("select 'sad'");
#elif COROPQ_CASE == 6
    // expect 6: coropq: this type can't be a parameter of a statement
    co_await engine.fetch_one<int>("select $1", value);
#endif
}
