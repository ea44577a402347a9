// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_RECYCLED_ALLOCATOR_HPP
#define COROPQ_SRC_OPERATION_RECYCLED_ALLOCATOR_HPP

#include <cstddef>
#include <new>

namespace coropq::detail {

/// Blocks of one size that a thread has freed, for its next allocations: beyond a handful of blocks, the allocators of
/// C libraries go a longer way (glibc keeps seven of each size at hand).
template <std::size_t Size>
class recycled_blocks {
public:
    static void* take() {
        if (kept_.first == nullptr)
            return ::operator new(Size);
        block* const taken = kept_.first;
        kept_.first = taken->next;
        --kept_.count;
        return taken;
    }

    static void give(void* freed) noexcept {
        if (kept_.count == most || kept_.ended) {
            ::operator delete(freed);
            return;
        }
        kept_.first = new (freed) block{kept_.first};
        ++kept_.count;
        static_cast<void>(&at_end_); // makes it
    }

private:
    static constexpr std::size_t most = 1024;

    struct block {
        block* next;
    };
    // Without a destructor: what is freed while the thread ends finds it still.
    struct kept {
        block* first = nullptr;
        std::size_t count = 0;
        bool ended = false;
    };
    struct cleaner {
        ~cleaner() {
            kept_.ended = true;
            while (kept_.first != nullptr) {
                block* const each = kept_.first;
                kept_.first = each->next;
                ::operator delete(each);
            }
        }
    };

    static inline thread_local constinit kept kept_{};
    static inline thread_local cleaner at_end_{};
};

/// For objects of one type that are made one by one, by the thousand.
template <typename T>
class recycled_allocator {
public:
    using value_type = T;

    recycled_allocator() = default;
    template <typename Other>
    recycled_allocator(const recycled_allocator<Other>&) noexcept {} // NOLINT: as allocators are

    T* allocate(std::size_t count) {
        static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__ && sizeof(T) >= sizeof(void*));
        if (!is_kept(count))
            return static_cast<T*>(::operator new(count * sizeof(T)));
        return static_cast<T*>(recycled_blocks<sizeof(T)>::take());
    }

    void deallocate(T* freed, std::size_t count) noexcept {
        if (is_kept(count))
            recycled_blocks<sizeof(T)>::give(freed);
        else
            ::operator delete(freed);
    }

    friend bool operator==(const recycled_allocator&, const recycled_allocator&) noexcept { return true; }

private:
    // AddressSanitizer is to notice who uses what was freed.
    static constexpr bool is_kept(std::size_t count) noexcept {
#if defined(__SANITIZE_ADDRESS__)
        return false && count == 1;
#else
        return count == 1;
#endif
    }
};

} // namespace coropq::detail

#endif
