// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_IDENTIFIERS_HPP
#define COROPQ_TYPES_IDENTIFIERS_HPP

// What PostgreSQL numbers its own things with, and the type "char" of its catalogs.

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace coropq {

/// The number of an object in the catalogs.
struct oid {
    std::uint32_t value = 0;

    friend constexpr auto operator<=>(const oid&, const oid&) noexcept = default;
};

/// The number of a transaction. It has no order, as the server begins anew after 4 billion.
struct xid {
    std::uint32_t value = 0;

    friend constexpr bool operator==(const xid&, const xid&) noexcept = default;
};

/// The number of a transaction, never used twice.
struct xid8 {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(const xid8&, const xid8&) noexcept = default;
};

/// Where a row is in its table: `ctid`.
struct tid {
    std::uint32_t block = 0;
    std::uint16_t offset = 0;

    friend constexpr auto operator<=>(const tid&, const tid&) noexcept = default;
};

/// A position in the write-ahead log, in bytes.
struct pg_lsn {
    std::uint64_t value = 0;

    friend constexpr auto operator<=>(const pg_lsn&, const pg_lsn&) noexcept = default;
};

/// The server's text: `16384`, `(0,1)` (tid), `16/B374D848` (pg_lsn).
std::string to_string(oid value);
std::string to_string(xid value);
std::string to_string(xid8 value);
std::string to_string(tid value);
std::string to_string(pg_lsn value);
std::ostream& operator<<(std::ostream& stream, oid value);
std::ostream& operator<<(std::ostream& stream, xid value);
std::ostream& operator<<(std::ostream& stream, xid8 value);
std::ostream& operator<<(std::ostream& stream, tid value);
std::ostream& operator<<(std::ostream& stream, pg_lsn value);

/// coropq::oid ↔ oid
template <>
struct codec<oid> : detail::one_type<type_oid::oid> {
    static void encode(oid value, value_writer& writer) { writer.write(value.value); }
    static oid decode(const value_view& value);
};
/// coropq::xid ↔ xid
template <>
struct codec<xid> : detail::one_type<type_oid::xid> {
    static void encode(xid value, value_writer& writer) { writer.write(value.value); }
    static xid decode(const value_view& value);
};
/// coropq::xid8 ↔ xid8
template <>
struct codec<xid8> : detail::one_type<type_oid::xid8> {
    static void encode(xid8 value, value_writer& writer) { writer.write(value.value); }
    static xid8 decode(const value_view& value);
};
/// coropq::tid ↔ tid
template <>
struct codec<tid> : detail::one_type<type_oid::tid> {
    static void encode(tid value, value_writer& writer);
    static tid decode(const value_view& value);
};
/// coropq::pg_lsn ↔ pg_lsn
template <>
struct codec<pg_lsn> : detail::one_type<type_oid::pg_lsn> {
    static void encode(pg_lsn value, value_writer& writer) { writer.write(value.value); }
    static pg_lsn decode(const value_view& value);
};

/// char ↔ "char"; also reads char(n), varchar and text of exactly one byte
template <>
struct codec<char> {
    static constexpr type_reference type() { return type_oid::char_type; }
    static void encode(char value, value_writer& writer) { writer.write_text({&value, 1}); }
    static constexpr bool reads_text = true;
    static bool accepts(std::uint32_t type, const type_catalog& types);
    static char decode(const value_view& value);
};

} // namespace coropq

template <>
struct std::hash<coropq::oid> {
    std::size_t operator()(coropq::oid value) const noexcept { return std::hash<std::uint32_t>()(value.value); }
};
template <>
struct std::hash<coropq::xid> {
    std::size_t operator()(coropq::xid value) const noexcept { return std::hash<std::uint32_t>()(value.value); }
};
template <>
struct std::hash<coropq::xid8> {
    std::size_t operator()(coropq::xid8 value) const noexcept { return std::hash<std::uint64_t>()(value.value); }
};
template <>
struct std::hash<coropq::tid> {
    std::size_t operator()(coropq::tid value) const noexcept {
        return std::hash<std::uint64_t>()((std::uint64_t(value.block) << 16) | value.offset);
    }
};
template <>
struct std::hash<coropq::pg_lsn> {
    std::size_t operator()(coropq::pg_lsn value) const noexcept { return std::hash<std::uint64_t>()(value.value); }
};

#endif
