// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_RELATION_SELECTION_HPP
#define COROPQ_INSPECT_RELATION_SELECTION_HPP

#include <coropq/inspect/relation_kind.hpp>
#include <coropq/inspect/schema_selection.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq {

/// Which relations an inspector looks at in one statement. A value.
///
///     coropq::relation_selection sales("sales");                                        // all of a schema
///     sales.kinds({coropq::reflected::relation_kind::view}).names({"totals", "best"});  // these views of it
///
/// By default: all tables, partitioned tables, foreign tables, views and materialized views, temporary or not.
class relation_selection {
public:
    /// What is visible on the search path.
    relation_selection() = default;
    /// What is in the schemas.
    explicit relation_selection(schema_selection schemas) : schemas_(std::move(schemas)) {}
    explicit relation_selection(std::string schema) : schemas_(std::move(schema)) {}
    explicit relation_selection(const char* schema) : schemas_(schema) {}

    /// Only these kinds. Default: all.
    relation_selection& kinds(std::vector<reflected::relation_kind> only) {
        kinds_ = std::move(only);
        return *this;
    }
    /// Only those with one of these names, compared as they are. A name that doesn't exist is no error. Default: all.
    relation_selection& names(std::vector<std::string> only) {
        names_ = std::move(only);
        return *this;
    }
    /// Only temporary ones, or only others. Default: both.
    relation_selection& temporary(bool only) {
        temporary_ = only;
        return *this;
    }

    const schema_selection& schemas() const noexcept { return schemas_; }
    const std::optional<std::vector<reflected::relation_kind>>& kinds() const noexcept { return kinds_; }
    const std::optional<std::vector<std::string>>& names() const noexcept { return names_; }
    std::optional<bool> temporary() const noexcept { return temporary_; }

private:
    schema_selection schemas_;
    std::optional<std::vector<reflected::relation_kind>> kinds_;
    std::optional<std::vector<std::string>> names_;
    std::optional<bool> temporary_;
};

} // namespace coropq

#endif
