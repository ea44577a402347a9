// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_LOCKING_TEXTS_HPP
#define COROPQ_SRC_INSPECT_LOCKING_TEXTS_HPP

// Where the server writes down a query (of a view, or a subquery of a policy), it locks all that this reads, and keeps
// that locked until the end of the transaction. Several of these in one transaction, in an order that depends on where
// the catalogs have their rows, would come into the way of those who lock the same tables in another order, and the
// server could end their transactions because of a deadlock. So each of them has a transaction of its own, which
// doesn't wait for a lock for longer than a moment: then it fails with `sqlstate::lock_not_available`, before the
// server looks for a deadlock (`deadlock_timeout`, by default a second), gives up the locks that it has, and is tried
// again.

#include "inspect/catalog.hpp"

#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace coropq::detail {

/// An output of a query whose transaction is not to wait for locks. The setting is that of the transaction, and counts
/// from there on in the same statement. `within`: somebody's transaction, whose settings are left alone, and whose
/// locks stay anyway.
std::string without_waiting(std::string_view output, bool within);

/// Runs statements with such outputs again as long as one is locked out.
boost::asio::awaitable<pipeline_results> read_locking(catalog::pointer source, pipeline work, bool within);

/// `read_catalog` of one of them.
boost::asio::awaitable<result> read_locking(catalog::pointer source, statement work, bool within);

} // namespace coropq::detail

#endif
