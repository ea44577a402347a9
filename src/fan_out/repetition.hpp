// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_FAN_OUT_REPETITION_HPP
#define COROPQ_SRC_FAN_OUT_REPETITION_HPP

#include <coropq/diagnostics.hpp>
#include <coropq/fan_out/options.hpp>
#include <coropq/statement.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace coropq::detail {

/// What a failed statement has left on the server.
enum class statement_effect : std::uint8_t {
    not_run,     ///< Nothing: it never got there.
    rolled_back, ///< Nothing that lasts, unless it commits by itself.
    unknown,     ///< Nobody knows.
};

statement_effect effect_of(const boost::system::error_code& code, const diagnostics& details);

/// Whether a statement can commit a part of what it does and fail afterwards.
bool may_commit_by_itself(const statement& work);

/// Whether a failed statement may be run again, and that could help.
bool is_repeatable(const boost::system::error_code& code, const diagnostics& details, const statement& work,
                   const fan_out_options& rules);

/// How long to wait before a statement is run again that was given to the engine so many times; nothing if it isn't to
/// be. `time_left`: until the end of all. `random` is between 0.5 and 1.5.
std::optional<std::chrono::milliseconds> repetition_delay(const fan_out_options& rules, int attempts,
                                                          std::optional<std::chrono::milliseconds> time_left,
                                                          double random);

} // namespace coropq::detail

#endif
