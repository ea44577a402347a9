// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_STATEMENTS_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_STATEMENTS_HPP

#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <vector>

namespace coropq::detail {

/// What is asked for.
struct snapshot_request {
    relation_selection relations;
    bool has_types = true; ///< Enums, domains, composite types and ranges as well.
    bool has_sequences = true;
    bool has_routines = true;
    bool has_extensions = true;
    bool has_views = true;  ///< Definitions of views.
    bool is_checked = true; ///< That all texts are of one moment.
    bool is_spread = false; ///< Over two connections, if they are there.
};

/// The statements of a snapshot, in two parts that take about as long. Those of the first one look at tables as they
/// are at that moment: the less happens until then, the better.
class snapshot_statements {
public:
    explicit snapshot_statements(const snapshot_request& wanted);

    const std::vector<statement>& first_part() const noexcept { return first_part_; }
    const std::vector<statement>& second_part() const noexcept { return second_part_; }

    /// Whether planning them anew for other values costs more than it gives: for a few relations it is most of the
    /// time.
    bool want_generic_plans() const noexcept { return want_generic_plans_; }

    /// From the answers to both, in this order.
    reflected::schema_snapshot read(const std::vector<result>& answers, bool& is_complete) const;

private:
    bool has_types_;
    bool has_sequences_;
    bool has_routines_;
    bool has_extensions_;
    bool want_generic_plans_;
    std::vector<statement> first_part_;
    std::vector<statement> second_part_;
};

} // namespace coropq::detail

#endif
