// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_TYPES_VALUE_STORAGE_HPP
#define COROPQ_SRC_TYPES_VALUE_STORAGE_HPP

#include <forward_list>
#include <mutex>
#include <string>
#include <string_view>

namespace coropq::detail {

/// What values of a result have in common. Keeps bytes that views refer to and that the server sent in another form,
/// for as long as the result. Safe to use from several threads, as results are.
class value_storage {
public:
    /// Whether text is read as if it had come in binary form: the same statement may give that the next time, and what
    /// is read must not depend on it. Said before anybody reads.
    void set_canonical_text(bool on) noexcept { canonical_text_ = on; }
    bool canonical_text() const noexcept { return canonical_text_; }

    std::string_view keep(std::string bytes) {
        const std::scoped_lock lock(mutex_);
        return kept_.emplace_front(std::move(bytes));
    }

private:
    bool canonical_text_ = false;
    std::mutex mutex_;
    std::forward_list<std::string> kept_; // takes no memory before it is needed
};

} // namespace coropq::detail

#endif
