// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_FUZZ_TARGET_HPP
#define COROPQ_TESTS_FUZZ_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What each target defines, as libFuzzer wants it. The bytes are in memory of exactly their size, so that a sanitizer
/// finds what is read behind them. Returns 0; ends the program when something is wrong.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace coropq::fuzz {

/// Ends the program in the way that libFuzzer and the replaying tests notice.
inline void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "This doesn't hold: %s\n", what);
        std::abort();
    }
}

/// Takes choices from the front of the bytes.
class choices {
public:
    choices(const std::uint8_t* data, std::size_t size) noexcept : rest_(reinterpret_cast<const char*>(data), size) {}

    std::uint8_t byte() noexcept {
        if (rest_.empty())
            return 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    std::uint16_t number() noexcept {
        const std::uint8_t high = byte();
        return static_cast<std::uint16_t>(high << 8 | byte());
    }
    bool flag() noexcept { return (byte() & 1) != 0; }
    /// As many bytes as one of them says in front.
    std::string_view text() noexcept {
        const std::size_t size = byte();
        const std::string_view result = rest_.substr(0, size);
        rest_.remove_prefix(result.size());
        return result;
    }
    /// All that is left.
    std::string_view rest() const noexcept { return rest_; }

private:
    std::string_view rest_;
};

} // namespace coropq::fuzz

#endif
