// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_CSV_READER_HPP
#define COROPQ_EXAMPLES_FAN_OUT_CSV_READER_HPP

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fan_out_example {

/// The values of one statement; nothing is NULL.
using value_row = std::vector<std::optional<std::string>>;

/// Takes CSV text apart (RFC 4180, lines may also end with LF alone) into rows. A field without anything in it is NULL,
/// `""` an empty text, as in PostgreSQL's COPY. Blank lines are skipped.
///
/// The text may be fed in pieces of any size. Throws `std::runtime_error`, which names the line and shows no value.
class csv_reader {
public:
    using record = value_row;

    void feed(std::string_view text);
    void finish();
    std::optional<value_row> next();

private:
    enum class state { field_begin, plain, quoted, behind_quote };

    void step(char c);
    void end_field();
    void end_row();

    std::deque<value_row> rows_;
    value_row row_;
    std::string field_;
    state state_ = state::field_begin;
    std::size_t line_ = 1;
    bool has_return_ = false; ///< A carriage return may belong to the end of the line.
};

} // namespace fan_out_example

#endif
