// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_STATEMENTS_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_STATEMENTS_HPP

#include "inspect/snapshot_assembly.hpp"

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <cstddef>
#include <vector>

namespace coropq::detail {

/// What is asked for.
struct snapshot_request {
    relation_selection relations;
    bool has_types = true; ///< Enums, domains, composite types and ranges as well.
    bool has_sequences = true;
    bool has_routines = true;
    bool has_extensions = true;
    bool has_views = true; ///< Definitions of views.
    /// Whether checks are asked for with names of other columns (borrowed_names.hpp). What can't be read so is read
    /// without.
    bool borrows_names = true;
    bool is_checked = true; ///< That all texts are of one moment.
    bool is_spread = false; ///< Over two connections, if they are there.
};

/// A statement, and who makes something of its answer.
struct snapshot_part {
    statement question;
    void (snapshot_assembly::*take)(const result& answer);
};

/// The statements of a snapshot, in two parts that take about as long. Those of the first one look at tables as they
/// are at that moment: the less happens until then, the better. Of the others, those come first whose answers take most
/// time to read.
class snapshot_statements {
public:
    explicit snapshot_statements(const snapshot_request& wanted);

    const std::vector<snapshot_part>& first_part() const noexcept { return first_part_; }
    const std::vector<snapshot_part>& second_part() const noexcept { return second_part_; }

    std::size_t size() const noexcept { return first_part_.size() + second_part_.size(); }
    /// Counted through both.
    const snapshot_part& operator[](std::size_t index) const {
        return index < first_part_.size() ? first_part_[index] : second_part_.at(index - first_part_.size());
    }

    /// Whether planning them anew for other values costs more than it gives: for a few relations it is most of the
    /// time.
    bool want_generic_plans() const noexcept { return want_generic_plans_; }

private:
    bool want_generic_plans_;
    std::vector<snapshot_part> first_part_;
    std::vector<snapshot_part> second_part_;
};

} // namespace coropq::detail

#endif
