// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_FOREIGN_KEY_HPP
#define COROPQ_INSPECT_FOREIGN_KEY_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

/// When a foreign key of several columns is looked at although some are NULL.
enum class match_type : std::uint8_t { simple, full, partial };
BOOST_DESCRIBE_ENUM(match_type, simple, full, partial)

/// What happens to rows whose referred row is changed or deleted.
enum class referential_action : std::uint8_t { no_action, restrict, cascade, set_null, set_default };
BOOST_DESCRIBE_ENUM(referential_action, no_action, restrict, cascade, set_null, set_default)

struct foreign_key {
    std::uint32_t oid = 0;
    std::string name; ///< Unique in its table only.
    std::vector<std::string> columns;
    qualified_name referred_table; ///< Always with its real schema.
    std::uint32_t referred_oid = 0;
    std::vector<std::string> referred_columns; ///< One for each of `columns`.
    match_type match = match_type::simple;
    referential_action on_update = referential_action::no_action;
    referential_action on_delete = referential_action::no_action;
    /// Those that `on delete set null` or `set default` changes (PostgreSQL 15). Empty: all of `columns`.
    std::vector<std::string> on_delete_columns;
    bool deferrable = false;
    bool initially_deferred = false;
    bool validated = true;  ///< false: `not valid`: rows that were there before may break it.
    bool inherited = false; ///< Of a partition: only there because the partitioned table has it.
    std::optional<std::string> comment;

    friend bool operator==(const foreign_key&, const foreign_key&) = default;
};
BOOST_DESCRIBE_STRUCT(foreign_key, (),
                      (oid, name, columns, referred_table, referred_oid, referred_columns, match, on_update, on_delete,
                       on_delete_columns, deferrable, initially_deferred, validated, inherited, comment))

std::ostream& operator<<(std::ostream& stream, const foreign_key& value);

} // namespace coropq::reflected

#endif
