// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Types of your own as parameters and in rows: specialise coropq::codec.
//
//     custom_type postgresql://user:password@host:5432/database
//
// Without an argument the URL is taken from COROPQ_URL.

#include "run_example.hpp"

#include <charconv>
#include <compare>
#include <iostream>
#include <string>

// A key that can't be mixed up with other numbers. On the server it is a bigint.
struct account_id {
    std::int64_t value = 0;
    friend auto operator<=>(const account_id&, const account_id&) = default;
};

// The binary form of a bigint has a codec already: use that one.
template <>
struct coropq::codec<account_id> {
    using number = coropq::codec<std::int64_t>;

    static constexpr type_reference type() { return number::type(); }
    static void encode(account_id id, value_writer& writer) { number::encode(id.value, writer); }
    static bool accepts(std::uint32_t type, const type_catalog& types) { return number::accepts(type, types); }
    static account_id decode(const value_view& value) { return {number::decode(value)}; }
};

// A colour that the database has as text, "#ff8000".
struct colour {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
};

// Text is the same in both forms, so the codec writes text and takes text as it comes.
template <>
struct coropq::codec<colour> {
    static constexpr type_reference type() { return {}; } // untyped, as a quoted literal
    static constexpr wire_format format = wire_format::text;
    static constexpr bool reads_text = true;

    static void encode(const colour& c, value_writer& writer) {
        constexpr std::string_view digits = "0123456789abcdef";
        std::string text = "#";
        for (const unsigned part : {c.red, c.green, c.blue}) {
            text += digits[part / 16];
            text += digits[part % 16];
        }
        writer.write_text(text);
    }

    static bool accepts(std::uint32_t type, const type_catalog& types) { return types.has_text_bytes(type); }

    static colour decode(const value_view& value) {
        const std::string_view text = value.text();
        unsigned number = 0;
        const char* const end = text.data() + text.size();
        if (text.size() != 7 || text[0] != '#' || std::from_chars(text.data() + 1, end, number, 16).ptr != end)
            throw value_error("the text isn't a colour such as #ff8000"); // literals only: no value gets into errors
        return {static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8 & 255),
                static_cast<std::uint8_t>(number & 255)};
    }
};

boost::asio::awaitable<void> run_example(coropq::url url) {
    coropq::engine engine = coropq::create_engine(co_await boost::asio::this_coro::executor, url);
    const colour orange = {255, 128, 0};

    const auto [id, shade] = co_await engine.fetch_one<std::tuple<account_id, colour>>(
        "select $1 + 1, cast($2 as text)", account_id{41}, orange);
    std::cout << "account " << id.value << ", green is " << static_cast<int>(shade.green) << '\n';

    // They work wherever a type can stand: optional, arrays, structs.
    const auto ids =
        co_await engine.fetch_value<std::vector<std::optional<account_id>>>("select array[1, null, 3]::bigint[]");
    std::cout << ids.size() << " accounts, the second is " << (ids[1] ? "known" : "unknown") << '\n';

    try {
        co_await engine.fetch_value<colour>("select 'mauve'::text as shade");
    } catch (const coropq::result_error& problem) {
        std::cout << problem.what() << '\n';
    }
    co_await engine.dispose();
}
