// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/field.hpp>

#include "error/diagnostics_fields.hpp"
#include "result/result_data.hpp"

#include <charconv>

namespace coropq {

namespace {

// OIDs of built-in types (PostgreSQL's src/include/catalog/pg_type.dat); they never change.
enum type_oid : std::uint32_t {
    bool_oid = 16,
    int8_oid = 20,
    int2_oid = 21,
    int4_oid = 23,
    oid_oid = 26,
    float4_oid = 700,
    float8_oid = 701,
    numeric_oid = 1700,
};

std::string type_name(std::uint32_t oid) {
    switch (oid) {
    case bool_oid: return "boolean";
    case int8_oid: return "bigint";
    case int2_oid: return "smallint";
    case int4_oid: return "integer";
    case oid_oid: return "oid";
    case float4_oid: return "real";
    case float8_oid: return "double precision";
    case numeric_oid: return "numeric";
    case 25: return "text";
    case 1043: return "character varying";
    case 1082: return "date";
    case 1114: return "timestamp without time zone";
    case 1184: return "timestamp with time zone";
    default: return "the type with OID " + std::to_string(oid);
    }
}

struct place {
    const detail::result_data& data;
    std::size_t row;
    std::size_t column;

    [[noreturn]] void fail(errc code, const std::string& problem, std::string hint = {}) const {
        throw_error(code, detail::make_diagnostics(code,
                                                   "column \"" + std::string(data.column_name(column)) + "\" (" +
                                                       type_name(data.column_type(column)) + "), row " +
                                                       std::to_string(row) + ": " + problem,
                                                   std::move(hint)));
    }

    std::string_view value(const char* cpp_type, std::initializer_list<std::uint32_t> accepted) const {
        if (data.is_null(row, column))
            fail(errc::null_value, std::string("NULL can't be read as ") + cpp_type,
                 std::string("read it as std::optional<") + cpp_type + ">");
        if (accepted.size() != 0) {
            bool fits = false;
            for (const std::uint32_t oid : accepted)
                fits = fits || oid == data.column_type(column);
            if (!fits)
                fail(errc::wrong_type, std::string("this type can't be read as ") + cpp_type,
                     "read it as std::string, or cast it in the statement");
        }
        return data.text(row, column);
    }

    template <typename Number>
    Number number(const char* cpp_type, std::initializer_list<std::uint32_t> accepted) const {
        std::string_view text = value(cpp_type, accepted);
        Number result{};
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), result);
        if (code == std::errc::result_out_of_range)
            fail(errc::wrong_type, std::string("the number doesn't fit into ") + cpp_type);
        if (code != std::errc() || end != text.data() + text.size())
            fail(errc::wrong_type, std::string("the server's text isn't a number that fits ") + cpp_type);
        return result;
    }
};

} // namespace

bool field::is_null() const noexcept { return data_->is_null(row_, column_); }

std::string_view field::name() const noexcept { return data_->column_name(column_); }

std::string_view field::text() const noexcept { return data_->text(row_, column_); }

bool field::as_bool() const {
    const place here{*data_, row_, column_};
    const std::string_view text = here.value("bool", {bool_oid});
    if (text == "t" || text == "true")
        return true;
    if (text == "f" || text == "false")
        return false;
    here.fail(errc::wrong_type, "the server's text isn't a boolean");
}

std::int64_t field::as_integer(std::int64_t lowest, std::int64_t highest) const {
    const place here{*data_, row_, column_};
    const auto number = here.number<std::int64_t>("an integer", {int2_oid, int4_oid, int8_oid, oid_oid});
    if (number < lowest || number > highest)
        here.fail(errc::wrong_type,
                  "the number doesn't fit between " + std::to_string(lowest) + " and " + std::to_string(highest));
    return number;
}

float field::as_float() const { return place{*data_, row_, column_}.number<float>("float", {float4_oid, int2_oid}); }

double field::as_double() const {
    return place{*data_, row_, column_}.number<double>("double", {float8_oid, float4_oid, int2_oid, int4_oid});
}

std::string_view field::as_text() const { return place{*data_, row_, column_}.value("std::string", {}); }

} // namespace coropq
