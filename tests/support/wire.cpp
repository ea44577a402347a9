// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "wire.hpp"

#include <stdexcept>

namespace coropq::test::wire {

namespace {

template <typename Unsigned>
std::string big_endian(Unsigned value) {
    std::string bytes;
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<unsigned char>(value >> shift));
    return bytes;
}

std::string fields_body(const fields& values) {
    std::string body;
    for (const auto& [code, value] : values)
        body += code + zero_terminated(value);
    return body + '\0';
}

fields usual_fields(std::string_view severity, std::string_view sqlstate, std::string_view text, const fields& more) {
    fields all{{'S', std::string(severity)},
               {'V', std::string(severity)},
               {'C', std::string(sqlstate)},
               {'M', std::string(text)}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::string copy_response(char type, std::int16_t columns) {
    std::string body = '\0' + int16(columns);
    for (std::int16_t i = 0; i < columns; ++i)
        body += int16(0);
    return message(type, body);
}

} // namespace

std::string int16(std::int16_t value) { return big_endian(static_cast<std::uint16_t>(value)); }
std::string int32(std::int32_t value) { return big_endian(static_cast<std::uint32_t>(value)); }
std::string zero_terminated(std::string_view text) { return std::string(text) + '\0'; }

std::string message(char type, std::string_view body) {
    return message_with_length(type, static_cast<std::int32_t>(body.size() + 4), body);
}

std::string message_with_length(char type, std::int32_t length, std::string_view body) {
    return type + int32(length) + std::string(body);
}

std::string authentication(std::int32_t code, std::string_view data) {
    return message('R', int32(code) + std::string(data));
}

std::string authentication_ok() { return authentication(0); }
std::string authentication_cleartext_password() { return authentication(3); }
std::string authentication_md5_password(std::string_view salt) { return authentication(5, salt); }

std::string authentication_sasl(const std::vector<std::string>& mechanisms) {
    std::string names;
    for (const std::string& name : mechanisms)
        names += zero_terminated(name);
    return authentication(10, names + '\0');
}

std::string authentication_sasl_continue(std::string_view data) { return authentication(11, data); }
std::string authentication_sasl_final(std::string_view data) { return authentication(12, data); }

std::string parameter_status(std::string_view name, std::string_view value) {
    return message('S', zero_terminated(name) + zero_terminated(value));
}

std::string backend_key_data(std::int32_t process, std::int32_t key) {
    return message('K', int32(process) + int32(key));
}

std::string negotiate_protocol_version(std::int32_t newest_minor, const std::vector<std::string>& unknown_options) {
    std::string body = int32(newest_minor) + int32(static_cast<std::int32_t>(unknown_options.size()));
    for (const std::string& name : unknown_options)
        body += zero_terminated(name);
    return message('v', body);
}

std::string ready_for_query(char status) { return message('Z', std::string(1, status)); }

std::string error_response(const fields& values) { return message('E', fields_body(values)); }

std::string error_response(std::string_view severity, std::string_view sqlstate, std::string_view text,
                           const fields& more) {
    return error_response(usual_fields(severity, sqlstate, text, more));
}

std::string notice_response(const fields& values) { return message('N', fields_body(values)); }

std::string notice_response(std::string_view severity, std::string_view sqlstate, std::string_view text,
                            const fields& more) {
    return notice_response(usual_fields(severity, sqlstate, text, more));
}

std::string row_description(const std::vector<column>& columns) {
    std::string body = int16(static_cast<std::int16_t>(columns.size()));
    for (const column& each : columns)
        body += zero_terminated(each.name) + int32(each.table) + int16(each.number) + int32(each.type) +
                int16(each.size) + int32(each.modifier) + int16(each.format);
    return message('T', body);
}

std::string data_row(const row& values) {
    std::string body = int16(static_cast<std::int16_t>(values.size()));
    for (const std::optional<std::string>& value : values) {
        if (value)
            body += int32(static_cast<std::int32_t>(value->size())) + *value;
        else
            body += int32(-1);
    }
    return message('D', body);
}

std::string command_complete(std::string_view tag) { return message('C', zero_terminated(tag)); }
std::string empty_query_response() { return message('I'); }

std::string text_result(const std::vector<std::string>& names, const std::vector<row>& rows) {
    std::vector<column> columns(names.size());
    for (std::size_t i = 0; i != names.size(); ++i)
        columns[i].name = names[i];
    std::string result = row_description(columns);
    for (const row& values : rows)
        result += data_row(values);
    return result + command_complete("SELECT " + std::to_string(rows.size()));
}

std::string parse_complete() { return message('1'); }
std::string bind_complete() { return message('2'); }
std::string close_complete() { return message('3'); }
std::string no_data() { return message('n'); }
std::string portal_suspended() { return message('s'); }

std::string parameter_description(const std::vector<std::int32_t>& types) {
    std::string body = int16(static_cast<std::int16_t>(types.size()));
    for (const std::int32_t type : types)
        body += int32(type);
    return message('t', body);
}

std::string copy_in_response(std::int16_t columns) { return copy_response('G', columns); }
std::string copy_out_response(std::int16_t columns) { return copy_response('H', columns); }
std::string copy_data(std::string_view data) { return message('d', data); }
std::string copy_done() { return message('c'); }

std::string notification_response(std::int32_t process, std::string_view channel, std::string_view payload) {
    return message('A', int32(process) + zero_terminated(channel) + zero_terminated(payload));
}

std::int32_t read_int32(std::string_view bytes, std::size_t position) {
    if (bytes.size() < position + 4)
        throw std::runtime_error("an integer was expected where the bytes end");
    std::uint32_t value = 0;
    for (std::size_t i = 0; i != 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[position + i]);
    return static_cast<std::int32_t>(value);
}

startup_packet parse_startup_packet(std::string_view packet) {
    // The requests have the place of a protocol version, with a major number that there never will be.
    constexpr std::int32_t cancel_request = 80877102, ssl_request = 80877103, gss_request = 80877104;
    startup_packet result;
    result.protocol = read_int32(packet);
    switch (result.protocol) {
    case ssl_request: result.what = startup_packet::kind::ssl_request; return result;
    case gss_request: result.what = startup_packet::kind::gss_request; return result;
    case cancel_request:
        result.what = startup_packet::kind::cancel_request;
        result.process = read_int32(packet, 4);
        result.key = read_int32(packet, 8);
        return result;
    default: break;
    }
    packet.remove_prefix(4);
    const auto next = [&packet] {
        const std::size_t end = packet.find('\0');
        if (end == std::string_view::npos)
            throw std::runtime_error("the startup packet isn't terminated");
        std::string text(packet.substr(0, end));
        packet.remove_prefix(end + 1);
        return text;
    };
    for (std::string name = next(); !name.empty(); name = next())
        result.parameters[name] = next();
    return result;
}

} // namespace coropq::test::wire
