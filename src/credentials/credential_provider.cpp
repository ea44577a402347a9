// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credential_provider.hpp>
#include <coropq/options.hpp>

#include "credentials/credential_cache.hpp"
#include "engine/value_delivery.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <ctime>
#include <ostream>
#include <utility>

namespace asio = boost::asio;

namespace coropq {

std::ostream& operator<<(std::ostream& out, const credentials& value) {
    out << "user \"" << value.user() << "\", password " << value.password();
    if (value.expires()) {
        const std::time_t seconds = std::chrono::system_clock::to_time_t(*value.expires());
        std::tm parts{};
        char text[32] = "";
        if (::gmtime_r(&seconds, &parts) && std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) != 0)
            out << ", until " << text;
    }
    return out;
}

credential_provider::credential_provider(function ask, credential_options options)
    : credential_provider(detail::credential_source{std::move(ask)}, options) {}

credential_provider::credential_provider(detail::credential_source source, credential_options options)
    : cache_(std::make_shared<detail::credential_cache>(std::move(source), options)) {}

connect_options& connect_options::credentials(const credential_provider& provider) {
    credentials_ = provider.cache();
    return *this;
}

void credential_provider::invalidate(const credentials& refused) const { cache_->refuse(refused); }

namespace {

using cache_pointer = std::shared_ptr<detail::credential_cache>;

asio::awaitable<credentials> get_from(cache_pointer cache) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    credentials output;
    diagnostics details;
    boost::system::error_code code;
    const detail::initiation<detail::credential_cache, &detail::start_get_credentials> initiate(cache, executor);
    auto token = asio::redirect_error(asio::use_awaitable, code);
    co_await asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiate, token, &output, &details);
    detail::throw_if_failed(code, details);
    co_return output;
}

} // namespace

asio::awaitable<credentials> credential_provider::get() const { return get_from(cache_); }

namespace detail {

namespace {

using entry_place = std::shared_ptr<std::shared_ptr<const credential_cache::entry>>;

asio::awaitable<operation_outcome> look_up(cache_pointer cache, credential_cache::strand where, entry_place place) {
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    credential_cache::request asking(cache, where);
    credential_cache::answer got = co_await asking.run();
    *place = std::move(got.found);
    co_return operation_outcome(got.code, std::move(got.details));
}

} // namespace

void start_get_credentials(const cache_pointer& target, const asio::any_io_executor& executor, credentials* output,
                           diagnostics* details, operation_handler handler) {
    const auto place = std::make_shared<std::shared_ptr<const credential_cache::entry>>();
    auto write = [place, output](boost::system::error_code code) {
        if (!code)
            *output = (*place)->value;
    };
    const credential_cache::strand where = asio::make_strand(executor);
    run_operation(where, executor, look_up(target, where, place), nullptr, details,
                  value_delivery(std::move(write), std::move(handler)));
}

} // namespace detail

} // namespace coropq
