// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/lease.hpp"

#include "pool/pool.hpp"

namespace coropq::detail {

lease::lease(std::shared_ptr<pool> owner, std::size_t slot, std::shared_ptr<detail::session> leased) noexcept
    : session_(std::move(leased)), pool_(std::move(owner)), slot_(slot), pooled_(true) {}

void lease::give_back(int ending_operations) noexcept {
    if (!session_)
        return;
    const std::shared_ptr<pool> owner = std::exchange(pool_, nullptr);
    if (owner) {
        owner->give_back(slot_, std::exchange(session_, nullptr), ending_operations);
    } else {
        session_->abandon();
        session_.reset();
    }
}

} // namespace coropq::detail
