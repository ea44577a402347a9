// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_LITERALS_HPP
#define COROPQ_SRC_STATEMENT_LITERALS_HPP

#include <coropq/statement.hpp>
#include <coropq/types/type_catalog.hpp>

#include <optional>
#include <string>

namespace coropq::detail {

/// The text of a statement with its values as literals in the places of `$1`, `$2`, …: for the simple protocol. It
/// means what the statement with parameters means, wherever they stand: a literal has the parameter's type and
/// parentheses around it. Untyped parameters become untyped literals.
///
/// No value can get out of its literal, with standard_conforming_strings on or off, provided that the session's
/// client_encoding has no ASCII bytes in multibyte characters (UTF8 and LATIN1 haven't; SJIS, BIG5, GBK, UHC, GB18030
/// and JOHAB have). `standard_conforming` is that setting, if it is known.
///
/// `types` knows the types of the parameters, and the pending types of the statement have been filled in.
///
/// Throws `option_error` (`errc::invalid_parameter`) for a statement in which the end of a string depends on
/// standard_conforming_strings when that isn't known, for `$n` without a value and values without `$n`, and for a value
/// that has no text form or whose type has no name.
std::string render_with_literals(const statement& source, const type_catalog& types,
                                 std::optional<bool> standard_conforming);

/// The same for servers of which neither the names of types nor the rules for strings are known: numbers and booleans
/// as they are, others as untyped strings. Throws likewise, also for a value whose string would have a quote, a
/// backslash or a control character in it.
std::string render_with_plain_literals(const statement& source, const type_catalog& types);

} // namespace coropq::detail

#endif
