// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/server_message.hpp"

#include <coropq/sqlstate.hpp>

#include <charconv>

namespace coropq::detail {

namespace {

const char* field_text(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text ? text : "";
}

} // namespace

std::string_view severity_of(const PGresult* result) {
    const std::string_view severity = field_text(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    // Servers before 9.6, and others that speak the protocol, have the other one only.
    return severity.empty() ? field_text(result, PG_DIAG_SEVERITY) : severity;
}

diagnostics_fields fields_of(const PGresult* result, const redaction& redact) {
    diagnostics_fields fields;
    fields.message = field_text(result, PG_DIAG_MESSAGE_PRIMARY);
    fields.severity = severity_of(result);
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
            parts.text += "; ";
        parts.text += line.substr(first);
    }
    return parts;
}

} // namespace coropq::detail
