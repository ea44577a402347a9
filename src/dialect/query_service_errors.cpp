// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// What Query Service's errors mean (Adobe, "Query Service and Data Distiller frequently asked questions", table of SQL
// error codes). Several meanings share a code there, and are told apart by the words of the message.

#include "dialect/query_service_errors.hpp"

#include <coropq/error.hpp>

#include "characters.hpp"
#include "statement/leading_keyword.hpp"
#include "statement/lexer.hpp"

#include <algorithm>
#include <array>

namespace coropq {

namespace detail {

namespace {

bool mentions(std::string_view text, std::string_view lower_case) noexcept {
    return std::search(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                       [](char given, char ours) { return to_lower(given) == ours; }) != text.end();
}

template <std::size_t Count>
bool mentions_one(std::string_view text, const std::array<std::string_view, Count>& several) noexcept {
    return std::any_of(several.begin(), several.end(), [text](std::string_view one) { return mentions(text, one); });
}

query_service::problem kind_of_limit(std::string_view message) noexcept {
    constexpr std::array<std::string_view, 3> about_limit = {"limit exceeds", "limit clause", "max value"};
    constexpr std::array<std::string_view, 4> about_time = {"timeout", "timed out", "minutes", "time limit"};
    if (mentions_one(message, about_limit))
        return query_service::problem::limit_too_large;
    return mentions_one(message, about_time) ? query_service::problem::statement_timeout
                                             : query_service::problem::statement_limit;
}

// Most of these aren't the system's: "ErrorCode: 58000 Batch query execution gets : [failed reason … Analysis error
// encountered. Reason: [sessionId: … Function [varchar] not defined.]]", "errorType: USER_ERROR".
query_service::problem kind_of_system_error(std::string_view message) noexcept {
    constexpr std::array<std::string_view, 5> about_statement = {"user_error", "analysis error", "analysisexception",
                                                                 "parseexception", "no viable alternative"};
    return mentions_one(message, about_statement) ? query_service::problem::user_error
                                                  : query_service::problem::system_error;
}

bool changes_rows(std::string_view statement) {
    const std::string_view keyword = leading_keyword(statement);
    return is_keyword(keyword, "update") || is_keyword(keyword, "delete") || is_keyword(keyword, "merge") ||
           is_keyword(keyword, "truncate");
}

} // namespace

query_service::problem query_service_problem(std::string_view sqlstate, std::string_view message) noexcept {
    if (mentions(message, "session limit reached")) // its code isn't documented
        return query_service::problem::session_limit;
    if (sqlstate == "28P01")
        return query_service::problem::credentials_refused;
    if (sqlstate == "28000")
        return query_service::problem::login_refused;
    if (sqlstate == "42P12")
        return query_service::problem::wrong_database;
    if (sqlstate == "53400")
        return kind_of_limit(message);
    if (sqlstate == "58000")
        return kind_of_system_error(message);
    if (sqlstate == "0A000")
        return query_service::problem::not_supported;
    return sqlstate == "08P01" ? query_service::problem::unknown_message : query_service::problem::none;
}

std::string_view query_service_hint(query_service::problem what, std::string_view statement) noexcept {
    const bool is_about_statement =
        what == query_service::problem::none || what == query_service::problem::not_supported ||
        what == query_service::problem::user_error || what == query_service::problem::system_error;
    if (is_about_statement && changes_rows(statement))
        return "tables of the data lake are append-only: add rows with INSERT INTO … SELECT, or write a new table with "
               "CREATE TABLE … AS";
    switch (what) {
    case query_service::problem::session_limit:
        return "the sessions of an organisation are shared by all its users, programs and sandboxes: close some, in BI "
               "tools and the Query Editor too, or use smaller pools";
    case query_service::problem::credentials_refused:
        return "the token has expired (after 24 hours by default), or user and password aren't those of the "
               "credentials page; non-expiring credentials are removed when they weren't used for 90 days";
    case query_service::problem::login_refused:
        return "Query Service takes a cleartext password inside TLS and nothing else: check the user, and whether "
               "something stands in between; addresses can be excluded as well (IP allow-list of the sandbox)";
    case query_service::problem::wrong_database:
        return "no tables were found: check the sandbox and the target in the name of the database, which looks like "
               "prod:all";
    case query_service::problem::statement_timeout:
        return "statements that give rows end after 10 minutes: narrow it down, or write what it gives with CREATE "
               "TABLE … AS, which may take 24 hours";
    case query_service::problem::limit_too_large:
        return "LIMIT may be 100,000 at most: read in pages, with a cursor, or write what it gives with CREATE TABLE … "
               "AS";
    case query_service::problem::statement_limit:
        return "either LIMIT is above 100,000, or the statement took more than 10 minutes";
    case query_service::problem::user_error:
        return "that is about the statement, whatever the code: the message has the reason";
    case query_service::problem::system_error:
        return "an error of the service, or one of the statement that it doesn't tell from that; before it is run "
               "again, see whether it was";
    case query_service::problem::unknown_message:
        return "the server doesn't know a message of the extended protocol, and the connection was closed: use "
               "statement_options::simple_protocol(true), or leave parameters out";
    case query_service::problem::not_supported:
    case query_service::problem::none: break;
    }
    return {};
}

std::string_view query_service_session_id(std::string_view message) noexcept {
    constexpr std::string_view label = "sessionid:";
    constexpr std::size_t size = 36;
    const auto found = std::search(message.begin(), message.end(), label.begin(), label.end(),
                                   [](char given, char ours) { return to_lower(given) == ours; });
    message.remove_prefix(static_cast<std::size_t>(found - message.begin()));
    message.remove_prefix(std::min(label.size(), message.size()));
    while (!message.empty() && is_space(message.front()))
        message.remove_prefix(1);
    const std::string_view id = message.substr(0, size);
    const bool is_id = id.size() == size && std::all_of(id.begin(), id.end(), [](char c) {
                           return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f') || c == '-';
                       });
    return is_id ? id : std::string_view();
}

void annotate_query_service_error(diagnostics_fields& fields) {
    for (const std::string* const text : {&fields.message, &fields.detail, &fields.context}) {
        if (fields.session_id.empty())
            fields.session_id = query_service_session_id(*text);
    }
    if (fields.hint.empty())
        fields.hint = query_service_hint(query_service_problem(fields.sqlstate, fields.message), fields.statement);
}

bool ends_query_service_session(std::string_view sqlstate) noexcept {
    return sqlstate == "08P01" || sqlstate.starts_with("28");
}

namespace {

// The position behind what begins there and holds no words: a string, a quoted name or a comment. The same position if
// nothing of that does.
std::size_t skip_quoted(std::string_view sql, std::size_t at) noexcept {
    const auto behind = [&](std::string_view closing, std::size_t from) {
        const std::size_t end = sql.find(closing, from);
        return end == std::string_view::npos ? sql.size() : end + closing.size();
    };
    const std::string_view rest = sql.substr(at);
    if (rest.starts_with("--"))
        return behind("\n", at);
    if (rest.starts_with("/*"))
        return behind("*/", at + 2);
    const char quote = rest.front();
    if (quote != '\'' && quote != '"' && quote != '`')
        return at;
    for (++at; at < sql.size(); ++at) {
        if (sql[at] == '\\' && quote != '`')
            ++at;
        else if (sql[at] == quote)
            return at + 1; // a doubled one begins another string at once, which is as good
    }
    return sql.size();
}

} // namespace

bool lacks_limit(std::string_view sql) noexcept {
    constexpr std::array<std::string_view, 4> reading = {"select", "with", "values", "table"};
    const std::string_view keyword = leading_keyword(sql);
    if (std::none_of(reading.begin(), reading.end(), [&](std::string_view one) { return is_keyword(keyword, one); }))
        return false;
    int depth = 0;
    for (std::size_t at = 0; at < sql.size();) {
        if (const std::size_t behind = skip_quoted(sql, at); behind != at) {
            at = behind;
            continue;
        }
        const std::size_t begin = at;
        while (at < sql.size() && (is_alphanumeric(sql[at]) || sql[at] == '_'))
            ++at;
        const std::string_view word = sql.substr(begin, at - begin);
        if (depth == 0 && (is_keyword(word, "limit") || is_keyword(word, "fetch")))
            return false;
        if (at != begin)
            continue;
        if (sql[at] == '(')
            ++depth;
        else if (sql[at] == ')')
            --depth;
        ++at;
    }
    return true;
}

} // namespace detail

namespace query_service {

query_service::problem problem_of(const diagnostics& details) noexcept {
    // While connecting, the message is ours and has the server's below it.
    const std::vector<connect_attempt>& tried = details.attempts();
    return detail::query_service_problem(details.sqlstate(), tried.empty() ? details.message() : tried.back().reason);
}

query_service::problem problem_of(const error& failure) noexcept {
    if (failure.code() == errc::session_limit)
        return query_service::problem::session_limit;
    return problem_of(failure.details());
}

} // namespace query_service

} // namespace coropq
