// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_VERSION_QUERY_HPP
#define COROPQ_SRC_INSPECT_VERSION_QUERY_HPP

// The functions of the server that write down expressions and types use the names that things have at that moment, and
// not those of the snapshot. So what they use is looked at twice, with its row versions (xmin): in the snapshot, and in
// another one that is taken behind the last of these functions. A row version that is in both was there all the time.

#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace coropq::detail {

struct version_row {
    std::string_view catalog;
    std::uint32_t object = 0;
    int part = 0; ///< A column; 0: the object itself.
    std::string_view version;
};
BOOST_DESCRIBE_STRUCT(version_row, (), (catalog, object, part, version))

/// The search path, schemas, and what defaults, checks, indexes, domains, policies, conditions of triggers, and if
/// wanted views name. It is about the whole database: a selection would cost more than what it leaves out.
statement versions_query(bool with_views);

/// What the first answer says.
class row_versions {
public:
    row_versions() = default;
    explicit row_versions(const result& first);

    /// Whether everything of it is in the second answer as well, in the same version. Columns of other relations than
    /// these don't matter.
    bool are_in(const result& second, const std::unordered_set<std::uint32_t>& relations) const;

private:
    struct key {
        std::string_view catalog;
        std::uint32_t object = 0;
        int part = 0;

        friend bool operator==(const key&, const key&) = default;
    };
    struct hash {
        std::size_t operator()(const key& one) const noexcept {
            return std::hash<std::uint64_t>()(std::uint64_t(one.object) << 16 ^ static_cast<std::uint32_t>(one.part));
        }
    };
    struct version {
        std::string_view text;
        std::size_t number = 0; ///< Counted from 0.
    };

    result first_; ///< The views are into this.
    std::unordered_map<key, version, hash> versions_;
};

} // namespace coropq::detail

#endif
