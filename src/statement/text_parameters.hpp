// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_TEXT_PARAMETERS_HPP
#define COROPQ_SRC_STATEMENT_TEXT_PARAMETERS_HPP

#include <coropq/statement.hpp>
#include <coropq/types/type_catalog.hpp>

#include <cstddef>
#include <string>

namespace coropq::detail {

/// For messages: "parameter $1" for the first one.
std::string numbered_parameter(std::size_t index);

/// The text form of a parameter that isn't NULL. `types` knows its type, and pending types have been filled in. Throws
/// `option_error` (`errc::invalid_parameter`) if it has none.
std::string text_of_parameter(const statement& source, std::size_t index, const type_catalog& types);

/// Gives all parameters their text form. Numbers and booleans keep their types, others become untyped, so that the
/// server takes the type from where they stand: what JDBC's driver sends, which every server knows that speaks the
/// protocol. Throws likewise. Doing it again changes nothing.
void write_parameters_as_text(statement& work, const type_catalog& types);

/// Whether it is one of PostgreSQL's number types or boolean.
bool is_number_or_boolean(type_reference type) noexcept;

} // namespace coropq::detail

#endif
