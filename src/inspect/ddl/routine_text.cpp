// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/routine_text.hpp"

#include "inspect/sql_text.hpp"

namespace coropq::detail {

using reflected::argument_mode;
using reflected::routine_kind;

std::string routine_kind_text(routine_kind kind) {
    switch (kind) {
    case routine_kind::function: break;
    case routine_kind::procedure: return "procedure";
    case routine_kind::aggregate: return "aggregate";
    case routine_kind::window: return "window function";
    }
    return "function";
}

std::string routine_signature(const reflected::routine& routine) {
    std::string types;
    for (const reflected::routine_argument& argument : routine.arguments)
        if (argument.mode != argument_mode::out && argument.mode != argument_mode::table)
            types += (types.empty() ? "" : ", ") + type_text(argument.type);
    return quoted_name({routine.schema, routine.name}) + '(' + types + ')';
}

namespace {

std::string mode_text(argument_mode mode) {
    switch (mode) {
    case argument_mode::in:
    case argument_mode::table: break;
    case argument_mode::out: return "out ";
    case argument_mode::in_out: return "inout ";
    case argument_mode::variadic: return "variadic ";
    }
    return "";
}

} // namespace

std::string routine_text(const reflected::routine& routine) {
    std::string arguments;
    std::string columns;
    for (const reflected::routine_argument& argument : routine.arguments) {
        std::string& list = argument.mode == argument_mode::table ? columns : arguments;
        list += (list.empty() ? "" : ", ") + mode_text(argument.mode) +
                (argument.name.empty() ? "" : quoted_name(argument.name) + ' ') + type_text(argument.type) +
                (argument.default_value ? " default " + *argument.default_value : "");
    }
    std::string text = quoted_name({routine.schema, routine.name}) + '(' + arguments + ')';
    if (!columns.empty())
        text += " returns table (" + columns + ')';
    else if (routine.result)
        text += std::string(" returns ") + (routine.returns_set ? "setof " : "") + type_text(*routine.result);
    return text;
}

} // namespace coropq::detail
