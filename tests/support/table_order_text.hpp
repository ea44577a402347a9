// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_TABLE_ORDER_TEXT_HPP
#define COROPQ_TESTS_SUPPORT_TABLE_ORDER_TEXT_HPP

#include <coropq/inspect/table_order.hpp>

#include <string>

namespace coropq::test {

/// The tables in their order, each with its keys, and behind `|` the keys that wait: `a b>b_a | a>a_b`.
inline std::string text_of(const reflected::table_order& order) {
    std::string text;
    for (const auto& each : order.tables) {
        text += (text.empty() ? "" : " ") + each.table.name;
        for (const std::string& key : each.foreign_keys)
            text += ">" + key;
    }
    for (const auto& each : order.deferred)
        text += " | " + each.table.name + ">" + each.name;
    return text;
}

} // namespace coropq::test

#endif
