// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/coropq_side.hpp"

#include "inspect/far_away.hpp"

#include <coropq/coropq.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>

namespace asio = boost::asio;

namespace coropq::bench {

namespace {

using question = asio::awaitable<std::size_t> (*)(inspector inspect, std::size_t tables);

asio::awaitable<std::size_t> ask_snapshot(inspector inspect, std::size_t) {
    const reflected::schema_snapshot all = co_await inspect.snapshot(inspected_schema);
    std::size_t columns = 0;
    for (const auto& [name, table] : all.tables)
        columns += table.columns.size();
    co_return columns;
}

asio::awaitable<std::size_t> ask_functions(inspector inspect, std::size_t) {
    const relation_selection all(inspected_schema);
    const auto relations = co_await inspect.relations(all);
    const auto columns = co_await inspect.columns(all);
    const auto indexes = co_await inspect.indexes(all);
    const auto primary_keys = co_await inspect.primary_key(all);
    const auto unique_constraints = co_await inspect.unique_constraints(all);
    const auto foreign_keys = co_await inspect.foreign_keys(all);
    const auto checks = co_await inspect.check_constraints(all);
    std::size_t count = 0;
    for (const auto& [name, of_table] : columns)
        count += of_table.size();
    co_return count;
}

asio::awaitable<std::size_t> ask_tables(inspector inspect, std::size_t tables) {
    const std::string schema = inspected_schema;
    std::size_t count = 0;
    for (std::size_t i = 1; i <= tables; ++i) {
        const std::string name = table_name(i);
        const reflected::table table = co_await inspect.reflect(name, schema);
        count += table.columns.size();
    }
    co_return count;
}

asio::awaitable<std::size_t> ask_names(inspector inspect, std::size_t) {
    const std::vector<std::string> names = co_await inspect.table_names(inspected_schema);
    co_return names.size();
}

asio::awaitable<void> measure(engine database, question ask, std::size_t tables, meter& measured, std::size_t& count) {
    co_await database.execute("select 1");
    measured.start();
    count = co_await ask(database.inspect(), tables);
    measured.stop();
    co_await database.dispose();
}

asio::awaitable<void> measure_cold(engine database, meter& measured, std::size_t& count) {
    measured.start();
    count = co_await ask_names(database.inspect(), 0);
    measured.stop();
    co_await database.dispose();
}

void run_to_end(asio::io_context& context, asio::awaitable<void> work) {
    std::exception_ptr problem;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown) { problem = std::move(thrown); });
    context.run();
    if (problem)
        std::rethrow_exception(problem);
}

contestant asker(const char* name, const inspection& work, question ask) {
    return {name, [=](meter& measured) {
                asio::io_context context(1);
                std::size_t count = 0;
                run_to_end(context, measure(create_engine(context, url::parse(work.url)), ask, work.single_tables,
                                            measured, count));
                return std::uint64_t(count);
            }};
}

} // namespace

contestant coropq_snapshot(const inspection& work) { return asker("coropq snapshot", work, &ask_snapshot); }
contestant coropq_functions(const inspection& work) { return asker("coropq each", work, &ask_functions); }
contestant coropq_tables(const inspection& work) { return asker("coropq table", work, &ask_tables); }
contestant coropq_names(const inspection& work) { return asker("coropq names", work, &ask_names); }

contestant coropq_cold_names(const inspection& work) {
    return {"coropq cold", [=](meter& measured) {
                const far_away server(work.url);
                asio::io_context context(1);
                std::size_t count = 0;
                run_to_end(context,
                           measure_cold(create_engine(context, url::parse(server.address())), measured, count));
                server.count_round_trips(measured);
                return std::uint64_t(count);
            }};
}

} // namespace coropq::bench
