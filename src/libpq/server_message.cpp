// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/server_message.hpp"

#include <coropq/sqlstate.hpp>

#include <algorithm>
#include <charconv>

namespace coropq::detail {

namespace {

constexpr std::string_view mask = "***";

// Shorter values are common words and digits; replacing them inside other words would destroy the message.
constexpr std::size_t shortest_replaced_anywhere = 8;

bool opens_value(char c) { return c == '"' || c == '\'' || c == '(' || c == ' ' || c == '=' || c == ','; }
bool closes_value(char c) { return c == '"' || c == '\'' || c == ')' || c == ','; }

void replace_everywhere(std::string& text, std::string_view value) {
    for (std::size_t at = text.find(value); at != std::string::npos; at = text.find(value, at + mask.size()))
        text.replace(at, value.size(), mask);
}

// Only where the value stands by itself: behind an opening and in front of a closing character, one of which must be
// more than a blank.
void replace_whole_values(std::string& text, std::string_view value) {
    for (std::size_t at = text.find(value); at != std::string::npos;) {
        const std::size_t end = at + value.size();
        if (at != 0 && opens_value(text[at - 1]) && end != text.size() && closes_value(text[end])) {
            text.replace(at, value.size(), mask);
            at = text.find(value, at + mask.size());
        } else {
            at = text.find(value, at + 1);
        }
    }
}

const char* field_text(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

} // namespace

void redaction::add_secret(const secret& value) {
    // A password of one to three characters says nothing when it is found, and would make every message unreadable.
    if (value.size() >= 4)
        secrets_.push_back(value);
}

std::string redaction::apply(std::string text) const {
    for (const secret& hidden : secrets_)
        replace_everywhere(text, hidden.expose());
    if (!statement_)
        return text;
    for (std::size_t i = 0; i != statement_->parameter_count(); ++i) {
        const char* value = statement_->parameter_text(i);
        const std::size_t size = statement_->parameter_size(i);
        if (!value || size == 0)
            continue;
        if (size >= shortest_replaced_anywhere)
            replace_everywhere(text, {value, size});
        else
            replace_whole_values(text, {value, size});
    }
    return text;
}

void redaction::apply(diagnostics_fields& fields) const {
    for (std::string* text : {&fields.message, &fields.detail, &fields.hint, &fields.context})
        *text = apply(std::move(*text));
}

diagnostics_fields fields_of(const PGresult* result, const redaction& redact) {
    diagnostics_fields fields;
    fields.message = field_text(result, PG_DIAG_MESSAGE_PRIMARY);
    fields.severity = field_text(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (fields.severity.empty()) // servers before 9.6, and others that speak the protocol
        fields.severity = field_text(result, PG_DIAG_SEVERITY);
    fields.sqlstate = field_text(result, PG_DIAG_SQLSTATE);
    fields.detail = field_text(result, PG_DIAG_MESSAGE_DETAIL);
    fields.hint = field_text(result, PG_DIAG_MESSAGE_HINT);
    fields.context = field_text(result, PG_DIAG_CONTEXT);
    fields.schema_name = field_text(result, PG_DIAG_SCHEMA_NAME);
    fields.table_name = field_text(result, PG_DIAG_TABLE_NAME);
    fields.column_name = field_text(result, PG_DIAG_COLUMN_NAME);
    fields.data_type_name = field_text(result, PG_DIAG_DATATYPE_NAME);
    fields.constraint_name = field_text(result, PG_DIAG_CONSTRAINT_NAME);
    const std::string_view position = field_text(result, PG_DIAG_STATEMENT_POSITION);
    std::from_chars(position.data(), position.data() + position.size(), fields.position);
    if (fields.message.empty()) {
        // libpq's own errors have no fields.
        fields.message = PQresultErrorMessage(result);
        while (!fields.message.empty() && fields.message.back() == '\n')
            fields.message.pop_back();
    }
    redact.apply(fields);
    return fields;
}

namespace {

// "FATAL:  28P01: password authentication …": the severity may be translated, the code never is.
bool split_server_error(std::string_view line, connect_message& parts) {
    const std::size_t colon = line.find(":  ");
    if (colon == std::string_view::npos || colon == 0 || line.size() < colon + 10)
        return false;
    const std::string_view code = line.substr(colon + 3, 5);
    if (line.substr(colon + 8, 2) != ": " || encode_sqlstate(code) == 0)
        return false;
    parts.severity = line.substr(0, colon);
    parts.sqlstate = code;
    parts.text = line.substr(colon + 10);
    return true;
}

bool take_labelled(std::string_view line, std::string_view label, std::string& target) {
    if (!line.starts_with(label))
        return false;
    target = line.substr(label.size());
    return true;
}

} // namespace

connect_message parse_connect_message(std::string_view text) {
    connect_message parts;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        // libpq begins anew for each try, for example without TLS after TLS failed; the last one decides.
        constexpr std::string_view failed = " failed: ";
        if (const std::size_t at = line.find(failed);
            at != std::string_view::npos && (line.starts_with("connection to server ") || parts.text.empty())) {
            line.remove_prefix(at + failed.size());
            parts = connect_message();
        }
        if (split_server_error(line, parts) || take_labelled(line, "DETAIL:  ", parts.detail) ||
            take_labelled(line, "HINT:  ", parts.hint) || line.starts_with("LOCATION:  "))
            continue;
        // Indented lines are libpq's advice ("Is the server running on that host …?"); ours is in the hint.
        const std::size_t first = line.find_first_not_of(' ');
        if (first == std::string_view::npos || line.front() == '\t')
            continue;
        if (!parts.text.empty())
            parts.text += ' ';
        parts.text += line.substr(first);
    }
    return parts;
}

} // namespace coropq::detail
