// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SEQUENCE_HPP
#define COROPQ_INSPECT_SEQUENCE_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/privilege.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/inspect/relation.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// The column that a sequence belongs to: it is dropped with it.
struct sequence_column {
    qualified_name table;
    std::string column;
    bool identity = false; ///< It makes the numbers of an identity column; else: serial, or `owned by`.

    friend bool operator==(const sequence_column&, const sequence_column&) = default;
};
BOOST_DESCRIBE_STRUCT(sequence_column, (), (table, column, identity))

/// How a sequence was declared; not where it has got to, which is no part of the catalogs.
struct sequence {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;
    bool visible = true; ///< Whether the search path leads to it.
    reflected::persistence persistence = persistence::permanent;
    std::string owner;
    data_type type; ///< `smallint`, `integer` or `bigint`.
    std::int64_t start = 1;
    std::int64_t increment = 1;
    std::int64_t minimum = 1;
    std::int64_t maximum = 1;
    std::int64_t cache = 1;
    bool cycle = false;
    std::optional<sequence_column> owned_by;
    std::vector<privilege> privileges;
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const sequence&, const sequence&) = default;
};
BOOST_DESCRIBE_STRUCT(sequence, (),
                      (oid, schema, name, visible, persistence, owner, type, start, increment, minimum, maximum, cache,
                       cycle, owned_by, privileges, comment, extension))

std::ostream& operator<<(std::ostream& stream, const sequence_column& value);
std::ostream& operator<<(std::ostream& stream, const sequence& value);

} // namespace coropq::reflected

#endif
