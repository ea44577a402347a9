// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_STOP_GUARD_HPP
#define COROPQ_SRC_LIBPQ_STOP_GUARD_HPP

#include "libpq/session_state.hpp"

#include <functional>
#include <utility>

namespace coropq::detail {

/// Lets others, such as `session::abandon`, end a wait of the session for as long as it lives.
class stop_guard {
public:
    stop_guard(session::state& session, std::function<void()> stop) : session_(session) {
        session_.stop_request = std::move(stop);
    }
    stop_guard(const stop_guard&) = delete;
    stop_guard& operator=(const stop_guard&) = delete;
    ~stop_guard() { session_.stop_request = nullptr; }

private:
    session::state& session_;
};

} // namespace coropq::detail

#endif
