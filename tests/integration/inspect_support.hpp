// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_INSPECT_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_INSPECT_SUPPORT_HPP

#include "api_support.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace coropq::test {

using names = std::vector<std::string>;
using maybe = std::optional<std::string>;

inline std::string in_quotes(std::string_view name) {
    std::string text = "\"";
    for (const char c : name)
        text += c == '"' ? "\"\"" : std::string(1, c);
    return text + '"';
}

/// Names that are easily taken for something else, each at most 63 bytes long.
inline names hostile_names() {
    return {"Upper Case",
            "a.b",
            "a\"b",
            "a'b",
            "a\\b",
            "a%b_c",
            "$1",
            ":name",
            "a,b",
            "{a}",
            "(a)",
            "a;--",
            "/*",
            "select",
            " ",
            "a\nb",
            "\xC3\xA4\xC3\x96",
            "\xF0\x9F\x90\x98",
            "null",
            std::string(63, 'x')};
}

/// A database of its own, and an inspector of an engine with one connection: temporary tables and the search path are
/// those of the inspector.
struct inspect_fixture : testing::Test {
    temporary_database database = cluster().create_database();
    asio::io_context context;
    coropq::engine engine = coropq::create_engine(context, plain_address(database),
                                                  coropq::engine_options().pool(coropq::pool_options().size(1)));
    coropq::inspector inspect = engine.inspect();

    ~inspect_fixture() override { run(context, engine.dispose()); }

    void sql(std::string_view text) { run(context, engine.execute(text)); }
    void sql(std::initializer_list<const char*> texts) {
        for (const char* text : texts)
            sql(std::string_view(text));
    }
    /// By the superuser, on another connection.
    void superuser_sql(const std::string& text) { cluster().query(text, database.name()); }

    template <typename T>
    T get(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        return run(context, std::move(pending), time_limit, where);
    }

    /// The text of the `inspection_error` that an operation ends with.
    template <typename T>
    std::string missing(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        const auto failure = failure_of<inspection_error>(context, std::move(pending), where);
        EXPECT_EQ(failure.code(), errc::no_such_object) << where.line();
        return failure.what();
    }
};

} // namespace coropq::test

#endif
