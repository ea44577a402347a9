// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/mapping.hpp>

#include "error/diagnostics_fields.hpp"
#include "result/column_lookup.hpp"
#include "result/result_data.hpp"

namespace coropq::detail {

namespace {

[[noreturn]] void fail(errc code, std::string message, std::string hint) {
    throw_error(code, make_diagnostics(code, std::move(message), std::move(hint)));
}

} // namespace

std::string column_list(const result_data& data) {
    const std::size_t count = data.column_count();
    if (count == 0)
        return "the statement returns no columns";
    std::string names = "the columns are: ";
    for (std::size_t i = 0; i != count; ++i)
        names += (i == 0 ? "" : ", ") + std::string(data.column_name(i));
    return names;
}

std::size_t find_member_column(const result_data& data, std::string_view member, std::string_view cpp_type) {
    const std::size_t count = data.column_count();
    std::size_t exact = count;
    std::size_t similar = count;
    bool several_exact = false;
    bool several_similar = false;
    for (std::size_t i = 0; i != count; ++i) {
        const std::string_view name = data.column_name(i);
        if (name == member) {
            several_exact = several_exact || exact != count;
            exact = i;
        } else if (names_match(member, name)) {
            several_similar = several_similar || similar != count;
            similar = i;
        }
    }
    const auto who = [&] {
        return std::string(cpp_type) + "'s member needs the column \"" + std::string(member) + "\"";
    };
    if (several_exact || (exact == count && several_similar))
        fail(errc::ambiguous_column, who() + ", and several columns have that name",
             "give them different names with AS; " + column_list(data));
    if (exact != count)
        return exact;
    if (similar == count)
        fail(errc::unknown_column, who() + ", which the result doesn't have",
             column_list(data) + "; coropq::column_names renames members");
    return similar;
}

void check_column_count(const result_data& data, std::size_t expected, std::string_view cpp_type) {
    const std::size_t count = data.column_count();
    if (count != expected)
        fail(errc::wrong_column_count,
             std::string(cpp_type) + " is read from " + std::to_string(expected) +
                 (expected == 1 ? " column" : " columns") + ", and the result has " + std::to_string(count),
             column_list(data));
}

} // namespace coropq::detail
