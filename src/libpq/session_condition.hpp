// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_SESSION_CONDITION_HPP
#define COROPQ_SRC_LIBPQ_SESSION_CONDITION_HPP

#include <cstdint>

namespace coropq::detail {

/// How a session comes back from a user, or is found.
enum class session_condition : std::uint8_t {
    reusable,
    broken,    ///< Lost: perhaps only this one, so the others of its generation are asked for a sign of life.
    shut_down, ///< The server was stopped, has crashed, or isn't what it was: its whole generation goes.
    spoiled,   ///< Of no more use, through no fault of the server.
};

} // namespace coropq::detail

#endif
