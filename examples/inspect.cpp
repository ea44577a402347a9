// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Shows what a database contains, as text, JSON or SQL, and what is different between two of them:
//
//     inspect postgresql://user:password@host:5432/database                     like \d of psql, all at once
//     COROPQ_URL=… inspect --schema sales --table orders --format ddl           SQL that rebuilds a table
//     COROPQ_URL=… inspect --all --format json > before.json
//     COROPQ_URL=… inspect --all --diff before.json                             what has changed since
//     inspect --diff postgresql://…/old postgresql://…/new                      … or between two databases
//
// `inspect --help` lists the options. Everything is read in one round trip, and is of one moment.

#include "arguments.hpp"
#include "inspect/command_line.hpp"

#include <coropq/engine.hpp>
#include <coropq/inspect/ddl.hpp>
#include <coropq/inspect/diff.hpp>
#include <coropq/inspect/inspector.hpp>
#include <coropq/inspect/json.hpp>
#include <coropq/inspect/text.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace asio = boost::asio;

using namespace inspect_example;
using coropq::reflected::schema_snapshot;
using coropq::reflected::table;

// --- reading ---

std::optional<std::string> schema_of(const command_line& arguments) {
    const std::vector<std::string>& names = arguments.schemas.names();
    return names.empty() ? std::nullopt : std::optional<std::string>(names.front());
}

asio::awaitable<schema_snapshot> ask(const coropq::engine& engine, const command_line& arguments, schema_snapshot*) {
    return engine.inspect().snapshot(arguments.schemas);
}

asio::awaitable<table> ask(const coropq::engine& engine, const command_line& arguments, table*) {
    return engine.inspect().reflect(*arguments.table, schema_of(arguments));
}

template <typename T>
asio::awaitable<T> read_database(const coropq::url& address, const command_line& arguments) {
    coropq::engine engine = coropq::create_engine(co_await asio::this_coro::executor, address);
    T found = co_await ask(engine, arguments, static_cast<T*>(nullptr));
    co_await engine.dispose();
    co_return found;
}

boost::json::value read_json(const std::string& path) {
    std::string text;
    if (path == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
        std::ifstream file(path, std::ios::binary);
        if (!file) { // It may be no file at all, but a URL that was mistyped, with a password.
            const bool is_harmless = path.find_first_of("@:=") == std::string::npos;
            throw std::runtime_error(is_harmless ? "the file " + path + " can't be opened"
                                                 : std::string("there is a file that can't be opened"));
        }
        text.assign(std::istreambuf_iterator<char>(file), {});
    }
    return boost::json::parse(text);
}

template <typename T>
asio::awaitable<T> read(const source& from, const command_line& arguments) {
    if (const auto* address = std::get_if<coropq::url>(&from)) {
        T found = co_await read_database<T>(*address, arguments);
        co_return found;
    }
    const boost::json::value stored = read_json(std::get<std::string>(from));
    // A table may be taken out of a snapshot.
    if constexpr (std::is_same_v<T, table>) {
        if (stored.is_object() && stored.get_object().contains("tables")) {
            const auto all = boost::json::value_to<schema_snapshot>(stored);
            co_return all.table(*arguments.table, schema_of(arguments));
        }
    }
    co_return boost::json::value_to<T>(stored);
}

// --- writing ---

template <typename T>
void print(const T& value, const command_line& arguments) {
    switch (arguments.format) {
    case output_format::text: std::cout << to_text(value); break;
    case output_format::json: std::cout << value << '\n'; break;
    case output_format::ddl: std::cout << to_ddl(value, arguments.ddl); break;
    }
}

bool print(const coropq::schema_difference& differences, const command_line& arguments) {
    if (arguments.format == output_format::json)
        std::cout << boost::json::value_from(differences) << '\n';
    else
        std::cout << differences;
    return differences.empty();
}

/// Gives the status of the program.
template <typename T>
asio::awaitable<int> run(const command_line& arguments) {
    const T found = co_await read<T>(*arguments.what, arguments);
    if (arguments.before) {
        const T before = co_await read<T>(*arguments.before, arguments);
        co_return print(diff(before, found, arguments.diff), arguments) ? 0 : 3;
    }
    print(found, arguments);
    co_return 0;
}

int main(int argc, char** argv) {
    try {
        const command_line arguments = parse_command_line(argc, argv);
        if (arguments.wants_help) {
            std::cout << help_text();
            return 0;
        }
        int status = 1;
        try {
            asio::io_context context(1);
            asio::co_spawn(context, arguments.table ? run<table>(arguments) : run<schema_snapshot>(arguments),
                           [&](const std::exception_ptr& problem, int result) {
                               if (problem)
                                   std::rethrow_exception(problem);
                               status = result;
                           });
            context.run();
            std::cout.flush();
            if (!std::cout)
                throw std::runtime_error("the output can't be written");
        } catch (const std::exception& problem) {
            std::cerr << "inspect: " << problem.what() << '\n';
            return 1;
        }
        return status;
    } catch (const example::usage_error& problem) {
        std::cerr << "inspect: " << problem.what() << "\n\n" << help_text();
    } catch (const std::exception& problem) { // URLs that are none
        std::cerr << "inspect: " << problem.what() << '\n';
    }
    return 2;
}
