// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_VALUE_WRITER_HPP
#define COROPQ_TYPES_VALUE_WRITER_HPP

#include <coropq/types/value_error.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace coropq {

/// The PostgreSQL type of a parameter: an OID that never changes, a name that each database has its own OID for, or
/// none, which leaves it to the server.
class type_reference {
public:
    constexpr type_reference() noexcept = default;
    constexpr type_reference(std::uint32_t oid) noexcept : oid_(oid) {}
    /// As SQL would write it: `mood`, `audit.entry`, `"Mood"`, `mood[]`. The characters must live as long as the
    /// program: a literal.
    constexpr explicit type_reference(std::string_view name) noexcept : name_(name) {}

    /// 0 if the type has a name or none is said.
    constexpr std::uint32_t oid() const noexcept { return oid_; }
    constexpr std::string_view name() const noexcept { return name_; }
    constexpr bool is_untyped() const noexcept { return oid_ == 0 && name_.empty(); }
    friend constexpr bool operator==(const type_reference&, const type_reference&) noexcept = default;

private:
    std::uint32_t oid_ = 0;
    std::string_view name_;
};

/// What codecs write a value to: appends bytes, numbers in the protocol's byte order.
class value_writer {
public:
    /// An OID inside of a value that isn't known before the statement is sent: filled in then.
    struct pending_type {
        std::size_t position;
        std::string_view name;
    };

    explicit value_writer(std::string& buffer) noexcept : buffer_(&buffer) {}

    template <typename Integer>
        requires std::is_integral_v<Integer>
    void write(Integer number) {
        const auto bits = static_cast<std::make_unsigned_t<Integer>>(number);
        char bytes[sizeof(Integer)];
        for (std::size_t i = 0; i != sizeof(Integer); ++i)
            bytes[i] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * (sizeof(Integer) - 1 - i))));
        buffer_->append(bytes, sizeof bytes);
    }
    void write_float(float number) { write(std::bit_cast<std::uint32_t>(number)); }
    void write_double(double number) { write(std::bit_cast<std::uint64_t>(number)); }
    void write_text(std::string_view text) { buffer_->append(text); }
    void write_bytes(std::span<const std::byte> bytes) {
        buffer_->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    /// The OID of a type, four bytes. One with a name is filled in when the statement is sent.
    void write_type(type_reference type) {
        if (!type.name().empty())
            pending_.push_back({buffer_->size(), type.name()});
        write(type.oid());
    }

    void write_null() { write(std::int32_t(-1)); }
    /// A value with its length in front: call `begin_value`, write it, and call `end_value` with what the first
    /// returned.
    std::size_t begin_value() {
        write(std::int32_t(0));
        return buffer_->size();
    }
    /// Throws `value_error` if it has more than 2 GB.
    void end_value(std::size_t begin);

    std::size_t size() const noexcept { return buffer_->size(); }
    /// Overwrites a number that was written before.
    void replace(std::size_t position, std::int32_t number);

    /// For the library.
    std::vector<pending_type>& pending_types() noexcept { return pending_; }
    std::string& buffer() noexcept { return *buffer_; }

private:
    std::string* buffer_;
    std::vector<pending_type> pending_;
};

} // namespace coropq

#endif
