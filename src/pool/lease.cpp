// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pool/lease.hpp"

#include "pool/pool.hpp"

namespace coropq::detail {

lease::lease(std::shared_ptr<pool> owner, std::size_t slot, std::shared_ptr<detail::session> leased) noexcept
    : session_(std::move(leased)), pool_(std::move(owner)), slot_(slot), pooled_(true) {}

lease::use lease::enter() const {
    const std::scoped_lock lock(mutex_);
    use entered;
    entered.session = session_;
    if (session_)
        entered.hold = session_->hold();
    return entered;
}

void lease::give_back(int ending_operations) noexcept {
    std::shared_ptr<detail::session> returned;
    std::shared_ptr<pool> owner;
    {
        const std::scoped_lock lock(mutex_);
        returned.swap(session_);
        owner.swap(pool_);
    }
    if (!returned)
        return;
    if (owner)
        owner->give_back(slot_, std::move(returned), ending_operations);
    else
        returned->abandon();
}

} // namespace coropq::detail
