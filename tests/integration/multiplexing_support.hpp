// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_MULTIPLEXING_SUPPORT_HPP
#define COROPQ_TESTS_INTEGRATION_MULTIPLEXING_SUPPORT_HPP

// What the tests of statements on shared connections have in common.

#include "pool_support.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace coropq::test {

/// Statements that wait in the server until the gate opens, as those of `gate`, in another database.
class database_gate {
public:
    database_gate(asio::io_context& context, const temporary_database& database) : context_(context), holder_(context) {
        run(context_, holder_.connect(plain_address(database)));
        run(context_, holder_.execute("select pg_advisory_lock(4711)"));
    }

    static std::string statement(const std::string& comment) { return gate::statement(comment); }

    void open() { run(context_, holder_.execute("select pg_advisory_unlock(4711)")); }

private:
    asio::io_context& context_;
    coropq::connection holder_;
};

/// Engines whose connections are open already, so that statements share them from the first one on.
struct multiplexing_fixture : pool_fixture {
    temporary_database database = cluster().create_database();

    multiplexing_fixture() {
        // Every insert is counted, also one that is run twice.
        cluster().query("create table seen (id int, at timestamptz default clock_timestamp(), turn serial); "
                        "grant all on seen to public; grant all on sequence seen_turn_seq to public",
                        database.name());
    }

    coropq::url address() const {
        return address_of(plain_url().database(database.name()).host("127.0.0.1").port(proxy.port()));
    }

    coropq::engine make_shared(coropq::pool_options pool, coropq::connect_options connect = {}) {
        return coropq::create_engine(
            context, address(), coropq::engine_options().pool(patient(std::move(pool))).connect(std::move(connect)));
    }

    /// Opens them all, which takes that many askers at the same time.
    void open_all(const coropq::engine& target, std::size_t connections,
                  std::source_location where = std::source_location::current()) {
        std::vector<coropq::connection> held;
        for (std::size_t i = 0; i != connections; ++i) {
            held.push_back(opened_by(target, where));
            run(context, held.back().ping(), time_limit, where);
        }
        held.clear();
        ASSERT_TRUE(run_until([&] { return target.stats().idle == connections; })) << "line " << where.line();
    }

    coropq::engine make_open(std::size_t connections, coropq::pool_options pool = {},
                             coropq::connect_options connect = {}) {
        coropq::engine made = make_shared(pool.size(connections), std::move(connect));
        open_all(made, connections);
        return made;
    }

    /// The same as `start`, with everything that a statement can have.
    started& send(const coropq::engine& target, coropq::statement work) {
        const std::size_t index = all.size();
        all.push_back(std::make_unique<started>());
        started& each = *all.back();
        target.async_execute(std::move(work), each.output, each.details,
                             asio::bind_cancellation_slot(each.stop.slot(), [this, &each, index](error_code code) {
                                 each.code = code;
                                 ended.push_back(index);
                             }));
        return each;
    }

    /// Starts a coroutine of which no exception is expected.
    void spawn(asio::awaitable<void> work, std::source_location where = std::source_location::current()) {
        asio::co_spawn(context, std::move(work), [where](const std::exception_ptr& problem) {
            if (!problem)
                return;
            try {
                std::rethrow_exception(problem);
            } catch (const std::exception& failure) {
                ADD_FAILURE() << "line " << where.line() << ": " << failure.what();
            }
        });
    }

    /// Nothing is left behind, and the engine works.
    void expect_idle(const coropq::engine& target, std::source_location where = std::source_location::current()) {
        EXPECT_TRUE(run_until([&] {
            const coropq::pool_statistics now = target.stats();
            return now.active + now.waiting + now.in_flight + now.connecting + now.closing == 0;
        })) << "line "
            << where.line() << ": " << target.stats().active << " active, " << target.stats().waiting << " waiting, "
            << target.stats().in_flight << " in flight, " << target.stats().connecting << " connecting, "
            << target.stats().closing << " closing";
        EXPECT_EQ(run(context, target.execute("select 7"), time_limit, where)[0][0].as<int>(), 7);
        expect_balance(target.stats(), where);
    }

    std::string count_seen(const std::string& which = "true") {
        return cluster().query_value("select count(*) from seen where " + which, database.name());
    }
};

} // namespace coropq::test

#endif
