// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_TYPE_CATALOG_HPP
#define COROPQ_TYPES_TYPE_CATALOG_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace coropq {

/// What a type is made of.
enum class type_kind : std::uint8_t {
    unknown,     ///< Nothing is known about the type, not even whether it exists.
    base,        ///< A type without parts, such as `integer` or `uuid`.
    array,       ///< An array of another type.
    vector,      ///< `int2vector` or `oidvector`: an array that is written without braces.
    range,       ///< A range over another type.
    multirange,  ///< Several ranges.
    composite,   ///< A row type: attributes with names and types.
    enumeration, ///< A type made with `CREATE TYPE … AS ENUM`.
    domain,      ///< Another type with constraints. Columns of a result have the other type instead.
};

/// One part of a composite type.
struct type_attribute {
    std::string name;
    std::uint32_t type = 0;
};

/// One type of a database.
struct type_description {
    std::uint32_t oid = 0;
    std::string name; ///< As `format_type` writes it: `integer`, `mood`, `audit.entry`, `integer[]`.
    type_kind kind = type_kind::unknown;
    std::uint32_t element =
        0;                   ///< Of an array, vector or range (its subtype), multirange (its range), domain (its base).
    std::uint32_t array = 0; ///< The array type of this type; 0 if there is none or it isn't known.
    std::vector<type_attribute> attributes; ///< Of a composite type, in order, without dropped ones.
    bool has_text_bytes = false;            ///< The binary form is the text form: text, names, enums, json, citext …
    /// The library reads and writes the binary form of the type itself. False for types that it passes through as text.
    /// For containers, see `type_catalog::is_binary`.
    bool is_binary = false;
    bool is_hstore = false; ///< The hstore of the extension of that name, whose OID isn't fixed.
    char delimiter = ',';   ///< Between the elements of its array's text form: `;` for box.
};

/// The types that a result or a parameter can have: PostgreSQL's own, and those of a database that were met so far.
///
/// A value that is shared and never changes; `with` makes a larger one. Safe to read from several threads.
class type_catalog {
public:
    /// PostgreSQL's own types only.
    static const type_catalog& built_in();

    /// Null if the type isn't known. A domain isn't replaced by its base. Valid as long as the catalog.
    const type_description* find(std::uint32_t oid) const noexcept;

    /// The OID that a database gave a type that was looked up by name, as the name was spelled; 0 if unknown. Knows the
    /// built-in types by `format_type`'s names and by those of `pg_type` (`int4`), and their arrays (`int4[]`,
    /// `_int4`).
    std::uint32_t find_by_name(std::string_view name) const noexcept;

    type_kind kind_of(std::uint32_t oid) const noexcept;
    /// The type that a domain is made of, however many domains are in between; other types themselves.
    std::uint32_t base_of(std::uint32_t oid) const noexcept;
    /// See `type_description::element`; domains count as what they are made of. 0 if there is none.
    std::uint32_t element_of(std::uint32_t oid) const noexcept;
    /// The array type of a type; 0 if unknown.
    std::uint32_t array_of(std::uint32_t oid) const noexcept;
    /// For messages: `integer`, or `the type with OID 12345`.
    std::string name_of(std::uint32_t oid) const;

    /// Whether a value of the type is read and written in binary form by the library, with all of its parts, and can be
    /// turned into the server's text form from there.
    bool is_binary(std::uint32_t oid) const noexcept;
    /// Whether the binary form of the type is its text form.
    bool has_text_bytes(std::uint32_t oid) const noexcept;

    /// This one and more types (without their arrays, which are types of their own). What is there is replaced.
    /// `names` says which OID a name stands for in this database, where it was looked up.
    std::shared_ptr<const type_catalog> with(std::vector<type_description> types,
                                             std::vector<std::pair<std::string, std::uint32_t>> names = {}) const;

private:
    std::unordered_map<std::uint32_t, type_description> types_; ///< Beyond the built-in ones.
    std::unordered_map<std::string, std::uint32_t> names_;
};

} // namespace coropq

#endif
