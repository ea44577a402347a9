// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_REDACTION_HPP
#define COROPQ_SRC_LIBPQ_REDACTION_HPP

#include <coropq/credentials.hpp>
#include <coropq/statement.hpp>

#include "error/diagnostics_fields.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// Removes what must not be shown from texts that come from libpq or a server: it becomes ***.
///
/// Servers seldom repeat a value as it is. They cut it (`JSON data, line 1: eyJhb...`), show the token of it that they
/// stumbled over, truncate it to a name's 63 characters, fold its case. So every piece of eight characters goes, upper
/// or lower case. What is shorter goes where it is the whole value.
class redaction {
public:
    /// Passwords: shorter ones than a piece are replaced wherever they stand, also in part of a word. Those of one to
    /// three characters say nothing when they are found, and replacing them would make every message unreadable.
    void add_secret(const secret& value);

    /// Parameter values of the statement that is running, as the server shows them: in text form. Shorter ones than a
    /// piece are replaced where they stand as a whole between quotes, parentheses or commas, as servers write them.
    void set_statement(const statement* running) noexcept {
        statement_ = running;
        converted_.clear();
    }

    /// Fills in the statement that is running, if there is one. Its text may hold the password (`CREATE ROLE …`); the
    /// position doesn't fit any more when that was replaced, and becomes 0.
    void add_statement(diagnostics_fields& fields) const;

    std::string apply(std::string text) const;
    void apply(diagnostics_fields& fields) const;

private:
    class eraser;
    std::string without(std::string text, void (eraser::*hide_parameter)(std::string_view)) const;
    std::string apply_to_name(std::string name) const;
    std::string_view shown_value(std::size_t index) const;

    std::vector<secret> secrets_;
    const statement* statement_ = nullptr;
    mutable std::vector<std::string> converted_; ///< The texts of binary parameters, once a message had to be redacted.
};

} // namespace coropq::detail

#endif
