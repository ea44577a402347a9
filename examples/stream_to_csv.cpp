// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Writes the rows of any query as CSV (RFC 4180) to stdout, however many there are: they are read as the server sends
// them, and the server waits when stdout does.
//
//     stream_to_csv postgresql://user:password@host:5432/database 'select * from events'
//
// With one argument only, that is the query, and the URL is taken from COROPQ_URL.

#include "csv.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> write_csv(coropq::url url, std::string query) {
    coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, url);
    coropq::row_stream rows = co_await engine.stream_rows(coropq::statement(query));
    std::string text;
    for (bool first = true;; first = false) {
        const coropq::result batch = co_await rows.next_batch();
        if (batch.empty())
            break;
        if (first) {
            for (std::size_t i = 0; i != batch.column_count(); ++i) {
                text += i == 0 ? "" : ",";
                append_quoted(text, batch.column_name(i));
            }
            text += "\r\n";
        }
        for (const coropq::row row : batch) {
            for (std::size_t i = 0; i != row.size(); ++i) {
                text += i == 0 ? "" : ",";
                if (!row[i].is_null())
                    append_quoted(text, row[i].text());
            }
            text += "\r\n";
        }
        std::cout << text;
        text.clear();
        if (!std::cout)
            break; // nobody reads any more; the query is cancelled
    }
    co_await rows.close();
    co_await engine.dispose();
}

int main(int argc, char** argv) {
    const char* const url = argc == 3 ? argv[1] : std::getenv("COROPQ_URL");
    if (url == nullptr || argc < 2 || argc > 3) {
        std::cerr << "usage: stream_to_csv URL QUERY\n       COROPQ_URL=URL stream_to_csv QUERY\n";
        return 2;
    }
    try {
        asio::io_context context;
        asio::co_spawn(context, write_csv(coropq::url::parse(url), argv[argc - 1]), [](std::exception_ptr problem) {
            if (problem)
                std::rethrow_exception(problem);
        });
        context.run();
    } catch (const std::exception& problem) {
        std::cerr << "stream_to_csv: " << problem.what() << '\n';
        return 1;
    }
}
