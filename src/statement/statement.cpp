// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/named.hpp>
#include <coropq/statement.hpp>

#include "error/diagnostics_fields.hpp"
#include "statement/lexer.hpp"
#include "statement/named_parameters.hpp"
#include "statement/refuse.hpp"
#include "statement/spent_statements.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>

namespace coropq {

namespace detail {

void refuse_statement(std::string message, std::string hint) {
    throw_error(errc::invalid_parameter,
                make_diagnostics(errc::invalid_parameter, std::move(message), std::move(hint)));
}

void encode_or_refuse(const void* value, encode_function encode, encoded_parameters& output, std::string_view name) {
    try {
        encode(value, output);
    } catch (const value_error& problem) {
        const std::string shown =
            name.empty() ? "$" + std::to_string(output.parameters().size() + 1) : ":" + std::string(name);
        refuse_statement("parameter " + shown + ": " + problem.what(), problem.hint());
    }
}

namespace {

std::string counted(std::size_t count, const char* one, const char* many) {
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

// The parameters of these are those of the statement that is prepared, or of the function that is made.
bool has_parameters_of_its_own(const sql_lexer& lexer) {
    return is_keyword(lexer.first_word(), "prepare") || is_keyword(lexer.first_word(), "create");
}

void check_bytes(std::string_view sql) {
    if (sql.find('\0') != std::string_view::npos)
        refuse_statement("the text of the statement contains a NUL byte");
}

// Texts whose values have been counted: a program has few of them, and runs each again and again.
class accepted_texts {
public:
    /// Where the text is, or would be.
    accepted_texts(std::string_view sql, std::size_t given) noexcept
        : sql_(sql)
        , given_(given)
        , place_(sql.size() > longest ? nullptr : &places_[std::hash<std::string_view>()(sql) % count]) {}

    bool contains() const noexcept {
        return place_ && place_->given == given_ && std::string_view(place_->text, place_->size) == sql_;
    }

    void add() const noexcept {
        if (!place_)
            return;
        sql_.copy(place_->text, longest);
        place_->size = sql_.size();
        place_->given = given_;
    }

private:
    static constexpr std::size_t count = 32;
    static constexpr std::size_t longest = 240;

    struct place {
        char text[longest];
        std::size_t size;
        std::size_t given;
    };

    // Without a destructor: it can be used for as long as its thread runs.
    static inline constinit thread_local place places_[count] = {};

    std::string_view sql_;
    std::size_t given_;
    place* place_;
};

void check_count(std::string_view sql, std::size_t given) {
    if (given == 0 && sql.find('$') == std::string_view::npos)
        return;
    const accepted_texts accepted(sql, given);
    if (accepted.contains())
        return;
    sql_lexer lexer(sql);
    while (lexer.next())
        ;
    const std::size_t highest = lexer.highest_number();
    if (highest == given || lexer.is_ambiguous() || lexer.is_unterminated() ||
        (given == 0 && has_parameters_of_its_own(lexer))) {
        accepted.add();
        return;
    }
    std::string range;
    if (highest != 0)
        range = highest == 1 ? " ($1)" : " ($1 to $" + std::to_string(highest) + ")";
    refuse_statement("the statement has " +
                     (highest == 0 ? "no parameters" : counted(highest, "parameter", "parameters")) + range + ", but " +
                     (given == 0 ? "no values were" : counted(given, "value was", "values were")) + " given");
}

} // namespace

} // namespace detail

statement::statement(naming names, std::string_view sql, std::span<const detail::argument> arguments) {
    const auto is_named = [](const detail::argument& each) { return each.is_named; };
    const auto named = static_cast<std::size_t>(std::count_if(arguments.begin(), arguments.end(), is_named));
    if (named != 0 && named != arguments.size()) {
        detail::check_bytes(sql);
        detail::refuse_statement("the statement is given values with and without names",
                                 "a statement has either named parameters or positional ones");
    }
    if (named != 0 || names == naming::required) {
        detail::check_bytes(sql);
        sql_ = detail::bind_names(sql, arguments, parameters_);
        return;
    }
    if (statement* const spent = detail::spent_statements::last()) {
        sql_ = std::move(spent->sql_);
        parameters_ = std::move(spent->parameters_);
        detail::spent_statements::remove_last();
    }
    // A program often runs the same text again and again, and what has run had been accepted.
    if (sql_ != sql || sql_.empty() || parameters_.parameters().size() != arguments.size()) {
        detail::check_bytes(sql);
        detail::check_count(sql, arguments.size());
        sql_ = sql;
    }
    parameters_.reserve(arguments.size());
    for (const detail::argument& each : arguments)
        detail::encode_or_refuse(each.value, each.encode, parameters_, {});
}

statement statement::with(std::string_view sql, std::initializer_list<named_parameter> parameters) {
    return with(sql, std::span<const named_parameter>(parameters.begin(), parameters.size()));
}

statement statement::with(std::string_view sql, std::span<const named_parameter> parameters) {
    std::vector<detail::argument> arguments;
    arguments.reserve(parameters.size());
    for (const named_parameter& each : parameters)
        arguments.push_back(each.as_argument());
    return statement(naming::required, sql, arguments);
}

} // namespace coropq
