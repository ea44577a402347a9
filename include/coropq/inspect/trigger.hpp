// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_TRIGGER_HPP
#define COROPQ_INSPECT_TRIGGER_HPP

#include <coropq/inspect/qualified_name.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class trigger_timing : std::uint8_t { before, after, instead_of };
BOOST_DESCRIBE_ENUM(trigger_timing, before, after, instead_of)

/// In which sessions a trigger fires, by their `session_replication_role`: ordinary ones (`origin` or `local`), no one
/// (`disabled`), only those that apply changes of another server (`replica`), all.
enum class trigger_state : std::uint8_t { origin, disabled, replica, always };
BOOST_DESCRIBE_ENUM(trigger_state, origin, disabled, replica, always)

/// A trigger of a table, view or foreign table.
struct trigger {
    std::uint32_t oid = 0;
    std::string name; ///< Unique in its table only.
    trigger_timing timing = trigger_timing::before;
    bool on_insert = false;
    bool on_update = false;
    bool on_delete = false;
    bool on_truncate = false;
    std::vector<std::string> update_columns; ///< Of `update of …`, in the order of the declaration. Empty: any.
    bool for_each_row = false;               ///< Not `for each statement`.
    std::optional<std::string> condition;    ///< Of `when`, in the server's words.
    qualified_name function;
    std::vector<std::string> arguments; ///< As they were written, without the quotes.
    trigger_state state = trigger_state::origin;
    bool constraint = false; ///< `create constraint trigger`.
    bool deferrable = false;
    bool initially_deferred = false;
    std::optional<qualified_name> referred_table; ///< Of a constraint trigger: that of its `from`.
    std::optional<std::string> old_table;         ///< What `referencing` calls the rows as they were.
    std::optional<std::string> new_table;         ///< … and as they are.
    /// Of a partition: the table whose trigger of the same name it comes from, and goes with.
    std::optional<qualified_name> parent;
    std::optional<std::string> comment;

    friend bool operator==(const trigger&, const trigger&) = default;
};
BOOST_DESCRIBE_STRUCT(trigger, (),
                      (oid, name, timing, on_insert, on_update, on_delete, on_truncate, update_columns, for_each_row,
                       condition, function, arguments, state, constraint, deferrable, initially_deferred,
                       referred_table, old_table, new_table, parent, comment))

std::ostream& operator<<(std::ostream& stream, const trigger& value);

} // namespace coropq::reflected

#endif
