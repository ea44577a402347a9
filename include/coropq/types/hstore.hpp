// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_HSTORE_HPP
#define COROPQ_TYPES_HSTORE_HPP

#include <coropq/types/codec.hpp>

#include <map>
#include <optional>
#include <string>

namespace coropq {

/// Keys and values of the extension hstore; a value may be NULL, a key may not.
using hstore = std::map<std::string, std::optional<std::string>>;

/// coropq::hstore ↔ hstore. As a parameter it needs the extension in the search path.
template <>
struct codec<hstore> {
    static constexpr type_reference type() { return type_reference("hstore"); }
    static constexpr wire_format format = wire_format::text;
    static void encode(const hstore& value, value_writer& writer);
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static hstore decode(const value_view& value);
};

} // namespace coropq

#endif
