// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_SNAPSHOT_ASSEMBLY_HPP
#define COROPQ_SRC_INSPECT_SNAPSHOT_ASSEMBLY_HPP

#include "inspect/raw_query.hpp"
#include "inspect/snapshot_tables.hpp"

#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/result.hpp>

#include <optional>
#include <vector>

namespace coropq::detail {

/// Puts a snapshot together, answer by answer, so that most of it is done while the server works on the next ones. The
/// functions are called in this order; those between `children` and `policies` may be left out.
class snapshot_assembly {
public:
    snapshot_assembly() = default;
    snapshot_assembly(const snapshot_assembly&) = delete; // there are pointers into it
    snapshot_assembly& operator=(const snapshot_assembly&) = delete;

    void take_constraints(const result& answer);
    void take_indexes(const result& answer);
    void take_defaults(const result& answer);
    void take_comments(const result& answer);
    void take_header(const result& answer);
    void take_relations(const result& answer);
    void take_names(const result& answer);
    void take_types(const result& answer);
    void take_columns(const result& answer);
    void take_other_columns(const result& answer);
    void take_column_sequences(const result& answer);
    void take_triggers(const result& answer);
    void take_privileges(const result& answer);
    void take_children(const result& answer);
    void take_enums(const result& answer);
    void take_domains(const result& answer);
    void take_composite_types(const result& answer);
    void take_range_types(const result& answer);
    void take_sequences(const result& answer);
    void take_routines(const result& answer);
    void take_extensions(const result& answer);
    void take_policies(const result& answer);

    /// Whether all of it has to be asked for with other statements: see `snapshot_request::borrows_names`.
    bool has_unclear_names() const noexcept { return has_unclear_names_; }

    /// All of it. `is_complete`: false if something vanished while it was read.
    reflected::schema_snapshot finish(bool& is_complete);

private:
    reflected::schema_snapshot found_;
    bool is_complete_ = true;
    bool has_unclear_names_ = false;
    std::vector<std::string> lent_names_;
    std::vector<result> kept_; ///< The rows below are views into these.
    std::vector<raw_constraint_row> constraints_;
    std::vector<raw_index_row> indexes_;
    std::vector<raw_default_row> defaults_;
    std::vector<raw_comment_row> comments_;
    reflected::by_relation<reflected::relation> relations_;
    result names_;
    std::optional<snapshot_tables> tables_;
};

} // namespace coropq::detail

#endif
