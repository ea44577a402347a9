// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_SETTING_HPP
#define COROPQ_DETAIL_SETTING_HPP

#include <utility>

namespace coropq::detail {

/// The value of an option, which is a default until somebody sets it. Where nobody does, the server's dialect may have
/// another default.
template <typename T>
class setting {
public:
    setting(T standard) noexcept : value_(std::move(standard)) {} // NOLINT: implicit, to initialise members

    const T& get() const noexcept { return value_; }
    void set(T value) noexcept {
        value_ = std::move(value);
        is_set_ = true;
    }

    /// Takes over what is set there, unless something is set here.
    void complete(const setting& weaker) noexcept {
        if (!is_set_ && weaker.is_set_)
            *this = weaker;
    }

private:
    T value_;
    bool is_set_ = false;
};

} // namespace coropq::detail

#endif
