// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/statement_cache.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <random>
#include <utility>

namespace coropq::detail {

std::string statement_cache::key_of(std::string_view sql, std::span<const std::uint32_t> types) {
    std::string key;
    put_key(key, sql, types);
    return key;
}

void statement_cache::put_key(std::string& key, std::string_view sql, std::span<const std::uint32_t> types) {
    key.clear();
    key.reserve(sql.size() + 1 + types.size() * sizeof(std::uint32_t));
    key += sql;
    key += '\0'; // no SQL has it
    for (const std::uint32_t type : types)
        key.append(reinterpret_cast<const char*>(&type), sizeof type);
}

prepared_statement* statement_cache::find(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end())
        return nullptr;
    order_.splice(order_.begin(), order_, found->second);
    return &*found->second;
}

prepared_statement* statement_cache::find_last(std::string_view sql, std::span<const std::uint32_t> types) noexcept {
    if (order_.empty() || order_.front().key.size() != sql.size() + 1 + types.size_bytes())
        return nullptr;
    const std::string_view key = order_.front().key;
    if (!key.starts_with(sql) || key[sql.size()] != '\0' ||
        (!types.empty() && std::memcmp(key.data() + sql.size() + 1, types.data(), types.size_bytes()) != 0))
        return nullptr;
    return &order_.front();
}

std::vector<prepared_statement> statement_cache::with_text(std::string_view sql) const {
    std::vector<prepared_statement> found;
    std::copy_if(order_.begin(), order_.end(), std::back_inserter(found),
                 [sql](const prepared_statement& each) { return text_of(each.key) == sql; });
    return found;
}

std::string_view statement_cache::text_of(std::string_view key) { return key.substr(0, key.find('\0')); }

std::string statement_cache::next_name() {
    if (prefix_.empty()) {
        std::random_device random;
        char digits[17];
        for (char* part : {digits, digits + 8})
            std::snprintf(part, 9, "%08x", static_cast<unsigned>(random()));
        prefix_ = "coropq_" + std::string(digits) + "_";
    }
    return prefix_ + std::to_string(++names_);
}

prepared_statement& statement_cache::add(prepared_statement added) {
    remove(added.key, true);
    make_room();
    added.number = ++numbers_;
    order_.push_front(std::move(added));
    by_key_.emplace(order_.front().key, order_.begin());
    return order_.front();
}

void statement_cache::remove(const std::string& key, bool deallocate) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end())
        return;
    const list::iterator place = found->second;
    if (deallocate)
        surplus_.push_back(std::move(place->name));
    by_key_.erase(found);
    order_.erase(place);
}

void statement_cache::clear() {
    by_key_.clear();
    order_.clear();
    surplus_.clear();
}

void statement_cache::make_room() {
    while (!order_.empty() && order_.size() >= capacity_)
        remove(std::string(order_.back().key), true);
}

std::vector<std::string> statement_cache::take_surplus(std::size_t limit) {
    const std::size_t kept = surplus_.size() - std::min(surplus_.size(), limit);
    std::vector<std::string> taken(std::make_move_iterator(surplus_.begin() + static_cast<std::ptrdiff_t>(kept)),
                                   std::make_move_iterator(surplus_.end()));
    surplus_.resize(kept);
    return taken;
}

} // namespace coropq::detail
