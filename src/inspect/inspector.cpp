// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/inspector.hpp>

#include "inspect/catalog.hpp"

#include <utility>

namespace coropq {

inspector::inspector(std::shared_ptr<detail::engine_state> engine) : catalog_(detail::catalog_of(std::move(engine))) {}

inspector::inspector(std::shared_ptr<detail::lease> connection) : catalog_(detail::catalog_of(std::move(connection))) {}

} // namespace coropq
