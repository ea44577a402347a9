// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SNAPSHOT_OPTIONS_HPP
#define COROPQ_INSPECT_SNAPSHOT_OPTIONS_HPP

#include <coropq/inspect/relation_kind.hpp>
#include <coropq/inspect/relation_selection.hpp>
#include <coropq/inspect/schema_selection.hpp>

#include <string>
#include <utility>
#include <vector>

namespace coropq {

/// What `inspector::snapshot` looks at. A value, made from the name of a schema where it is a parameter:
///
///     co_await inspect.snapshot();                        // what is visible on the search path
///     co_await inspect.snapshot("sales");                 // one schema
///     co_await inspect.snapshot(coropq::all_schemas());
class snapshot_options {
public:
    /// What is visible on the search path.
    snapshot_options() = default;
    /// What is in the schemas.
    snapshot_options(schema_selection schemas) : relations_(std::move(schemas)) {}
    snapshot_options(std::vector<std::string> schemas) : relations_(schema_selection(std::move(schemas))) {}
    snapshot_options(std::string schema) : relations_(std::move(schema)) {}
    snapshot_options(const char* schema) : relations_(schema) {}

    /// Only relations of these kinds. Default: all.
    snapshot_options& kinds(std::vector<reflected::relation_kind> only) {
        relations_.kinds(std::move(only));
        return *this;
    }
    /// Only temporary relations, or only others. Default: both.
    snapshot_options& temporary(bool only) {
        relations_.temporary(only);
        return *this;
    }
    /// Whether the queries of views and materialized views are read: each costs a statement, and the server locks what
    /// the view is made of for that moment. Default: true.
    snapshot_options& view_definitions(bool wanted) noexcept {
        view_definitions_ = wanted;
        return *this;
    }
    /// Whether enums, domains, composite types and ranges are read. Default of this and the following: true.
    snapshot_options& types(bool wanted) noexcept {
        types_ = wanted;
        return *this;
    }
    snapshot_options& sequences(bool wanted) noexcept {
        sequences_ = wanted;
        return *this;
    }
    /// Functions, procedures and aggregates: extensions may bring very many.
    snapshot_options& routines(bool wanted) noexcept {
        routines_ = wanted;
        return *this;
    }
    snapshot_options& extensions(bool wanted) noexcept {
        extensions_ = wanted;
        return *this;
    }

    /// How many connections of an engine may work at the same time: 1, or 2 if another one is idle when it begins
    /// (nobody waits for it, and none is opened). The second one takes over the snapshot of the first one
    /// (`pg_export_snapshot`), which costs two more round trips. Default: 1.
    snapshot_options& connections(int at_most) noexcept {
        connections_ = at_most;
        return *this;
    }

    const relation_selection& relations() const noexcept { return relations_; }
    const schema_selection& schemas() const noexcept { return relations_.schemas(); }
    bool view_definitions() const noexcept { return view_definitions_; }
    bool types() const noexcept { return types_; }
    bool sequences() const noexcept { return sequences_; }
    bool routines() const noexcept { return routines_; }
    bool extensions() const noexcept { return extensions_; }
    int connections() const noexcept { return connections_; }

private:
    relation_selection relations_;
    bool view_definitions_ = true;
    bool types_ = true;
    bool sequences_ = true;
    bool routines_ = true;
    bool extensions_ = true;
    int connections_ = 1;
};

} // namespace coropq

#endif
