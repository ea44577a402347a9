// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_TYPE_REGISTRY_HPP
#define COROPQ_SRC_TYPES_TYPE_REGISTRY_HPP

#include <coropq/types/type_catalog.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace coropq::detail {

/// What is known about the types of one database, shared by the sessions of an engine. Safe to use from several
/// threads; results keep the catalog that they were made with.
class type_registry {
public:
    type_registry();

    std::shared_ptr<const type_catalog> catalog() const;

    /// Adds what a session found out.
    void add(std::vector<type_description> types, std::vector<std::pair<std::string, std::uint32_t>> names);

    /// Whether there is use in asking the server. Not for a while after it has refused, lest each statement asks anew.
    bool may_look_up() const;
    void put_off_look_ups();

    /// Forgets everything but the built-in types: a type may have been altered, or its name may mean another one.
    void clear();

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const type_catalog> catalog_;
    std::chrono::steady_clock::time_point next_look_up_;
};

} // namespace coropq::detail

#endif
