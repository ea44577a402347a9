// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_DIFF_HPP
#define COROPQ_INSPECT_DIFF_HPP

// What is different between two reflected values.

#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/table.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace coropq {

enum class change_kind : std::uint8_t { added, removed, changed };
BOOST_DESCRIBE_ENUM(change_kind, added, removed, changed)

/// From a value to a part of it: a member, and which element of it if it has several.
struct change_step {
    std::string member; ///< `columns`
    /// The name of the element, in quotes if SQL wants them: `id`, `public."Orders"`. Of what has no name: its place,
    /// counted from 1. Nothing: the member itself.
    std::optional<std::string> element;

    friend bool operator==(const change_step&, const change_step&) = default;
};
BOOST_DESCRIBE_STRUCT(change_step, (), (member, element))

struct schema_change {
    change_kind kind = change_kind::changed;
    std::vector<change_step> path; ///< `tables[public.orders]`, `columns[id]`, `default_value`
    /// The values, as a person reads them: strings as they are, columns, constraints and indexes as SQL, other things
    /// as JSON. Nothing: there is none.
    std::optional<std::string> before;
    std::optional<std::string> after;

    friend bool operator==(const schema_change&, const schema_change&) = default;
};
BOOST_DESCRIBE_STRUCT(schema_change, (), (kind, path, before, after))

/// Differences, in the order of the values.
struct schema_difference {
    std::vector<schema_change> changes;

    /// Whether there is none.
    bool empty() const noexcept { return changes.empty(); }
    /// A line for each, which begins with `+`, `-` or `~`.
    std::string text() const;

    friend bool operator==(const schema_difference&, const schema_difference&) = default;
};
BOOST_DESCRIBE_STRUCT(schema_difference, (), (changes))

/// What counts as a difference. OIDs never do, nor `visible`, nor how the search path makes the server write types; of
/// snapshots, the database, the server's version and the search path don't.
/// (Expressions are compared as they are: read both sides with the same search path.)
class diff_options {
public:
    /// Default of all: true.
    diff_options& owners(bool count) { return set("owner", count); }
    diff_options& tablespaces(bool count) { return set("tablespace", count); }
    diff_options& privileges(bool count) { return set("privileges", count); }
    diff_options& comments(bool count) { return set("comment", count); }
    /// The order of a table's columns. Gaps in their positions, where others were dropped, never count.
    diff_options& column_order(bool count) {
        column_order_ = count;
        return *this;
    }
    /// Any member of the values, wherever it is: `ignore("storage_parameters")`.
    diff_options& ignore(const std::string& member) { return set(member, false); }

    bool column_order() const noexcept { return column_order_; }
    const std::set<std::string>& ignored() const noexcept { return ignored_; }

private:
    diff_options& set(const std::string& member, bool count) {
        if (count)
            ignored_.erase(member);
        else
            ignored_.insert(member);
        return *this;
    }

    std::set<std::string> ignored_;
    bool column_order_ = true;
};

namespace reflected {

/// What happened from the one to the other. Empty: they are the same. What has a name is found again by it: renaming is
/// removing and adding.
schema_difference diff(const table& before, const table& after, const diff_options& options = {});
schema_difference diff(const schema_snapshot& before, const schema_snapshot& after, const diff_options& options = {});

} // namespace reflected

using reflected::diff;

/// As JSON.
std::ostream& operator<<(std::ostream& stream, const change_step& value);
std::ostream& operator<<(std::ostream& stream, const schema_change& value);
/// As `text()`.
std::ostream& operator<<(std::ostream& stream, const schema_difference& value);

} // namespace coropq

#endif
