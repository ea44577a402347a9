// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What engines and connections have to do with transactions and advisory locks.

#include <coropq/connection.hpp>
#include <coropq/engine.hpp>
#include <coropq/error.hpp>
#include <coropq/transaction.hpp>

#include "engine/advisory_lock_state.hpp"
#include "engine/engine_state.hpp"
#include "engine/transaction_state.hpp"
#include "error/diagnostics_fields.hpp"

#include <utility>

namespace asio = boost::asio;

namespace coropq {

asio::awaitable<transaction> connection::begin(transaction_options options) const {
    return detail::begin_transaction(executor_, lease_, false, options, detail::deadline_of(options));
}

namespace {

asio::awaitable<transaction> begin_on_engine(std::shared_ptr<detail::engine_state> engine, transaction_options options,
                                             std::source_location where) {
    const detail::deadline limit = detail::deadline_of(options);
    const detail::lease_origin origin{"begin", where};
    std::shared_ptr<detail::lease> leased = co_await detail::acquire(engine, origin, limit);
    auto pending = detail::begin_transaction(engine->executor(), std::move(leased), true, options, limit);
    co_return co_await std::move(pending);
}

} // namespace

asio::awaitable<transaction> engine::begin(transaction_options options, std::source_location where) const {
    return begin_on_engine(state_, options, where);
}

namespace detail {

asio::awaitable<connection> connect_for(std::shared_ptr<engine_state> engine, std::source_location where,
                                        const transaction_run& run) {
    deadline limit;
    limit.limit = run.options().timeout;
    limit.when = run.until();
    const lease_origin origin{"transaction", where};
    std::shared_ptr<lease> leased = co_await acquire(engine, origin, limit);
    co_return connection(engine->executor(), std::move(leased));
}

} // namespace detail

// --- two-phase commit ---

namespace detail {

// No byte of a multibyte character is a quote in any encoding that PostgreSQL has, but it can be a backslash. So that
// is written as an escape of digits, and means the same wherever it is read.
std::string quoted_gid(std::string_view gid) {
    std::string text = "E'";
    for (const char c : gid) {
        if (c == '\\')
            text += "\\134";
        else if (c == '\'')
            text += "''";
        else
            text += c;
    }
    return text + "'";
}

} // namespace detail

namespace {

asio::awaitable<void> end_prepared(asio::awaitable<result> pending) {
    try {
        co_await std::move(pending);
    } catch (const connection_error& lost) {
        if (lost.code() != errc::connection_lost)
            throw;
        throw in_doubt_error(
            errc::in_doubt,
            detail::make_diagnostics(errc::in_doubt,
                                     "the end of a two-phase transaction was sent, and no answer to it came: it may "
                                     "have happened or not (" +
                                         lost.details().message() + ")",
                                     "it has not if connection::prepared_transactions still lists it"));
    }
}

asio::awaitable<std::vector<std::string>> gids(asio::awaitable<result> pending) {
    const result rows = co_await std::move(pending);
    co_return rows.all<std::string>();
}

} // namespace

asio::awaitable<void> connection::commit_prepared(std::string_view gid) const {
    return end_prepared(execute(statement("commit prepared " + detail::quoted_gid(gid))));
}

asio::awaitable<void> connection::rollback_prepared(std::string_view gid) const {
    return end_prepared(execute(statement("rollback prepared " + detail::quoted_gid(gid))));
}

asio::awaitable<std::vector<std::string>> connection::prepared_transactions() const {
    return gids(execute(statement("select gid from pg_catalog.pg_prepared_xacts where database = "
                                  "pg_catalog.current_database() order by prepared, gid")));
}

// --- advisory locks ---

namespace {

detail::advisory_lock_name name_of(const advisory_key& key, advisory_lock_options options) {
    return detail::advisory_lock_name(key.to_sql(), options.shared);
}

} // namespace

asio::awaitable<advisory_lock> connection::advisory_lock(advisory_key key, advisory_lock_options options) const {
    return detail::take_advisory_lock(lease_, name_of(key, options));
}

asio::awaitable<std::optional<advisory_lock>> connection::try_advisory_lock(advisory_key key,
                                                                            advisory_lock_options options) const {
    return detail::try_advisory_lock(lease_, name_of(key, options));
}

} // namespace coropq
