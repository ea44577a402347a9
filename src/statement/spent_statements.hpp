// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_STATEMENT_SPENT_STATEMENTS_HPP
#define COROPQ_SRC_STATEMENT_SPENT_STATEMENTS_HPP

#include <coropq/statement.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace coropq::detail {

/// Statements that have run, kept by their thread for the memory of its next ones. Where thousands are under way, the
/// blocks that each needs for its text and its values would go through the slow paths of malloc otherwise, and make
/// those slower that libpq takes for its results.
class spent_statements {
public:
    /// Keeps it, if it is small and there is room.
    static void add(statement&& spent) noexcept {
        if (kept_.count == most || kept_.ended || !is_worth_keeping(spent) || !has_memory())
            return;
        ::new (static_cast<void*>(kept_.places + kept_.count)) statement(std::move(spent));
        ++kept_.count;
    }

    /// The last one that was added; null if there is none. To be moved from, and then given to `remove_last`.
    static statement* last() noexcept { return kept_.count != 0 ? kept_.places + (kept_.count - 1) : nullptr; }
    static void remove_last() noexcept { std::destroy_at(kept_.places + --kept_.count); }

private:
    static constexpr std::size_t most = 256;
    static constexpr std::size_t longest_text = 240;
    static constexpr std::size_t most_parameters = 4;
    static constexpr std::size_t most_bytes = 64;

    // AddressSanitizer is to notice who uses what was freed.
    static bool is_worth_keeping([[maybe_unused]] const statement& spent) noexcept {
#if defined(__SANITIZE_ADDRESS__)
        return false;
#else
        if (spent.sql().empty() || spent.sql().capacity() > longest_text || spent.parameter_count() > most_parameters ||
            !spent.pending_types().empty())
            return false;
        std::size_t bytes = 0;
        for (std::size_t i = 0; i != spent.parameter_count(); ++i)
            bytes += spent.parameter_size(i);
        return bytes <= most_bytes;
#endif
    }

    static bool has_memory() noexcept {
        if (kept_.places == nullptr) {
            kept_.places = static_cast<statement*>(::operator new(most * sizeof(statement), std::nothrow));
            static_cast<void>(&at_end_); // makes it
        }
        return kept_.places != nullptr;
    }

    // Without a destructor: what is freed while the thread ends finds it still.
    struct kept {
        statement* places;
        std::size_t count;
        bool ended;
    };
    struct cleaner {
        ~cleaner() {
            kept_.ended = true;
            while (kept_.count != 0)
                remove_last();
            ::operator delete(kept_.places);
            kept_.places = nullptr;
        }
    };

    static inline thread_local constinit kept kept_{};
    static inline thread_local cleaner at_end_{};
};

} // namespace coropq::detail

#endif
