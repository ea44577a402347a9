// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_FAN_OUT_OUTCOME_QUEUE_HPP
#define COROPQ_SRC_FAN_OUT_OUTCOME_QUEUE_HPP

#include <coropq/fan_out/outcome.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace coropq::detail {

/// Outcomes on their way to whoever takes them, and how many statements may be read meanwhile.
class outcome_queue {
public:
    /// `window`: how many statements may have been read whose outcomes weren't taken. `resume_room`: how much room
    /// there is again before someone who found none is told.
    outcome_queue(std::size_t window, std::size_t resume_room, bool in_order)
        : window_(window), resume_room_(resume_room), in_order_(in_order) {}

    /// One more statement is about to be read: its index, or nothing if the window is full.
    std::optional<std::size_t> reserve();
    /// … and there was none.
    void give_back() noexcept { --read_; }

    /// The outcome of a statement that was read.
    void put(fan_out_record record);

    /// The next outcome, if there is one.
    bool take(fan_out_record& record);

    /// Once after `reserve` has failed, when there is room again.
    bool has_room_again() noexcept;

    /// Drops what is there, and what comes.
    void abandon() noexcept;

    /// How many can be taken at least. (In order, more may be ready than it says.)
    std::size_t ready() const noexcept;
    /// How many statements were read.
    std::size_t read() const noexcept { return read_; }

private:
    std::size_t window_;
    std::size_t resume_room_;
    std::size_t read_ = 0;
    std::size_t taken_ = 0; ///< In order, this is the index of the next one.
    std::deque<fan_out_record> arrived_;
    std::deque<std::optional<fan_out_record>> ordered_; ///< The first is that of the index `taken_`.
    bool in_order_;
    bool is_full_ = false;
    bool abandoned_ = false;
};

} // namespace coropq::detail

#endif
