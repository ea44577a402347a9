// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_WIRE_HPP
#define COROPQ_TESTS_SUPPORT_WIRE_HPP

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The messages of PostgreSQL's protocol (version 3) as strings of bytes, which can be put together with `+`, cut and
/// spoilt. The names are those of the protocol's documentation, chapter "Message Formats".
namespace coropq::test::wire {

// --- parts ---

std::string int16(std::int16_t value);
std::string int32(std::int32_t value);
/// With the NUL byte at its end.
std::string zero_terminated(std::string_view text);
/// Type, length, body.
std::string message(char type, std::string_view body = {});
/// With a length of one's own choice, for messages that lie.
std::string message_with_length(char type, std::int32_t length, std::string_view body = {});

// --- login ---

std::string authentication(std::int32_t code, std::string_view data = {});
std::string authentication_ok();
std::string authentication_cleartext_password();
/// The salt has four bytes.
std::string authentication_md5_password(std::string_view salt = "salt");
std::string authentication_sasl(const std::vector<std::string>& mechanisms = {"SCRAM-SHA-256"});
std::string authentication_sasl_continue(std::string_view data);
std::string authentication_sasl_final(std::string_view data);
std::string parameter_status(std::string_view name, std::string_view value);
std::string backend_key_data(std::int32_t process, std::int32_t key);
std::string negotiate_protocol_version(std::int32_t newest_minor, const std::vector<std::string>& unknown_options);
/// `I` idle, `T` in a transaction, `E` in a failed one.
std::string ready_for_query(char status = 'I');

// --- errors and notices ---

/// By code: `S` severity (`V` the same, never translated), `C` SQLSTATE, `M` message, `D` detail, `H` hint, `P`
/// position…
using fields = std::vector<std::pair<char, std::string>>;

std::string error_response(const fields& values);
/// Severity in both spellings, SQLSTATE and message, then the other ones.
std::string error_response(std::string_view severity, std::string_view sqlstate, std::string_view text,
                           const fields& more = {});
std::string notice_response(const fields& values);
std::string notice_response(std::string_view severity, std::string_view sqlstate, std::string_view text,
                            const fields& more = {});

// --- results ---

struct column {
    std::string name;
    std::int32_t type = 25; ///< OID; text
    std::int16_t size = -1;
    std::int32_t modifier = -1;
    std::int16_t format = 0; ///< 0 text, 1 binary
    std::int32_t table = 0;
    std::int16_t number = 0; ///< within the table
};
using row = std::vector<std::optional<std::string>>; ///< nullopt is NULL

std::string row_description(const std::vector<column>& columns);
std::string data_row(const row& values);
std::string command_complete(std::string_view tag);
std::string empty_query_response();
/// Row description, rows, `SELECT n`; columns of type text. ReadyForQuery doesn't belong to it.
std::string text_result(const std::vector<std::string>& names, const std::vector<row>& rows);

std::string parse_complete();
std::string bind_complete();
std::string close_complete();
std::string no_data();
std::string portal_suspended();
std::string parameter_description(const std::vector<std::int32_t>& types);

// --- the rest ---

std::string copy_in_response(std::int16_t columns);
std::string copy_out_response(std::int16_t columns);
std::string copy_data(std::string_view data);
std::string copy_done();
std::string notification_response(std::int32_t process, std::string_view channel, std::string_view payload);

// --- what clients send ---

struct frontend_message {
    char type = 0;
    std::string body;
};

/// What a connection begins with: a packet without a type.
struct startup_packet {
    enum class kind { startup, ssl_request, gss_request, cancel_request };

    kind what = kind::startup;
    std::int32_t protocol = 0;                     ///< 196608 is 3.0
    std::map<std::string, std::string> parameters; ///< of a startup: user, database, application_name…
    std::int32_t process = 0;                      ///< of a cancel request
    std::int32_t key = 0;
};

/// From the packet without its length. Throws `std::runtime_error` when it is none.
startup_packet parse_startup_packet(std::string_view packet);

/// The integer at that place.
std::int32_t read_int32(std::string_view bytes, std::size_t position = 0);

} // namespace coropq::test::wire

#endif
