// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/fan_out/source.hpp>

namespace coropq::detail {

fan_out_input::~fan_out_input() = default;

// Each input has one of these.

bool fan_out_input::next(fan_out_item&) { return false; }

boost::asio::awaitable<bool> fan_out_input::next_later(fan_out_item&) { co_return false; }

} // namespace coropq::detail
