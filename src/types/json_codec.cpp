// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/json.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/serializer.hpp>
#include <boost/system/error_code.hpp>

#include <cmath>
#include <cstdint>
#include <string_view>

namespace coropq {

namespace {

/// JSON has no NaN and no infinity, but values have.
void require_finite(const boost::json::value& value) {
    if (const double* number = value.if_double()) {
        if (!std::isfinite(*number))
            throw value_error("JSON has no NaN and no infinity");
    } else if (const boost::json::array* array = value.if_array()) {
        for (const boost::json::value& element : *array)
            require_finite(element);
    } else if (const boost::json::object* object = value.if_object()) {
        for (const auto& member : *object)
            require_finite(member.value());
    }
}

} // namespace

// jsonb_send in the server's src/backend/utils/adt/jsonb.c: a version, and the text.
void codec<boost::json::value>::encode(const boost::json::value& value, value_writer& writer) {
    require_finite(value);
    writer.write(std::uint8_t(1));
    boost::json::serializer serializer;
    serializer.reset(&value);
    char buffer[4096];
    while (!serializer.done()) {
        const boost::json::string_view part = serializer.read(buffer);
        writer.write_text({part.data(), part.size()});
    }
}

bool codec<boost::json::value>::accepts(std::uint32_t type, const type_catalog&) {
    return type == type_oid::json || type == type_oid::jsonb;
}

boost::json::value codec<boost::json::value>::decode(const value_view& value) {
    const std::string_view text = detail::decode_text_view(value);
    boost::system::error_code error;
    boost::json::parse_options options;
    options.max_depth = 1000;
    boost::json::value result = boost::json::parse({text.data(), text.size()}, error, {}, options);
    if (error)
        throw value_error("Boost.JSON can't parse it", "read it as std::string");
    return result;
}

} // namespace coropq
