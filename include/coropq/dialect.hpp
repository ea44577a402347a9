// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DIALECT_HPP
#define COROPQ_DIALECT_HPP

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace coropq {

class url;

/// What kind of server it is that speaks PostgreSQL's protocol, and so: what it can do, and what the options are that
/// nobody has set. Everything that a dialect says is a default, which the options of the engine or connection override
/// one by one; docs/query-service.md has the list.
enum class dialect : std::uint8_t {
    postgresql,    ///< PostgreSQL, and what behaves like it.
    query_service, ///< Query Service of Adobe Experience Platform: see coropq/query_service.hpp.
};

/// The dialect that a URL asks for, where the options don't say (`connect_options::dialect`): `query_service` if it
/// begins with `queryservice` or one of its hosts lies below `platform-query.adobe.io` or
/// `platform-query-stage.adobe.io` (Adobe, "Query Service credentials guide"), else `postgresql`. Looks at nothing but
/// the text.
dialect dialect_of(const url& address) noexcept;

/// `postgresql` or `query_service`.
std::string_view to_string(dialect value) noexcept;

/// Writes `to_string(value)`.
std::ostream& operator<<(std::ostream& out, dialect value);

} // namespace coropq

#endif
