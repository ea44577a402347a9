// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_MULTIPLEXER_STEP_HPP
#define COROPQ_SRC_LIBPQ_MULTIPLEXER_STEP_HPP

#include "libpq/multiplexer.hpp"

#include <coropq/error.hpp>

#include <new>
#include <utility>

namespace coropq::detail {

// Each call from the event loop. Nobody is there who could catch what it throws, so every statement is told.
template <typename Step>
void multiplexer::guarded(Step&& step) noexcept {
    try {
        std::forward<Step>(step)();
    } catch (const std::bad_alloc&) {
        fail(make_error_code(boost::system::errc::not_enough_memory));
    } catch (...) {
        fail(make_error_code(errc::unexpected));
    }
}

} // namespace coropq::detail

#endif
