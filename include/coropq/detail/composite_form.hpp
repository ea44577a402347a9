// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_COMPOSITE_FORM_HPP
#define COROPQ_DETAIL_COMPOSITE_FORM_HPP

// The forms of composite values on their way, whatever their attributes are. Not for users.

#include <coropq/types/value_view.hpp>
#include <coropq/types/value_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coropq::detail {

/// One attribute of a value.
struct attribute {
    std::uint32_t type = 0;
    std::optional<std::string_view> bytes; ///< Nothing if it is NULL.
};

/// Composite types, and anonymous records.
bool accepts_composite(std::uint32_t type, const type_catalog& types) noexcept;
/// The type of the attribute that a member called so is read from; 0 if there is none, or it isn't known.
std::uint32_t attribute_type(std::uint32_t type, const type_catalog& types, std::string_view name) noexcept;
std::uint32_t attribute_type(std::uint32_t type, const type_catalog& types, std::size_t index) noexcept;

/// Finds an attribute for each name; those of anonymous records are taken in order. Throws `value_error` if one is
/// missing, and in the case of records if there are too many.
void read_attributes(const value_view& value, std::span<const std::string_view> names, std::span<attribute> attributes);
/// Takes the attributes in order. Throws `value_error` if there is another number of them.
void read_attributes(const value_view& value, std::span<attribute> attributes);

/// Writes the text form: all attributes in order, then `finish`.
class composite_literal {
public:
    explicit composite_literal(value_writer& writer) : writer_(writer) { writer_.write_text("("); }

    /// Nothing is NULL.
    void add(const std::optional<std::string>& text);
    void finish() { writer_.write_text(")"); }

private:
    value_writer& writer_;
    bool first_ = true;
};

} // namespace coropq::detail

#endif
