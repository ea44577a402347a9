// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "statements.hpp"

#include <unistd.h>

#include <array>

namespace asio = boost::asio;

namespace fan_out_example {

namespace {

// Each value becomes an argument of the statement's constructor. They are texts of no type, which the server reads as
// what their place needs, as it does with literals.
template <typename... Values>
coropq::statement fill(const std::string& text, std::span<const std::optional<std::string>> rest,
                       const Values&... values) {
    if constexpr (sizeof...(Values) < most_values)
        if (!rest.empty())
            return fill(text, rest.subspan(1), values..., rest.front());
    return coropq::statement(text, values...);
}

template <typename Parser>
std::optional<std::size_t> count_records(const std::string& path) {
    const int descriptor = path == "-" ? -1 : open_input(path);
    if (descriptor < 0)
        return std::nullopt;
    std::optional<std::size_t> count;
    try {
        Parser parser;
        std::array<char, 65536> buffer{};
        for (ssize_t size = 1; size > 0 && is_regular_file(descriptor);) {
            size = ::read(descriptor, buffer.data(), buffer.size());
            const std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
            if (text.empty())
                parser.finish();
            else
                parser.feed(count ? text : without_mark(text));
            for (count = count.value_or(0); parser.next(); ++*count) {
            }
        }
    } catch (const std::runtime_error&) {
        count.reset(); // who reads it says so, behind the statements before that place
    }
    close(descriptor);
    return count;
}

} // namespace

filled_template::operator coropq::statement() const { return fill(*text, values); }

asio::awaitable<std::optional<std::string>> statements_of_file::operator()() {
    std::optional<std::string> statement = co_await input_.next();
    if (!statement)
        *ended_ = true;
    co_return statement;
}

asio::awaitable<std::optional<filled_template>> statements_of_template::operator()() {
    std::optional<value_row> values = co_await input_.next();
    std::optional<filled_template> filled;
    if (!values) {
        *ended_ = true;
        co_return filled;
    }
    if (values->size() > most_values)
        throw std::runtime_error("a row has more than " + std::to_string(most_values) + " values");
    filled.emplace();
    filled->text = text_;
    filled->values = std::move(*values);
    co_return filled;
}

std::optional<std::size_t> count_statements(const std::string& path) { return count_records<statement_splitter>(path); }

std::optional<std::size_t> count_rows(const std::string& path) { return count_records<csv_reader>(path); }

} // namespace fan_out_example
