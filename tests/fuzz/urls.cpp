// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// URLs, keyword/value strings and psql commands as users paste them: become a url that comes back from its text, or a
// url_error.

#include "fuzz/target.hpp"

#include <coropq/error.hpp>
#include <coropq/url.hpp>

#include <functional>
#include <optional>
#include <string>

using namespace coropq::fuzz;
using coropq::url;

namespace {

template <typename Function>
void check(Function read) {
    std::optional<url> value;
    try {
        value = read();
    } catch (const coropq::url_error&) {
        return;
    }
    // From here on, an exception is a finding.
    const url again = url::parse(value->to_string(coropq::show_password));
    require(again == *value, "a url comes back from its text");
    require(std::hash<url>()(again) == std::hash<url>()(*value), "the same url has the same hash");
    require(url::parse(value->to_string()).database() == value->database(), "the text without password can be read");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices choice(data, size);
    const std::string_view text = choice.rest();
    check([&] { return url::parse(text); });
    check([&] { return url::from_keyword_values(text); });
    check([&] { return url::from_psql_command(text); });
    check([&] { return url::create({.user = "u"}).update_query_string(text, true); });
    return 0;
}
