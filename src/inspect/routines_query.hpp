// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_ROUTINES_QUERY_HPP
#define COROPQ_SRC_INSPECT_ROUTINES_QUERY_HPP

#include "inspect/data_type_reader.hpp"
#include "inspect/held_privileges.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// A row of `routines_query`, in any order. Depth 0, position 0: a routine; its type is that of the result. Position n:
/// its n-th argument; only name, mode and type are filled in then. Depth n > 0: what the n-th domain on the way down
/// from the type `origin` is made of; nothing else is filled in.
struct routine_row : data_type_row, held_privileges_row {
    std::uint32_t origin = 0;
    int depth = 0;
    std::uint32_t oid = 0;
    int position = 0;
    std::string_view argument_name;
    std::string_view argument_mode;
    std::string_view schema_name;
    std::string_view name;
    bool is_visible = false;
    std::string_view kind;
    bool returns_type = false; ///< Not a procedure.
    bool returns_set = false;
    int default_count = 0;
    std::optional<std::string_view> defaults; ///< With commas between them.
    std::optional<std::string_view> language;
    std::string_view volatility;
    std::string_view parallel;
    bool is_strict = false;
    bool is_security_definer = false;
    bool is_leakproof = false;
    std::optional<std::vector<std::string>> settings;
    std::optional<std::string_view> owner;
    std::optional<std::string_view> comment;
    std::optional<std::string_view> extension;
};
BOOST_DESCRIBE_STRUCT(routine_row, (data_type_row, held_privileges_row),
                      (origin, depth, oid, position, argument_name, argument_mode, schema_name, name, is_visible, kind,
                       returns_type, returns_set, default_count, defaults, language, volatility, parallel, is_strict,
                       is_security_definer, is_leakproof, settings, owner, comment, extension))

} // namespace coropq::detail

#endif
