// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_RELATION_GROUPS_HPP
#define COROPQ_SRC_INSPECT_RELATION_GROUPS_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace coropq::detail {

/// Sorts the rows of a catalog query by the relations that they belong to.
template <typename T>
class relation_groups {
public:
    T& of(std::uint32_t relation, std::string_view schema, std::string_view name) {
        const auto [place, added] = groups_.try_emplace(relation);
        if (added)
            place->second.name = {std::string(schema), std::string(name)};
        return place->second.value;
    }

    /// Something of the relation vanished while it was read: it is left out.
    void leave_out(std::uint32_t relation) { vanished_.insert(relation); }

    bool has_left_out() const noexcept { return !vanished_.empty(); }

    /// Everything, after `finish(relation, value)` for each.
    template <typename Finish>
    reflected::by_relation<T> take(Finish finish) {
        reflected::by_relation<T> all;
        for (auto& [relation, found] : groups_) {
            if (vanished_.contains(relation))
                continue;
            finish(relation, found.value);
            all.emplace(std::move(found.name), std::move(found.value));
        }
        groups_.clear();
        return all;
    }

private:
    struct group {
        reflected::qualified_name name;
        T value{};
    };
    std::unordered_map<std::uint32_t, group> groups_;
    std::unordered_set<std::uint32_t> vanished_;
};

/// Throws `inspection_error`: there is no such relation.
[[noreturn]] void throw_no_relation(const std::string& name, const std::optional<std::string>& schema,
                                    std::string_view what);

/// The same of something that is in no schema.
[[noreturn]] void throw_no_object(const std::string& name, std::string_view what);

/// The answer about one relation that was asked for by its name. `what` there must be: "table or view".
template <typename T>
boost::asio::awaitable<T> only_relation(boost::asio::awaitable<reflected::by_relation<T>> pending, std::string name,
                                        std::optional<std::string> schema, std::string_view what) {
    reflected::by_relation<T> found = co_await std::move(pending);
    if (found.empty())
        throw_no_relation(name, schema, what);
    co_return std::move(found.begin()->second);
}

} // namespace coropq::detail

#endif
