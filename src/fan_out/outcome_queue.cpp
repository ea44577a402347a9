// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/outcome_queue.hpp"

#include <utility>

namespace coropq::detail {

std::optional<std::size_t> outcome_queue::reserve() {
    if (read_ - taken_ >= window_) {
        is_full_ = true;
        return std::nullopt;
    }
    return read_++;
}

void outcome_queue::put(fan_out_record record) {
    if (abandoned_)
        return;
    if (!in_order_) {
        arrived_.push_back(std::move(record));
        return;
    }
    const std::size_t place = record.index - taken_;
    if (place >= ordered_.size())
        ordered_.resize(place + 1);
    ordered_[place] = std::move(record);
}

bool outcome_queue::take(fan_out_record& record) {
    if (ready() == 0)
        return false;
    if (in_order_) {
        record = std::move(*ordered_.front());
        ordered_.pop_front();
    } else {
        record = std::move(arrived_.front());
        arrived_.pop_front();
    }
    ++taken_;
    return true;
}

bool outcome_queue::has_room_again() noexcept {
    return is_full_ && window_ - (read_ - taken_) >= resume_room_ && std::exchange(is_full_, false);
}

void outcome_queue::abandon() noexcept {
    abandoned_ = true;
    arrived_.clear();
    ordered_.clear();
}

std::size_t outcome_queue::ready() const noexcept {
    if (!in_order_)
        return arrived_.size();
    return !ordered_.empty() && ordered_.front() ? 1 : 0;
}

} // namespace coropq::detail
