// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/engine.hpp>
#include <coropq/inspect/inspector.hpp>

#include "engine/engine_state.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq {

engine::executor_type engine::get_executor() const { return state_->executor(); }

coropq::dialect engine::dialect() const { return state_->dialect(); }

asio::awaitable<result> engine::execute(statement work) const { return detail::execute(state_, std::move(work)); }

asio::awaitable<pipeline_results> engine::run_pipeline(pipeline work) const {
    return detail::run_pipeline(state_, std::move(work));
}

asio::awaitable<row_stream> engine::stream_rows(statement work, stream_options options) const {
    return detail::stream_rows(state_, std::move(work), options);
}

asio::awaitable<connection> engine::connect(std::source_location where) const { return detail::connect(state_, where); }

inspector engine::inspect() const { return inspector(state_); }

pool_statistics engine::stats() const { return state_->connections()->statistics(); }

void engine::invalidate() const { state_->connections()->invalidate(); }

void engine::resize(std::size_t size, std::size_t max_overflow) const {
    state_->connections()->resize(size, max_overflow);
}

namespace {

asio::awaitable<std::size_t> drain_engine(engine handle, std::chrono::milliseconds limit) {
    std::size_t cut = 0;
    diagnostics details;
    boost::system::error_code code;
    co_await handle.async_drain(limit, cut, details, asio::redirect_error(asio::use_awaitable, code));
    detail::throw_if_failed(code, details);
    co_return cut;
}

asio::awaitable<void> dispose_engine(engine handle) { co_await handle.async_dispose(asio::use_awaitable); }

} // namespace

asio::awaitable<std::size_t> engine::drain(std::chrono::milliseconds limit) const { return drain_engine(*this, limit); }

asio::awaitable<void> engine::dispose() const { return dispose_engine(*this); }

engine create_engine(asio::any_io_executor executor, url address, engine_options options) {
    return engine(std::make_shared<detail::engine_state>(executor, std::move(address), options));
}

engine create_engine(asio::any_io_executor executor, const char* address, engine_options options) {
    return create_engine(std::move(executor), url::parse(address), std::move(options));
}

engine create_engine(asio::any_io_executor executor, std::string_view address, engine_options options) {
    return create_engine(std::move(executor), url::parse(address), std::move(options));
}

} // namespace coropq
