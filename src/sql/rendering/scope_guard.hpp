// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_SQL_RENDERING_SCOPE_GUARD_HPP
#define COROPQ_SRC_SQL_RENDERING_SCOPE_GUARD_HPP

#include "sql/rendering/renderer.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace coropq::sql::tree {

/// The sources of a query, known for as long as this lives.
class renderer::scope_guard {
public:
    scope_guard(std::vector<scope>& scopes, std::vector<const source*> sources) : scopes_(scopes) {
        scopes_.push_back({std::move(sources)});
    }
    scope_guard(const scope_guard&) = delete;
    scope_guard& operator=(const scope_guard&) = delete;
    ~scope_guard() { scopes_.pop_back(); }

    void add(const source& from) { scopes_.back().sources.push_back(&from); }

private:
    std::vector<scope>& scopes_;
};

/// Hides the sources of queries around, all but those of the outermost `kept`, for as long as this lives.
class renderer::hidden_scopes {
public:
    hidden_scopes(std::vector<scope>& scopes, std::size_t kept) : scopes_(scopes) {
        for (std::size_t i = kept; i != scopes_.size(); ++i)
            hidden_.push_back(std::move(scopes_[i]));
        scopes_.resize(kept);
    }
    hidden_scopes(const hidden_scopes&) = delete;
    hidden_scopes& operator=(const hidden_scopes&) = delete;
    ~hidden_scopes() {
        for (scope& each : hidden_)
            scopes_.push_back(std::move(each));
    }

private:
    std::vector<scope>& scopes_;
    std::vector<scope> hidden_;
};

} // namespace coropq::sql::tree

#endif
