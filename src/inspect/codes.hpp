// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_CODES_HPP
#define COROPQ_SRC_INSPECT_CODES_HPP

// The letters of the catalogs (PostgreSQL manual, chapter "System Catalogs") and what they mean here. A letter that a
// later server adds is taken for the first meaning.

#include <coropq/inspect/column.hpp>
#include <coropq/inspect/data_type.hpp>
#include <coropq/inspect/foreign_key.hpp>
#include <coropq/inspect/relation.hpp>
#include <coropq/inspect/relation_kind.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coropq::detail {

char code_of(reflected::relation_kind kind) noexcept;

reflected::relation_kind relation_kind_of(std::string_view relkind) noexcept;
reflected::persistence persistence_of(std::string_view relpersistence) noexcept;
reflected::column_storage column_storage_of(std::string_view attstorage) noexcept;
/// Nothing: none was declared.
std::optional<std::string> compression_of(std::string_view attcompression);
reflected::type_kind type_kind_of(std::string_view typtype) noexcept;
reflected::match_type match_type_of(std::string_view confmatchtype) noexcept;
reflected::referential_action action_of(std::string_view code) noexcept;

} // namespace coropq::detail

#endif
