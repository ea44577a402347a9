// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_TYPE_TEXT_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_TYPE_TEXT_SUPPORT_HPP

#include <coropq/types/type_catalog.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq::test {

/// The same value as the server writes it in both forms.
struct both_forms {
    std::uint32_t type = 0; ///< of the result's column
    std::string text;
    std::string binary;
};

/// A session of plain libpq in a database with types of its own (see the .cpp file). TimeZone is UTC.
class type_session {
public:
    type_session();
    ~type_session();

    void execute(const std::string& sql);
    /// As text, NULL as an empty string.
    std::vector<std::vector<std::string>> query(const std::string& sql);
    /// The column `v` of a query, which is run once. Not NULL.
    std::vector<both_forms> fetch(const std::string& sql);
    /// Values that are sent to the server in binary form, as one array.
    std::vector<both_forms> fetch_sent(std::uint32_t type, const std::vector<std::string>& values);

    /// With the types of the database.
    std::shared_ptr<const type_catalog> types() const noexcept { return types_; }

private:
    struct connection;
    std::vector<both_forms> fetch_table();

    std::unique_ptr<connection> connection_;
    std::shared_ptr<const type_catalog> types_;
};

class random_source {
public:
    explicit random_source(std::uint64_t seed) : generator_(seed) {}
    std::uint64_t bits() { return generator_(); }
    /// 0 … limit - 1
    std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(generator_() % limit); }
    std::int32_t between(std::int32_t first, std::int32_t last) {
        const auto count = static_cast<std::uint64_t>(std::int64_t(last) - first + 1);
        return static_cast<std::int32_t>(first + static_cast<std::int64_t>(generator_() % count));
    }
    std::string bytes(std::size_t size) {
        std::string all(size, '\0');
        for (char& byte : all)
            byte = static_cast<char>(static_cast<unsigned char>(generator_() & 255U));
        return all;
    }

private:
    std::mt19937_64 generator_;
};

template <std::integral Integer>
std::string big_endian(Integer number) {
    const auto bits = static_cast<std::make_unsigned_t<Integer>>(number);
    std::string bytes;
    for (std::size_t i = sizeof(Integer); i-- != 0;)
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(bits >> (8 * i))));
    return bytes;
}

/// For messages.
std::string to_hex(std::string_view bytes);

} // namespace coropq::test

#endif
