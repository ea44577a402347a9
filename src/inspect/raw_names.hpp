// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_RAW_NAMES_HPP
#define COROPQ_SRC_INSPECT_RAW_NAMES_HPP

#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/qualified_name.hpp>
#include <coropq/result.hpp>

#include "inspect/raw_query.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace coropq::detail {

/// What objects of the catalogs are called, from the answer to `raw_names_query`.
class raw_names {
public:
    explicit raw_names(const result& answer);

    /// Nothing if it isn't there, or is 0.
    std::optional<reflected::qualified_name> collation(std::uint32_t oid) const;
    std::optional<std::string> method(std::uint32_t oid) const;
    std::optional<std::string> tablespace(std::uint32_t oid) const;
    std::optional<std::string> name_space(std::uint32_t oid) const;

    struct operator_class {
        reflected::qualified_name name;
        bool is_default = true;
    };
    operator_class class_of(std::uint32_t oid) const;

    /// Nothing if the schema isn't there.
    std::optional<reflected::qualified_name> qualified(std::uint32_t name_space, std::string_view name) const;

private:
    using names = std::unordered_map<std::uint32_t, raw_name_row>; // views into the answer
    std::optional<reflected::qualified_name> find(const names& all, std::uint32_t oid) const;

    result answer_;
    names name_spaces_, collations_, classes_, methods_, tablespaces_;
};

/// Whether the text of a type, which the server writes with the names of that moment, has the name that the row says.
bool has_its_name(const reflected::data_type& type);

/// The types of columns, from the answer to `raw_types_query`. Types are put together once.
class raw_types {
public:
    struct entry {
        reflected::data_type type;
        bool not_null = false;       ///< It is a domain that can't be NULL.
        std::uint32_t collation = 0; ///< Of its own.
        bool is_whole = false;       ///< false: it, or a part of it, isn't there.
    };

    raw_types(const result& answer, const raw_names& names);

    /// `text`: what the server says with that modifier; nothing if there is none (-1). Lives as long as this.
    const entry& find(std::uint32_t oid, int modifier, const std::optional<std::string_view>& text);

private:
    entry make(std::uint32_t oid, int modifier, const std::optional<std::string_view>& text) const;
    const raw_type_row* row_of(std::uint32_t oid) const;
    bool fill(reflected::data_type& type, const raw_type_row& row, int modifier,
              const std::optional<std::string_view>& text, int dimensions) const;

    result answer_;
    const raw_names& names_;
    std::unordered_map<std::uint32_t, raw_type_row> rows_; // views into the answer
    std::unordered_map<std::uint64_t, entry> made_;
};

} // namespace coropq::detail

#endif
