// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/engine.hpp>

#include "engine/engine_state.hpp"

#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

engine::executor_type engine::get_executor() const { return state_->executor(); }

asio::awaitable<result> engine::execute(statement work) const { return detail::execute(state_, std::move(work)); }

asio::awaitable<row_stream> engine::stream_rows(statement work, stream_options options) const {
    return detail::stream_rows(state_, std::move(work), options);
}

namespace {

asio::awaitable<void> dispose_engine(engine handle) { co_await handle.async_dispose(asio::use_awaitable); }

} // namespace

asio::awaitable<void> engine::dispose() const { return dispose_engine(*this); }

engine create_engine(asio::any_io_executor executor, url address, engine_options options) {
    return engine(std::make_shared<detail::engine_state>(executor, std::move(address), std::move(options)));
}

engine create_engine(asio::any_io_executor executor, const char* address, engine_options options) {
    return create_engine(std::move(executor), url::parse(address), std::move(options));
}

engine create_engine(asio::any_io_executor executor, std::string_view address, engine_options options) {
    return create_engine(std::move(executor), url::parse(address), std::move(options));
}

} // namespace coropq
