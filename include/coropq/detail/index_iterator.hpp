// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_INDEX_ITERATOR_HPP
#define COROPQ_DETAIL_INDEX_ITERATOR_HPP

// Not for users.

#include <compare>
#include <cstddef>
#include <iterator>

namespace coropq::detail {

/// A random access iterator over what makes its elements on access: `Owner::element(index)`. It has a copy of its
/// owner, a cheap view, and so may outlive it.
template <typename Owner, typename Element>
class index_iterator {
public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::input_iterator_tag; // there are no references to the elements
    using value_type = Element;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Element;

    index_iterator() noexcept = default;
    index_iterator(const Owner& owner, std::size_t index) noexcept : owner_(owner), index_(index) {}

    Element operator*() const { return owner_.element(index_); }
    Element operator[](difference_type offset) const { return *(*this + offset); }

    index_iterator& operator++() noexcept { return *this += 1; }
    index_iterator& operator--() noexcept { return *this -= 1; }
    index_iterator operator++(int) noexcept {
        const index_iterator before = *this;
        ++*this;
        return before;
    }
    index_iterator operator--(int) noexcept {
        const index_iterator before = *this;
        --*this;
        return before;
    }
    index_iterator& operator+=(difference_type offset) noexcept {
        index_ += static_cast<std::size_t>(offset);
        return *this;
    }
    index_iterator& operator-=(difference_type offset) noexcept { return *this += -offset; }

    friend index_iterator operator+(index_iterator position, difference_type offset) noexcept {
        return position += offset;
    }
    friend index_iterator operator+(difference_type offset, index_iterator position) noexcept {
        return position += offset;
    }
    friend index_iterator operator-(index_iterator position, difference_type offset) noexcept {
        return position -= offset;
    }
    friend difference_type operator-(const index_iterator& left, const index_iterator& right) noexcept {
        return static_cast<difference_type>(left.index_) - static_cast<difference_type>(right.index_);
    }
    friend bool operator==(const index_iterator& left, const index_iterator& right) noexcept {
        return left.index_ == right.index_;
    }
    friend std::strong_ordering operator<=>(const index_iterator& left, const index_iterator& right) noexcept {
        return left.index_ <=> right.index_;
    }

private:
    Owner owner_{};
    std::size_t index_ = 0;
};

} // namespace coropq::detail

#endif
