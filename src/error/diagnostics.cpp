// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/diagnostics.hpp>
#include <coropq/sqlstate.hpp>

#include "error/diagnostics_fields.hpp"

#include <ostream>
#include <utility>

namespace coropq {

namespace {

const detail::diagnostics_fields nothing;

/// "select nope / from t" with a mark below the place that the server points at.
void append_statement(std::string& text, const std::string& statement, std::size_t position) {
    // The position counts characters, so UTF-8 continuation bytes don't count.
    std::size_t offset = 0;
    for (std::size_t characters = 0; offset != statement.size(); ++offset) {
        if ((static_cast<unsigned char>(statement[offset]) & 0xC0) != 0x80 && ++characters == position)
            break;
    }
    const std::size_t begin = offset == 0 ? 0 : statement.rfind('\n', offset - 1) + 1;
    const std::size_t end = statement.find('\n', offset);
    if (position == 0) {
        text += "\nstatement: " + statement;
        return;
    }
    text += "\nstatement: " + statement.substr(begin, end == std::string::npos ? end : end - begin) + "\n           ";
    for (std::size_t i = begin; i != offset; ++i) {
        if ((static_cast<unsigned char>(statement[i]) & 0xC0) != 0x80)
            text += statement[i] == '\t' ? '\t' : ' ';
    }
    text += '^';
}

std::string render(boost::system::error_code code, const detail::diagnostics_fields& fields) {
    std::string text;
    if (!fields.severity.empty())
        text += fields.severity + ": ";
    text += fields.message.empty() ? code.message() : fields.message;
    if (!fields.message.empty() && code) {
        // The stable code: our name or the SQLSTATE; both stand at the end of the category's own message.
        const std::string state = sqlstate_text(code);
        const std::string known = code.message();
        if (!state.empty())
            text += " [" + state + "]";
        else if (const auto bracket = known.rfind(" ["); bracket != std::string::npos)
            text += known.substr(bracket);
    }
    for (const connect_attempt& attempt : fields.attempts) {
        text += "\n  " + (attempt.host.empty() ? attempt.address : attempt.host);
        if (!attempt.address.empty() && attempt.address != attempt.host && !attempt.host.empty())
            text += " (" + attempt.address + ")";
        text += ", port " + attempt.port + ": " + attempt.reason;
    }
    if (!fields.detail.empty())
        text += "\ndetail: " + fields.detail;
    if (!fields.hint.empty())
        text += "\nhint: " + fields.hint;
    if (!fields.context.empty())
        text += "\ncontext: " + fields.context;
    if (!fields.statement.empty())
        append_statement(text, fields.statement, fields.position);
    return text;
}

} // namespace

diagnostics::diagnostics(boost::system::error_code code, detail::diagnostics_fields fields) {
    fields.text = render(code, fields);
    fields_ = std::make_shared<const detail::diagnostics_fields>(std::move(fields));
}

namespace detail {

diagnostics_fields fields_of(const diagnostics& details) {
    diagnostics_fields fields;
    fields.message = details.message();
    fields.severity = details.severity();
    fields.sqlstate = details.sqlstate();
    fields.detail = details.detail();
    fields.hint = details.hint();
    fields.context = details.context();
    fields.position = details.position();
    fields.schema_name = details.schema_name();
    fields.table_name = details.table_name();
    fields.column_name = details.column_name();
    fields.data_type_name = details.data_type_name();
    fields.constraint_name = details.constraint_name();
    fields.statement = details.statement();
    fields.host = details.host();
    fields.port = details.port();
    fields.user = details.user();
    fields.database = details.database();
    fields.session_id = details.session_id();
    fields.attempts = details.attempts();
    fields.known_not_run = details.known_not_run();
    return fields;
}

diagnostics make_diagnostics(boost::system::error_code code, std::string message, std::string hint) {
    diagnostics_fields fields;
    fields.message = std::move(message);
    fields.hint = std::move(hint);
    return diagnostics(code, std::move(fields));
}

} // namespace detail

#define COROPQ_FIELD(name)                                                                                             \
    const std::string& diagnostics::name() const noexcept { return fields_ ? fields_->name : nothing.name; }
COROPQ_FIELD(message)
COROPQ_FIELD(severity)
COROPQ_FIELD(sqlstate)
COROPQ_FIELD(detail)
COROPQ_FIELD(hint)
COROPQ_FIELD(context)
COROPQ_FIELD(schema_name)
COROPQ_FIELD(table_name)
COROPQ_FIELD(column_name)
COROPQ_FIELD(data_type_name)
COROPQ_FIELD(constraint_name)
COROPQ_FIELD(statement)
COROPQ_FIELD(host)
COROPQ_FIELD(port)
COROPQ_FIELD(user)
COROPQ_FIELD(database)
COROPQ_FIELD(session_id)
#undef COROPQ_FIELD

std::size_t diagnostics::position() const noexcept { return fields_ ? fields_->position : 0; }

const std::vector<connect_attempt>& diagnostics::attempts() const noexcept {
    return fields_ ? fields_->attempts : nothing.attempts;
}

bool diagnostics::known_not_run() const noexcept { return fields_ && fields_->known_not_run; }

const std::string& diagnostics::to_string() const noexcept { return fields_ ? fields_->text : nothing.text; }

std::ostream& operator<<(std::ostream& out, const diagnostics& value) { return out << value.to_string(); }

} // namespace coropq
