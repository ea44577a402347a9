// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/name_resolution.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

using boost::system::error_code;

struct name_resolution::state {
    explicit state(const session_strand& strand) : resolver(strand), answered(strand) {
        answered.expires_at(asio::steady_timer::time_point::max());
    }

    asio::ip::tcp::resolver resolver;
    asio::steady_timer answered; // never expires; cancelling it is the signal
    bool finished = false;
    bool cancelled = false;
    error_code code;
    std::vector<std::string> addresses;
};

name_resolution::name_resolution(const session_strand& strand, std::string host)
    : state_(std::make_shared<state>(strand)) {
    state_->resolver.async_resolve(
        host, std::string(), [state = state_](error_code code, const asio::ip::tcp::resolver::results_type& results) {
            state->finished = true;
            state->code = code;
            for (const auto& entry : results) {
                std::string address = entry.endpoint().address().to_string();
                if (std::find(state->addresses.begin(), state->addresses.end(), address) == state->addresses.end())
                    state->addresses.push_back(std::move(address));
            }
            state->answered.cancel();
        });
}

asio::awaitable<error_code> name_resolution::wait(std::vector<std::string>& addresses) {
    const std::shared_ptr<state> shared = state_;
    if (!shared->finished && !shared->cancelled) {
        error_code ignored;
        co_await shared->answered.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    if (!shared->finished)
        co_return asio::error::operation_aborted;
    addresses = shared->addresses;
    co_return shared->code;
}

// The resolver's thread serves one look-up after the other: one that nobody wants must not be begun any more.
name_resolution::~name_resolution() { state_->resolver.cancel(); }

void name_resolution::cancel() noexcept {
    state_->cancelled = true;
    state_->answered.cancel();
}

bool is_ip_address(const std::string& text) {
    error_code code;
    asio::ip::make_address(text, code);
    return !code;
}

} // namespace coropq::detail
