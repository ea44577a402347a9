// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_ROUTINE_HPP
#define COROPQ_INSPECT_ROUTINE_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/privilege.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace coropq::reflected {

enum class routine_kind : std::uint8_t { function, procedure, aggregate, window };
BOOST_DESCRIBE_ENUM(routine_kind, function, procedure, aggregate, window)

/// `table`: a column of the table that a function returns.
enum class argument_mode : std::uint8_t { in, out, in_out, variadic, table };
BOOST_DESCRIBE_ENUM(argument_mode, in, out, in_out, variadic, table)

struct routine_argument {
    std::string name; ///< Empty: it has none.
    argument_mode mode = argument_mode::in;
    data_type type;                           ///< Of a variadic one, the array.
    std::optional<std::string> default_value; ///< In the server's words.

    friend bool operator==(const routine_argument&, const routine_argument&) = default;
};
BOOST_DESCRIBE_STRUCT(routine_argument, (), (name, mode, type, default_value))

/// A function, procedure, aggregate or window function: how it is called, not what it does.
struct routine {
    std::uint32_t oid = 0;
    std::string schema;
    std::string name;    ///< Several may have it, with arguments of other types.
    bool visible = true; ///< Whether the search path leads to it.
    routine_kind kind = routine_kind::function;
    std::vector<routine_argument> arguments; ///< In the order of the declaration; those of mode `table` at the end.
    std::optional<data_type> result;         ///< Nothing: a procedure.
    bool returns_set = false;                ///< Any number of rows of that.
    std::string language;
    std::string volatility; ///< `immutable`, `stable` or `volatile`.
    std::string parallel;   ///< `safe`, `restricted` or `unsafe`.
    bool strict = false;    ///< Gives NULL if an argument is.
    bool security_definer = false;
    bool leakproof = false;
    std::vector<std::string> settings; ///< What is `set` while it runs: `search_path=""`.
    std::string owner;
    std::vector<privilege> privileges;
    std::optional<std::string> comment;
    std::optional<std::string> extension; ///< The one that it is a part of.

    friend bool operator==(const routine&, const routine&) = default;
};
BOOST_DESCRIBE_STRUCT(routine, (),
                      (oid, schema, name, visible, kind, arguments, result, returns_set, language, volatility, parallel,
                       strict, security_definer, leakproof, settings, owner, privileges, comment, extension))

std::ostream& operator<<(std::ostream& stream, const routine_argument& value);
std::ostream& operator<<(std::ostream& stream, const routine& value);

} // namespace coropq::reflected

#endif
