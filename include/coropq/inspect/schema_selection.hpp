// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SCHEMA_SELECTION_HPP
#define COROPQ_INSPECT_SCHEMA_SELECTION_HPP

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace coropq {

/// Which schemas an inspector looks at. A value, made from what is given where it is a parameter:
///
///     co_await inspect.enums();                            // what is visible on the search path
///     co_await inspect.enums("sales");                     // one schema
///     co_await inspect.enums(coropq::all_schemas());
class schema_selection {
public:
    enum class scope : std::uint8_t { search_path, named, all };

    /// What an unqualified name in a statement would find: everything visible on the connection's search path, as it is
    /// at that moment, `pg_catalog` excepted.
    schema_selection() = default;

    /// Exactly that schema: the name is compared as it is, without folding case. One that doesn't exist contains
    /// nothing and is no error.
    schema_selection(std::string name) : scope_(scope::named) { names_.push_back(std::move(name)); }
    schema_selection(const char* name) : schema_selection(std::string(name)) {}

    /// Several schemas, likewise.
    schema_selection(std::vector<std::string> names) : scope_(scope::named), names_(std::move(names)) {}

    /// All schemas but those of PostgreSQL itself (those that begin with `pg_`, and `information_schema`), and what is
    /// temporary in this session.
    static schema_selection all() {
        schema_selection everything;
        everything.scope_ = scope::all;
        return everything;
    }

    scope which() const noexcept { return scope_; }
    /// The names, if it is named.
    const std::vector<std::string>& names() const noexcept { return names_; }

private:
    scope scope_ = scope::search_path;
    std::vector<std::string> names_;
};

inline schema_selection all_schemas() { return schema_selection::all(); }

} // namespace coropq

#endif
