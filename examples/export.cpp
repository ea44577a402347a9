// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Exports all rows of a query as CSV (RFC 4180), however many there are: also more than the 50,000 that Query Service
// gives for one statement, and for longer than one session, or one life of this program, lasts:
//
//     export --query 'select * from events' --key id --output events.csv postgresql://user:password@host/database
//
// The rows come in the order of the key, a column of the query whose values are all different, and none of them NULL.
// What has been written stays: the same command goes on behind the last row, after Ctrl-C as after a power cut. When a
// session ends, the program does so by itself. Memory doesn't grow with the rows.
//
//     --batch N   how many rows are read and written at a time, 1000 unless told
//     --paged     with a statement of its own for each batch (`order by … limit N`) instead of a cursor: where cursors
//                 don't work. Each of them sorts the rest of the rows again, so take a larger batch.
//
// Without the argument, the URL is taken from COROPQ_URL.

#include "arguments.hpp"
#include "csv.hpp"
#include "export/export_file.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace asio = boost::asio;
namespace options = boost::program_options;
using export_example::export_file;

struct work {
    coropq::url address;
    std::string query;
    std::string key;
    std::string path;
    std::size_t batch = 1000;
    bool is_paged = false;
};

// What Query Service gives for a statement without a LIMIT of its own. (Adobe, "Query Service guardrails")
constexpr std::uint64_t most_rows_of_a_statement = 50'000;

// --- CSV ---

void append_header(std::string& text, const coropq::result& rows) {
    for (std::size_t i = 0; i != rows.column_count(); ++i) {
        text += i == 0 ? "" : ",";
        append_quoted(text, rows.column_name(i));
    }
    text += "\r\n";
}

void append_row(std::string& text, const coropq::row& row) {
    for (std::size_t i = 0; i != row.size(); ++i) {
        text += i == 0 ? "" : ",";
        if (!row[i].is_null())
            append_quoted(text, row[i].text());
    }
    text += "\r\n";
}

// --- progress ---

class display {
public:
    explicit display(const export_file& file) : file_(file), begin_(file.where().rows) {}

    // Now and then, and at the end.
    void show(bool is_end = false) {
        const auto now = std::chrono::steady_clock::now();
        if (!is_end && now < next_)
            return;
        next_ = now + std::chrono::seconds(2);
        const double seconds = std::chrono::duration<double>(now - started_).count();
        const auto here = file_.where();
        std::cerr << here.rows << " rows, " << here.bytes / 1'000'000 << " MB, "
                  << static_cast<std::uint64_t>(static_cast<double>(here.rows - begin_) / std::max(seconds, 0.001))
                  << " rows/s\n";
    }

private:
    const export_file& file_;
    const std::uint64_t begin_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point next_ = started_ + std::chrono::seconds(2);
};

// --- the export ---

std::string quoted_name(const std::string& name) {
    std::string quoted = "\"";
    for (const char c : name)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

std::size_t index_of(const std::string& name, const coropq::result& rows) {
    for (std::size_t i = 0; i != rows.column_count(); ++i) {
        if (rows.column_name(i) == name)
            return i;
    }
    throw std::runtime_error("the query has no column " + name);
}

// The rows from the last key on; the row that has it is there already, and shows that the key is unique.
coropq::statement rest_of(const work& todo, const export_file& file) {
    std::string sql = "select * from (" + todo.query + ") as exported";
    const auto& last = file.where().last_key;
    if (last)
        sql += " where " + quoted_name(todo.key) + " >= $1";
    sql += " order by " + quoted_name(todo.key);
    if (todo.is_paged)
        sql += " limit " + std::to_string(todo.batch);
    coropq::statement rest = last ? coropq::statement(sql, *last) : coropq::statement(sql);
    rest.results(coropq::result_format::text); // nothing is made of the values but text
    return rest;
}

void write(const coropq::result& batch, const work& todo, bool is_first, export_file& file) {
    const std::size_t key = index_of(todo.key, batch);
    std::string text;
    if (!file.where().last_key)
        append_header(text, batch);
    std::string last = file.where().last_key.value_or("");
    bool has_last = file.where().last_key.has_value();
    std::uint64_t rows = 0;
    for (const coropq::row row : batch) {
        const coropq::field value = row[key];
        if (value.is_null())
            throw std::runtime_error("the column " + todo.key + " has a NULL: it can't be the key");
        const std::string here = value.text();
        const bool is_known = has_last && here == last;
        if (is_known && !is_first)
            throw std::runtime_error("the column " + todo.key + " has a value twice: it can't be the key");
        is_first = false;
        if (is_known)
            continue;
        append_row(text, row);
        last = here;
        has_last = true;
        ++rows;
    }
    if (rows != 0)
        file.append(text, rows, last);
}

// One statement. Gives whether there may be more rows than it gave.
asio::awaitable<bool> export_rest(const coropq::engine& engine, const work& todo, export_file& file, display& shown) {
    const coropq::stream_options how{.batch = todo.batch,
                                     .strategy = todo.is_paged ? coropq::stream_strategy::rows
                                                               : coropq::stream_strategy::cursor};
    coropq::row_stream rows = co_await engine.stream_rows(rest_of(todo, file), how);
    std::uint64_t received = 0;
    while (true) {
        const coropq::result batch = co_await rows.next_batch();
        if (batch.empty())
            break;
        write(batch, todo, received == 0, file);
        received += batch.size();
        shown.show();
    }
    co_return received == (todo.is_paged ? todo.batch : most_rows_of_a_statement);
}

// Sessions end: networks fail, tokens expire. What is written counts, so another one goes on.
asio::awaitable<void> export_all(const work& todo, export_file& file, display& shown) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const coropq::engine engine = coropq::create_engine(executor, todo.address);
    asio::steady_timer pause(executor);
    int failures = 0;
    for (bool has_more = true; has_more;) {
        const std::uint64_t before = file.where().rows;
        std::string lost;
        try {
            has_more = co_await export_rest(engine, todo, file, shown);
        } catch (const coropq::authentication_error&) {
            throw;
        } catch (const coropq::connection_error& problem) {
            lost = problem.what();
            failures = file.where().rows != before ? 1 : failures + 1;
            if (file.where().rows == 0 || failures > 5)
                throw;
        }
        if (!lost.empty()) {
            std::cerr << lost << "\nanother session goes on behind row " << file.where().rows << '\n';
            pause.expires_after(std::chrono::seconds(failures));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }
    file.finish();
    co_await engine.dispose();
}

// --- the program ---

work parse(int argc, char** argv) {
    options::options_description known("options");
    known.add_options()("query", options::value<std::string>(), "")("key", options::value<std::string>(), "")(
        "output", options::value<std::string>(), "")("batch", options::value<std::size_t>(), "")("paged", "");
    const options::variables_map given = example::parse_arguments(argc, argv, known);
    for (const char* needed : {"query", "key", "output"}) {
        if (given.count(needed) == 0)
            throw example::usage_error(std::string("--") + needed + " is needed");
    }
    work todo{.address = coropq::url::parse(example::url_text(given)),
              .query = given["query"].as<std::string>(),
              .key = given["key"].as<std::string>(),
              .path = given["output"].as<std::string>()};
    if (given.count("batch") != 0)
        todo.batch = given["batch"].as<std::size_t>();
    if (todo.batch < 2 || todo.batch > most_rows_of_a_statement)
        throw example::usage_error("--batch is a number from 2 to 50000");
    todo.is_paged = given.count("paged") != 0;
    return todo;
}

int run(const work& todo) {
    export_file file(todo.path, todo.key + '\n' + todo.query);
    if (file.where().last_key)
        std::cerr << "goes on behind row " << file.where().rows << '\n';
    display shown(file);
    asio::io_context context;
    asio::cancellation_signal stop;
    bool was_interrupted = false;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& code, int) {
        if (code)
            return;
        was_interrupted = true;
        stop.emit(asio::cancellation_type::terminal);
    });
    std::exception_ptr problem;
    asio::co_spawn(context, export_all(todo, file, shown),
                   asio::bind_cancellation_slot(stop.slot(), [&](const std::exception_ptr& end) {
                       problem = end;
                       signals.cancel();
                   }));
    context.run();
    shown.show(true);
    if (problem)
        file.save();
    if (was_interrupted && problem) {
        std::cerr << "interrupted; the same command goes on\n";
        return 130;
    }
    if (problem)
        std::rethrow_exception(problem);
    return 0;
}

int main(int argc, char** argv) {
    try {
        return run(parse(argc, argv));
    } catch (const example::usage_error& problem) {
        std::cerr << "export: " << problem.what()
                  << "\nusage: export --query SQL --key COLUMN --output FILE [--batch N] [--paged] [URL]\n";
        return 2;
    } catch (const std::exception& problem) {
        std::cerr << "export: " << problem.what() << '\n';
        return 1;
    }
}
