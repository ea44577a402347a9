// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_COLUMN_HPP
#define COROPQ_INSPECT_COLUMN_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// How an identity column counts.
struct identity {
    bool always = false;     ///< `generated always`, not `by default`.
    qualified_name sequence; ///< The sequence behind it.
    std::int64_t start = 1;
    std::int64_t increment = 1;
    std::int64_t minimum = 1;
    std::int64_t maximum = 1;
    std::int64_t cache = 1;
    bool cycle = false;

    friend bool operator==(const identity&, const identity&) = default;
};
BOOST_DESCRIBE_STRUCT(identity, (), (always, sequence, start, increment, minimum, maximum, cache, cycle))

/// How a generated column is computed.
struct generation {
    std::string expression;
    bool stored = true; ///< false: computed when it is read (PostgreSQL 18).

    friend bool operator==(const generation&, const generation&) = default;
};
BOOST_DESCRIBE_STRUCT(generation, (), (expression, stored))

/// Where and how long values are kept (manual, chapter "TOAST").
enum class column_storage : std::uint8_t { plain, external, main, extended };
BOOST_DESCRIBE_ENUM(column_storage, plain, external, main, extended)

/// A column of a table, view or materialized view.
///
/// Expressions are in the server's words; what they mention is qualified where the search path doesn't lead to it.
struct column {
    std::string name;
    int position = 0; ///< `pg_attribute.attnum`: counted from 1, with gaps where columns were dropped.
    data_type type;
    /// Whether NULL can be stored: neither the column nor its domain is `not null`. PostgreSQL doesn't know it of the
    /// columns of views, which are taken for nullable unless their domain isn't.
    bool nullable = true;
    /// Of its own; a column without one has that of its domain: see `inspector::domains`.
    std::optional<std::string> default_value;
    std::optional<reflected::identity> identity;
    std::optional<reflected::generation> generated;
    /// Whether the server makes a number by itself: an identity column, or an integer whose default is `nextval(…)`.
    bool auto_increment = false;
    std::optional<qualified_name> collation; ///< If it isn't that of the type.
    std::optional<std::string> comment;
    bool local = true;       ///< It was declared here, whether or not parents have it, too.
    int inherited_count = 0; ///< How many parents it has from; of a partition: 1 if its partitioned table has it.
    std::optional<column_storage> storage;  ///< Nothing: the server has no catalog that tells it.
    std::optional<std::string> compression; ///< `pglz` or `lz4`, if it was declared (PostgreSQL 14).
    std::optional<int> statistics_target;   ///< If it was set.
    std::vector<std::string> options;       ///< `n_distinct=-0.5` …
    /// Of a foreign table: `column_name=id` …, whatever its foreign data wrapper understands.
    std::vector<std::string> foreign_options;

    friend bool operator==(const column&, const column&) = default;
};
BOOST_DESCRIBE_STRUCT(column, (),
                      (name, position, type, nullable, default_value, identity, generated, auto_increment, collation,
                       comment, local, inherited_count, storage, compression, statistics_target, options,
                       foreign_options))

std::ostream& operator<<(std::ostream& stream, const reflected::identity& value);
std::ostream& operator<<(std::ostream& stream, const generation& value);
std::ostream& operator<<(std::ostream& stream, const column& value);

} // namespace coropq::reflected

#endif
