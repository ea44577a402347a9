// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SCHEMA_OBJECTS_HPP
#define COROPQ_SRC_INSPECT_SCHEMA_OBJECTS_HPP

// What sequences, types, functions … have in common: they are in schemas, and aren't relations that rows belong to.

#include "inspect/relation_groups.hpp"

#include <boost/asio/awaitable.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace coropq::detail {

template <typename T>
void sort_by_name(std::vector<T>& all) {
    std::sort(all.begin(), all.end(),
              [](const T& a, const T& b) { return std::tie(a.schema, a.name) < std::tie(b.schema, b.name); });
}

/// The answer about one object that was asked for by its name. `what` there must be: "sequence".
template <typename T>
boost::asio::awaitable<T> only_object(boost::asio::awaitable<std::vector<T>> pending, std::string name,
                                      std::optional<std::string> schema, std::string_view what) {
    std::vector<T> found = co_await std::move(pending);
    if (found.empty())
        throw_no_relation(name, schema, what);
    co_return std::move(found.front());
}

/// The same for what is in no schema.
template <typename T>
boost::asio::awaitable<T> only_object(boost::asio::awaitable<std::vector<T>> pending, std::string name,
                                      std::string_view what) {
    std::vector<T> found = co_await std::move(pending);
    if (found.empty())
        throw_no_object(name, what);
    co_return std::move(found.front());
}

} // namespace coropq::detail

#endif
