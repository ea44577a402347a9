// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "csv_reader.hpp"

#include <stdexcept>
#include <utility>

namespace fan_out_example {

void csv_reader::feed(std::string_view text) {
    for (const char c : text) {
        if (has_return_ && c != '\n')
            step('\r');
        has_return_ = c == '\r' && state_ != state::quoted;
        if (!has_return_)
            step(c);
        if (c == '\n')
            ++line_;
    }
}

void csv_reader::finish() {
    if (state_ == state::quoted)
        throw std::runtime_error("the text ends within a quoted value");
    end_row();
}

std::optional<value_row> csv_reader::next() {
    if (rows_.empty())
        return std::nullopt;
    std::optional<value_row> row(std::move(rows_.front()));
    rows_.pop_front();
    return row;
}

void csv_reader::step(char c) {
    if (state_ == state::quoted) {
        if (c == '"')
            state_ = state::behind_quote;
        else
            field_ += c;
    } else if (c == ',') {
        end_field();
    } else if (c == '\n') {
        end_row();
    } else if (c == '"' && state_ != state::plain) {
        if (state_ == state::behind_quote)
            field_ += c;
        state_ = state::quoted;
    } else if (state_ == state::behind_quote) {
        throw std::runtime_error("line " + std::to_string(line_) + " has text behind a quoted value");
    } else {
        state_ = state::plain;
        field_ += c;
    }
}

void csv_reader::end_field() {
    if (state_ == state::field_begin)
        row_.emplace_back(std::nullopt);
    else
        row_.emplace_back(std::move(field_));
    field_.clear();
    state_ = state::field_begin;
}

void csv_reader::end_row() {
    if (row_.empty() && state_ == state::field_begin)
        return;
    end_field();
    rows_.push_back(std::move(row_));
    row_.clear();
}

} // namespace fan_out_example
