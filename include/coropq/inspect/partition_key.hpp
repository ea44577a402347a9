// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_PARTITION_KEY_HPP
#define COROPQ_INSPECT_PARTITION_KEY_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class partition_strategy : std::uint8_t { list, range, hash };
BOOST_DESCRIBE_ENUM(partition_strategy, list, range, hash)

/// What the rows of a partitioned table are distributed by: a column or an expression.
struct partition_element {
    std::optional<std::string> column; ///< Nothing: an expression.
    std::string expression;            ///< In the server's words; empty: a column. SQL wants parentheses around it.
    qualified_name operator_class;
    bool default_operator_class = true; ///< Whether it is one that needn't be written for a type.
    /// If it isn't that of the column; of an expression: if it isn't the default one.
    std::optional<qualified_name> collation;

    friend bool operator==(const partition_element&, const partition_element&) = default;
};
BOOST_DESCRIBE_STRUCT(partition_element, (), (column, expression, operator_class, default_operator_class, collation))

struct partition_key {
    partition_strategy strategy = partition_strategy::range;
    std::vector<partition_element> elements;

    friend bool operator==(const partition_key&, const partition_key&) = default;
};
BOOST_DESCRIBE_STRUCT(partition_key, (), (strategy, elements))

std::ostream& operator<<(std::ostream& stream, const partition_element& value);
std::ostream& operator<<(std::ostream& stream, const partition_key& value);

} // namespace coropq::reflected

#endif
