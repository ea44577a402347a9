// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_QUALIFIED_NAME_HPP
#define COROPQ_INSPECT_QUALIFIED_NAME_HPP

#include <boost/describe/class.hpp>

#include <compare>
#include <iosfwd>
#include <map>
#include <string>

namespace coropq::reflected {

/// The name of something that is in a schema, as the catalogs have it: without quotes. In the order of bytes.
struct qualified_name {
    std::string schema;
    std::string name;

    friend bool operator==(const qualified_name&, const qualified_name&) = default;
    friend std::strong_ordering operator<=>(const qualified_name&, const qualified_name&) = default;
};
BOOST_DESCRIBE_STRUCT(qualified_name, (), (schema, name))

/// Prints JSON, as for everything in this namespace.
std::ostream& operator<<(std::ostream& stream, const qualified_name& value);

/// What was asked about several relations, by their real names.
template <typename T>
using by_relation = std::map<qualified_name, T>;

} // namespace coropq::reflected

#endif
