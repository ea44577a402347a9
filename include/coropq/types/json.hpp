// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_JSON_HPP
#define COROPQ_TYPES_JSON_HPP

// json and jsonb as boost::json::value. Not part of <coropq/coropq.hpp>: include it where it is needed. A program that
// does links Boost.JSON itself (Boost::json, -lboost_json), as every program that uses that library. Without it, json
// is read and written as text.

#include <coropq/types/codec.hpp>

#include <boost/json/value.hpp>

namespace coropq {

/// boost::json::value ↔ jsonb; also reads json. JSON's null is a value, not SQL's NULL. Numbers become 64-bit integers
/// or doubles, as Boost.JSON has no others: further digits are lost. A `value_error`: NaN and infinities, which JSON
/// doesn't have, and reading what is nested more than 1000 times.
template <>
struct codec<boost::json::value> {
    static constexpr type_reference type() { return type_oid::jsonb; }
    static void encode(const boost::json::value& value, value_writer& writer);
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static boost::json::value decode(const value_view& value);
    static constexpr bool reads_text = true;
};

} // namespace coropq

#endif
