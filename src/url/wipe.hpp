// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_WIPE_HPP
#define COROPQ_SRC_URL_WIPE_HPP

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::detail {

/// Overwrites memory that held a secret. The compiler can't remove it as a dead store: as far as it knows, the empty
/// assembly reads the memory. (explicit_bzero isn't everywhere, a loop over a volatile pointer writes single bytes.)
inline void wipe(void* memory, std::size_t size) noexcept {
    if (size == 0)
        return;
    std::memset(memory, 0, size);
    __asm__ __volatile__("" : : "r"(memory) : "memory");
}

/// Overwrites and empties a string, its spare capacity included.
inline void wipe(std::string& text) noexcept {
    text.resize(text.capacity()); // never allocates
    wipe(text.data(), text.size());
    text.clear();
}

/// Overwrites what it gives back.
template <class T>
struct wiping_allocator {
    using value_type = T;

    wiping_allocator() noexcept = default;
    template <class U>
    wiping_allocator(const wiping_allocator<U>&) noexcept {} // NOLINT: allocators convert

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept {
        wipe(memory, count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }

    friend bool operator==(const wiping_allocator&, const wiping_allocator&) noexcept { return true; }
};

/// Characters on their way into a `secret`. Not a string, because a short string lives in the object itself, where no
/// allocator gets to overwrite it.
using secret_buffer = std::vector<char, wiping_allocator<char>>;

inline std::string_view view(const secret_buffer& buffer) noexcept { return {buffer.data(), buffer.size()}; }

} // namespace coropq::detail

#endif
