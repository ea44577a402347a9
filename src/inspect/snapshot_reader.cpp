// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/snapshot_reader.hpp"

#include <utility>

namespace coropq::detail {

snapshot_reader::snapshot_reader(std::shared_ptr<const snapshot_statements> asked, bool versions, std::size_t first)
    : asked_(std::move(asked)), has_versions_(versions), first_(first) {}

bool snapshot_reader::wants(std::size_t stage) const noexcept {
    return (has_versions_ && stage + 1 == first_) || (stage >= first_ && stage < first_ + asked_->size());
}

void snapshot_reader::take(std::size_t stage, result rows) noexcept {
    // Where one has failed, so do those behind it, and nothing of it will be used.
    if (problem_ || (stage >= first_ && stage != first_ + next_))
        return;
    try {
        if (stage < first_)
            take_versions(rows);
        else
            take_part(rows);
    } catch (...) {
        problem_ = std::current_exception();
    }
}

void snapshot_reader::take_versions(const result& rows) { versions_ = row_versions(rows); }

void snapshot_reader::take_part(const result& rows) { (assembly_.*(*asked_)[next_++].take)(rows); }

reflected::schema_snapshot snapshot_reader::finish(bool& is_complete) {
    if (problem_)
        std::rethrow_exception(problem_);
    return assembly_.finish(is_complete);
}

} // namespace coropq::detail
