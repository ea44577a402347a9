// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/relation_groups.hpp"

#include <coropq/error.hpp>

#include "operation/run_operation.hpp"

namespace coropq::detail {

void throw_no_relation(const std::string& name, const std::optional<std::string>& schema, std::string_view what) {
    const std::string missing = "there is no " + std::string(what) + " \"" + name + "\"";
    const operation_outcome failed =
        schema ? failed_operation(errc::no_such_object, missing + " in the schema \"" + *schema + "\"",
                                  "names are compared as they are: without quotes, upper and lower case count")
               : failed_operation(errc::no_such_object, missing + " that is visible on the search path",
                                  "name its schema, or set the search path; names are compared as they are: without "
                                  "quotes, upper and lower case count");
    throw_error(failed.code, failed.details);
}

void throw_no_object(const std::string& name, std::string_view what) {
    const operation_outcome failed =
        failed_operation(errc::no_such_object, "there is no " + std::string(what) + " \"" + name + "\"",
                         "names are compared as they are: without quotes, upper and lower case count");
    throw_error(failed.code, failed.details);
}

} // namespace coropq::detail
