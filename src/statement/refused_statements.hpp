// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_REFUSED_STATEMENTS_HPP
#define COROPQ_SRC_STATEMENT_REFUSED_STATEMENTS_HPP

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace coropq::detail {

/// Which statements a server can't do, by their texts: what it has answered once, it can do. For statements that the
/// library makes itself, of which there are not many. From any thread.
class refused_statements {
public:
    struct refusal {
        std::string sqlstate;
        std::string message; ///< The server's.
    };

    /// Nothing if it hasn't refused.
    std::optional<refusal> find(const std::string& text) const {
        const std::scoped_lock lock(mutex_);
        const auto place = known_.find(text);
        return place == known_.end() ? std::nullopt : place->second;
    }

    void note_answer(const std::string& text) {
        const std::scoped_lock lock(mutex_);
        if (known_.size() < limit)
            known_.try_emplace(text);
    }

    /// False, and nothing is remembered, if it has answered the same before: then it isn't that it can't.
    bool note_refusal(const std::string& text, refusal reason) {
        const std::scoped_lock lock(mutex_);
        if (const auto place = known_.find(text); place != known_.end())
            return place->second.has_value();
        if (known_.size() < limit)
            known_.emplace(text, std::move(reason));
        return true;
    }

private:
    static constexpr std::size_t limit = 1000;

    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::optional<refusal>> known_; ///< Nothing: answered.
};

} // namespace coropq::detail

#endif
