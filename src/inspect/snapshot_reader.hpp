// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_READER_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_READER_HPP

#include "inspect/snapshot_assembly.hpp"
#include "inspect/snapshot_statements.hpp"
#include "inspect/version_query.hpp"
#include "operation/stage_observer.hpp"

#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/result.hpp>

#include <cstddef>
#include <exception>
#include <memory>

namespace coropq::detail {

/// Reads the answers to the statements of a snapshot: when they come, as the observer of a pipeline, or later.
class snapshot_reader final : public stage_observer {
public:
    /// `versions`: whether the pipeline asks for them, just in front of the parts. `first`: the stage of the first
    /// part.
    snapshot_reader(std::shared_ptr<const snapshot_statements> asked, bool versions, std::size_t first);

    bool wants(std::size_t stage) const noexcept override;
    void take(std::size_t stage, result rows) noexcept override;

    // Without a pipeline. Parts come in their order.
    void take_versions(const result& rows);
    void take_part(const result& rows);

    const row_versions& versions() const noexcept { return versions_; }

    bool has_unclear_names() const noexcept { return assembly_.has_unclear_names(); }

    /// What all the parts make. Throws what reading them has thrown.
    reflected::schema_snapshot finish(bool& is_complete);

private:
    std::shared_ptr<const snapshot_statements> asked_;
    bool has_versions_;
    std::size_t first_;
    std::size_t next_ = 0; ///< The part that comes next.
    snapshot_assembly assembly_;
    row_versions versions_;
    std::exception_ptr problem_;
};

} // namespace coropq::detail

#endif
