// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_STATEMENTS_HPP
#define COROPQ_EXAMPLES_FAN_OUT_STATEMENTS_HPP

// Where the statements come from: they are read when they can be started, so there may be any number of them.

#include "csv_reader.hpp"
#include "descriptors.hpp"
#include "statement_splitter.hpp"

#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace fan_out_example {

/// The text of statements and the values of one of them. Becomes a statement where the fan-out makes one of it, so that
/// values that don't fit the text (`coropq::option_error`) are the failure of this one.
struct filled_template {
    std::shared_ptr<const std::string> text;
    value_row values;

    operator coropq::statement() const;
};

/// More values than that can't be given to a template.
inline constexpr std::size_t most_values = 32;

/// The first bytes of a file, less the mark that some editors put in front of UTF-8.
inline std::string_view without_mark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// Reads bytes, and gives what a parser (`statement_splitter`, `csv_reader`) makes of them.
template <typename Parser>
class parsed_input {
public:
    explicit parsed_input(byte_input bytes) : bytes_(std::move(bytes)) {}

    boost::asio::awaitable<std::optional<typename Parser::record>> next() {
        std::optional<typename Parser::record> found = parser_.next();
        while (!found && !ended_) {
            const std::string text = co_await bytes_.read();
            ended_ = text.empty();
            if (ended_)
                parser_.finish();
            else
                parser_.feed(std::exchange(is_first_, false) ? without_mark(text) : text);
            found = parser_.next();
        }
        co_return found;
    }

private:
    byte_input bytes_;
    Parser parser_;
    bool is_first_ = true;
    bool ended_ = false;
};

/// The statements of a file. Sets `ended` when there are no more.
class statements_of_file {
public:
    statements_of_file(byte_input bytes, std::shared_ptr<bool> ended)
        : input_(std::move(bytes)), ended_(std::move(ended)) {}

    boost::asio::awaitable<std::optional<std::string>> operator()();

private:
    parsed_input<statement_splitter> input_;
    std::shared_ptr<bool> ended_;
};

/// A template with the values of each row. Sets `ended` when there are no more.
class statements_of_template {
public:
    statements_of_template(std::string text, byte_input bytes, std::shared_ptr<bool> ended)
        : text_(std::make_shared<const std::string>(std::move(text)))
        , input_(std::move(bytes))
        , ended_(std::move(ended)) {}

    boost::asio::awaitable<std::optional<filled_template>> operator()();

private:
    std::shared_ptr<const std::string> text_;
    parsed_input<csv_reader> input_;
    std::shared_ptr<bool> ended_;
};

/// How many there are in a file, if it is one that can be read twice, so that a progress bar knows where it ends.
std::optional<std::size_t> count_statements(const std::string& path);
std::optional<std::size_t> count_rows(const std::string& path);

} // namespace fan_out_example

#endif
