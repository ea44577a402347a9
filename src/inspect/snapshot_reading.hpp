// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_READING_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_READING_HPP

#include "inspect/catalog.hpp"
#include "inspect/snapshot_reader.hpp"
#include "inspect/snapshot_statements.hpp"

#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace coropq::detail {

/// What the server said, all of one snapshot but the last.
struct snapshot_answers {
    std::shared_ptr<snapshot_reader> parts; ///< Both parts, and the versions that they had, if they are checked.
    result last_versions;                   ///< Behind the last text.
};

/// Asks once. Nothing if a statement has stumbled over something that vanished. `versions`: what is asked before and
/// after, if texts are checked. `within`: it is a part of somebody's transaction. `is_final`: then that is an error.
/// All references have to live as long. The answers are read while the server works on the next ones.
boost::asio::awaitable<std::optional<snapshot_answers>> ask_snapshot(catalog::pointer source,
                                                                     std::shared_ptr<const snapshot_statements> asked,
                                                                     const statement* versions, bool within,
                                                                     bool is_final);

/// The same on two connections at once, the second of which takes over the snapshot of the first one. One that can't
/// help isn't missed: the first one does it then.
boost::asio::awaitable<std::optional<snapshot_answers>>
ask_snapshot_of_two(catalog::pointer leader, catalog::pointer helper, std::shared_ptr<const snapshot_statements> asked,
                    const statement* versions);

/// Whether a stage has failed because of something that vanished. Throws other errors, and if it is final, as within a
/// transaction, this one as well.
bool has_stumbled(const pipeline_results& answers, bool is_final);

} // namespace coropq::detail

#endif
