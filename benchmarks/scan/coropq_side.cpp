// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "scan/coropq_side.hpp"

#include <coropq/connection.hpp>
#include <coropq/engine.hpp>
#include <coropq/types/array.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/describe/class.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <cstdint>
#include <exception>
#include <string_view>
#include <tuple>
#include <vector>

namespace asio = boost::asio;

namespace coropq::bench {

struct narrow_object {
    std::int32_t id = 0;
    std::int32_t quantity = 0;
    std::int32_t price = 0;
    std::string filler;
};
BOOST_DESCRIBE_STRUCT(narrow_object, (), (id, quantity, price, filler))

namespace {

using narrow_views = std::tuple<int, int, int, std::string_view>;
using wide_views = boost::mp11::mp_repeat_c<std::tuple<int, std::int64_t, double, std::string_view>, wide_groups>;

/// Runs a coroutine to its end, on an event loop of its own.
template <typename Work>
std::uint64_t run(Work work) {
    asio::io_context context;
    std::uint64_t sum = 0;
    asio::co_spawn(context, work(), [&sum](const std::exception_ptr& problem, std::uint64_t result) {
        if (problem)
            std::rethrow_exception(problem);
        sum = result;
    });
    context.run();
    return sum;
}

/// `scan(connection)` is what counts.
template <typename Scan>
contestant make_contestant(const char* name, const std::string& url, const char* sql, Scan scan) {
    return {name, [=](meter& measured) {
                return run([&]() -> asio::awaitable<std::uint64_t> {
                    connection session(co_await asio::this_coro::executor);
                    co_await session.connect(url::parse(url));
                    co_await session.execute(sql, std::int64_t(1)); // prepares it
                    measured.start();
                    const std::uint64_t sum = co_await scan(session);
                    measured.stop();
                    co_await session.close();
                    co_return sum;
                });
            }};
}

template <typename Tuple>
std::uint64_t digest_tuple(const Tuple& row) {
    return std::apply([](const auto&... values) { return (digest(values) + ...); }, row);
}

std::uint64_t digest_object(const narrow_object& row) {
    return digest(row.id) + digest(row.quantity) + digest(row.price) + digest(row.filler);
}

template <typename Tuple>
contestant make_views(const char* name, const std::string& url, const char* sql, std::int64_t rows) {
    return make_contestant(name, url, sql, [=](connection& session) -> asio::awaitable<std::uint64_t> {
        const result received = co_await session.execute(sql, rows);
        std::uint64_t sum = 0;
        for (const Tuple& row : received.rows<Tuple>())
            sum += digest_tuple(row);
        co_return sum;
    });
}

/// `digest_row(object)` for each row of a stream.
template <typename T, typename DigestRow>
contestant make_stream(const char* name, const std::string& url, const char* sql, std::int64_t rows,
                       DigestRow digest_row) {
    return make_contestant(name, url, sql, [=](connection& session) -> asio::awaitable<std::uint64_t> {
        coropq::stream<T> objects = co_await session.stream<T>(statement(sql, rows));
        std::uint64_t sum = 0;
        while (true) {
            const std::vector<T> batch = co_await objects.next_batch();
            if (batch.empty())
                break;
            for (const T& object : batch)
                sum += digest_row(object);
        }
        co_return sum;
    });
}

template <typename Client>
asio::awaitable<std::uint64_t> look_up(const Client& client, const sizes& size) {
    std::uint64_t sum = 0;
    for (std::int64_t n = 0; n != size.lookups; ++n) {
        const narrow_object found = co_await client.template fetch_one<narrow_object>(lookup_sql, lookup_key(n, size));
        sum += digest_object(found);
    }
    co_return sum;
}

/// A column of arrays beside a key.
template <typename Element>
contestant make_arrays(const char* name, const std::string& url, const char* sql, std::int64_t rows) {
    return make_contestant(name, url, sql, [=](connection& session) -> asio::awaitable<std::uint64_t> {
        const result received = co_await session.execute(sql, rows);
        std::uint64_t sum = 0;
        for (const auto& [id, elements] : received.rows<int, std::vector<Element>>()) {
            sum += digest(id);
            for (const Element& element : elements)
                sum += digest(element);
        }
        co_return sum;
    });
}

} // namespace

contestant coropq_views(const std::string& url, const sizes& size) {
    return make_views<narrow_views>("coropq views", url, narrow_sql, size.narrow_rows);
}

contestant coropq_structs(const std::string& url, const sizes& size) {
    return make_contestant("coropq structs", url, narrow_sql,
                           [=](connection& session) -> asio::awaitable<std::uint64_t> {
                               const std::vector<narrow_object> objects =
                                   co_await session.fetch<narrow_object>(narrow_sql, size.narrow_rows);
                               std::uint64_t sum = 0;
                               for (const narrow_object& object : objects)
                                   sum += digest_object(object);
                               co_return sum;
                           });
}

contestant coropq_stream_views(const std::string& url, const sizes& size) {
    return make_stream<narrow_views>("coropq str.views", url, narrow_sql, size.narrow_rows, digest_tuple<narrow_views>);
}

contestant coropq_stream_structs(const std::string& url, const sizes& size) {
    return make_stream<narrow_object>("coropq str.str.", url, narrow_sql, size.narrow_rows, digest_object);
}

contestant coropq_stream_by_row(const std::string& url, const sizes& size) {
    return make_contestant("coropq str.next", url, narrow_sql,
                           [=](connection& session) -> asio::awaitable<std::uint64_t> {
                               coropq::stream<narrow_object> objects =
                                   co_await session.stream<narrow_object>(statement(narrow_sql, size.narrow_rows));
                               std::uint64_t sum = 0;
                               while (true) {
                                   const std::optional<narrow_object> next = co_await objects.next();
                                   if (!next)
                                       break;
                                   sum += digest_object(*next);
                               }
                               co_return sum;
                           });
}

contestant coropq_lookups(const std::string& url, const sizes& size) {
    return make_contestant("coropq lookups", url, lookup_sql,
                           [=](connection& session) { return look_up(session, size); });
}

contestant coropq_engine_lookups(const std::string& url, const sizes& size) {
    return {"coropq engine", [=](meter& measured) {
                return run([&]() -> asio::awaitable<std::uint64_t> {
                    const engine database = create_engine(co_await asio::this_coro::executor, url);
                    co_await database.execute(lookup_sql, std::int64_t(1));
                    measured.start();
                    const std::uint64_t sum = co_await look_up(database, size);
                    measured.stop();
                    co_await database.dispose();
                    co_return sum;
                });
            }};
}

contestant coropq_wide(const std::string& url, const sizes& size) {
    return make_views<wide_views>("coropq wide", url, wide_sql, size.wide_rows);
}

contestant coropq_wide_stream(const std::string& url, const sizes& size) {
    return make_stream<wide_views>("coropq str.wide", url, wide_sql, size.wide_rows, digest_tuple<wide_views>);
}

contestant coropq_numbers(const std::string& url, const sizes& size) {
    return make_arrays<std::int32_t>("coropq int[]", url, numbers_sql, size.array_rows);
}

contestant coropq_texts(const std::string& url, const sizes& size) {
    return make_arrays<std::string>("coropq text[]", url, texts_sql, size.array_rows);
}

} // namespace coropq::bench
