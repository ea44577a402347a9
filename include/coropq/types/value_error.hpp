// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_VALUE_ERROR_HPP
#define COROPQ_TYPES_VALUE_ERROR_HPP

#include <cstddef>
#include <exception>

namespace coropq {

/// What codecs and value types throw for a value that can't be written, read or converted. On its way out of the
/// library it becomes an `option_error` (parameters) or a `result_error` (columns) that says which one. The reason is a
/// literal: it can't contain a value.
class value_error : public std::exception {
public:
    enum class problem { invalid, null, out_of_range };

    /// The reason completes a sentence: "the number doesn't fit". `hint` says what to do about it. Both must be
    /// literals.
    template <std::size_t Size>
    explicit value_error(const char (&reason)[Size], problem kind = problem::invalid) noexcept
        : reason_(reason), kind_(kind) {}
    template <std::size_t Size, std::size_t HintSize>
    value_error(const char (&reason)[Size], const char (&hint)[HintSize], problem kind = problem::invalid) noexcept
        : reason_(reason), hint_(hint), kind_(kind) {}

    const char* what() const noexcept override { return reason_; }
    const char* hint() const noexcept { return hint_; }
    problem kind() const noexcept { return kind_; }

private:
    const char* reason_;
    const char* hint_ = "";
    problem kind_;
};

} // namespace coropq

#endif
