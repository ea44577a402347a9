// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/element.hpp>
#include <coropq/types/variant.hpp>

namespace coropq::detail {

void fail_null_part() {
    throw value_error("a part of the value is NULL", "read it as std::optional", value_error::problem::null);
}

void fail_part_type() { throw value_error("a part of the value has a type that the C++ type can't hold"); }

void fail_part_text() {
    throw value_error("a part of the value can't be written as text", "its codec writes the binary form of a type that "
                                                                      "isn't one of PostgreSQL's own");
}

void fail_no_alternative() { throw value_error("the std::variant has no alternative for the type"); }

void append_text_of_binary(type_reference type, std::string_view binary, std::string& text) {
    if (type.oid() == type_oid::unknown_type)
        fail_part_text();
    binary_to_text(type_catalog::built_in(), type.oid(), binary, text);
}

} // namespace coropq::detail
