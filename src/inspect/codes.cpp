// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/codes.hpp"

namespace coropq::detail {

namespace {

char first(std::string_view code) noexcept { return code.empty() ? '\0' : code.front(); }

} // namespace

char code_of(reflected::relation_kind kind) noexcept {
    switch (kind) {
    case reflected::relation_kind::table: return 'r';
    case reflected::relation_kind::partitioned_table: return 'p';
    case reflected::relation_kind::foreign_table: return 'f';
    case reflected::relation_kind::view: return 'v';
    case reflected::relation_kind::materialized_view: return 'm';
    }
    return '\0';
}

reflected::relation_kind relation_kind_of(std::string_view relkind) noexcept {
    switch (first(relkind)) {
    case 'p': return reflected::relation_kind::partitioned_table;
    case 'f': return reflected::relation_kind::foreign_table;
    case 'v': return reflected::relation_kind::view;
    case 'm': return reflected::relation_kind::materialized_view;
    default: return reflected::relation_kind::table;
    }
}

reflected::persistence persistence_of(std::string_view relpersistence) noexcept {
    switch (first(relpersistence)) {
    case 'u': return reflected::persistence::unlogged;
    case 't': return reflected::persistence::temporary;
    default: return reflected::persistence::permanent;
    }
}

reflected::column_storage column_storage_of(std::string_view attstorage) noexcept {
    switch (first(attstorage)) {
    case 'e': return reflected::column_storage::external;
    case 'm': return reflected::column_storage::main;
    case 'x': return reflected::column_storage::extended;
    default: return reflected::column_storage::plain;
    }
}

std::optional<std::string> compression_of(std::string_view attcompression) {
    switch (first(attcompression)) {
    case 'p': return "pglz";
    case 'l': return "lz4";
    default: return std::nullopt;
    }
}

reflected::type_kind type_kind_of(std::string_view typtype) noexcept {
    switch (first(typtype)) {
    case 'c': return reflected::type_kind::composite;
    case 'd': return reflected::type_kind::domain;
    case 'e': return reflected::type_kind::enumeration;
    case 'r': return reflected::type_kind::range;
    case 'm': return reflected::type_kind::multirange;
    case 'p': return reflected::type_kind::pseudo;
    default: return reflected::type_kind::base;
    }
}

reflected::match_type match_type_of(std::string_view confmatchtype) noexcept {
    switch (first(confmatchtype)) {
    case 'f': return reflected::match_type::full;
    case 'p': return reflected::match_type::partial;
    default: return reflected::match_type::simple;
    }
}

reflected::referential_action action_of(std::string_view code) noexcept {
    switch (first(code)) {
    case 'r': return reflected::referential_action::restrict;
    case 'c': return reflected::referential_action::cascade;
    case 'n': return reflected::referential_action::set_null;
    case 'd': return reflected::referential_action::set_default;
    default: return reflected::referential_action::no_action;
    }
}

} // namespace coropq::detail
