// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_DATA_TYPE_HPP
#define COROPQ_INSPECT_DATA_TYPE_HPP

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class type_kind : std::uint8_t { base, composite, domain, enumeration, range, multirange, pseudo };
BOOST_DESCRIBE_ENUM(type_kind, base, composite, domain, enumeration, range, multirange, pseudo)

/// The type of a column, a domain or an attribute, with everything that its declaration said.
///
/// Of an array, `schema`, `name`, `oid` and `kind` are those of its elements, and so are length, precision and scale.
struct data_type {
    /// As the server writes it: `character varying(30)[]`. With a schema where the search path doesn't lead to it.
    std::string text;
    std::string schema;
    std::string name; ///< As in pg_type: `int4`, `varchar`, `mood`.
    std::uint32_t oid = 0;
    type_kind kind = type_kind::base;
    /// 0: not an array. What was declared; PostgreSQL doesn't hold values to it, and forgets it in views and in
    /// `create table … as`: then it is 1.
    int dimensions = 0;
    std::uint32_t array_oid = 0; ///< The type of the array; 0 if it isn't one.
    /// Of `varchar`, `char`, `bit` and `bit varying`; nothing: no limit.
    std::optional<int> length;
    /// Digits of a `numeric`; fractional digits of the seconds of a `time`, `timestamp` or `interval`.
    std::optional<int> precision;
    std::optional<int> scale; ///< Of a `numeric`; may be negative.
    /// What an `interval` is limited to: `year to month`. Empty: nothing.
    std::string interval_fields;
    /// The whole modifier as in `pg_attribute.atttypmod`, also for types that the library doesn't know; -1: none.
    int modifier = -1;
    /// Of a domain, what it is made of; and if that is a domain, what that is made of, …, down to a type that isn't.
    std::vector<data_type> bases;

    friend bool operator==(const data_type&, const data_type&) = default;
};
BOOST_DESCRIBE_STRUCT(data_type, (),
                      (text, schema, name, oid, kind, dimensions, array_oid, length, precision, scale, interval_fields,
                       modifier, bases))

std::ostream& operator<<(std::ostream& stream, const data_type& value);

} // namespace coropq::reflected

#endif
