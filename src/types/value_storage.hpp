// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_VALUE_STORAGE_HPP
#define COROPQ_SRC_TYPES_VALUE_STORAGE_HPP

#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace coropq::detail {

/// Keeps bytes that views refer to and that the server sent in another form, for as long as the result. Safe to use
/// from several threads, as results are.
class value_storage {
public:
    std::string_view keep(std::string bytes) {
        const std::scoped_lock lock(mutex_);
        return kept_.emplace_back(std::move(bytes));
    }

private:
    std::mutex mutex_;
    std::deque<std::string> kept_; // references to its elements stay valid
};

} // namespace coropq::detail

#endif
