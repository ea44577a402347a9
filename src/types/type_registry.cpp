// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "types/type_registry.hpp"

namespace coropq::detail {

namespace {

// Not a copy: nobody owns the built-in types.
std::shared_ptr<const type_catalog> built_in_types() {
    return {std::shared_ptr<const type_catalog>(), &type_catalog::built_in()};
}

} // namespace

type_registry::type_registry() : catalog_(built_in_types()) {}

std::shared_ptr<const type_catalog> type_registry::catalog() const {
    const std::scoped_lock lock(mutex_);
    return catalog_;
}

void type_registry::add(std::vector<type_description> types, std::vector<std::pair<std::string, std::uint32_t>> names) {
    const std::scoped_lock lock(mutex_);
    catalog_ = catalog_->with(std::move(types), std::move(names));
}

bool type_registry::may_look_up() const {
    const std::scoped_lock lock(mutex_);
    return std::chrono::steady_clock::now() >= next_look_up_;
}

void type_registry::put_off_look_ups() {
    constexpr std::chrono::seconds pause(1);
    const std::scoped_lock lock(mutex_);
    next_look_up_ = std::chrono::steady_clock::now() + pause;
}

void type_registry::clear() {
    const std::scoped_lock lock(mutex_);
    catalog_ = built_in_types();
}

} // namespace coropq::detail
