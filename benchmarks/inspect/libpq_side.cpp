// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/libpq_side.hpp"

#include "inspect/far_away.hpp"

#include <libpq-fe.h>

#include <memory>
#include <stdexcept>

namespace coropq::bench {

namespace {

struct finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
    void operator()(PGresult* answer) const { PQclear(answer); }
};
using connection_handle = std::unique_ptr<PGconn, finish>;
using answer_handle = std::unique_ptr<PGresult, finish>;

connection_handle connect(const std::string& address) {
    connection_handle opened(PQconnectdb(address.c_str()));
    if (PQstatus(opened.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(opened.get()));
    return opened;
}

std::size_t ask_names(PGconn* connection) {
    const char* const values[] = {inspected_schema};
    const answer_handle answer(
        PQexecParams(connection,
                     "select c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = "
                     "c.relnamespace where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname = $1",
                     1, nullptr, values, nullptr, nullptr, 0));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        throw std::runtime_error(PQerrorMessage(connection));
    std::vector<std::string> names;
    for (int row = 0; row != PQntuples(answer.get()); ++row)
        names.emplace_back(PQgetvalue(answer.get(), row, 0));
    return names.size();
}

} // namespace

void run_statements(const std::string& url, const std::vector<std::string>& statements) {
    const connection_handle connection = connect(url);
    for (const std::string& text : statements) {
        const answer_handle answer(PQexec(connection.get(), text.c_str()));
        if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK)
            throw std::runtime_error(PQerrorMessage(connection.get()));
    }
}

contestant libpq_names(const inspection& work) {
    return {"libpq names", [=](meter& measured) {
                const connection_handle connection = connect(work.url);
                measured.start();
                const std::size_t count = ask_names(connection.get());
                measured.stop();
                return std::uint64_t(count);
            }};
}

contestant libpq_cold_names(const inspection& work) {
    return {"libpq cold", [=](meter& measured) {
                const far_away server(work.url);
                measured.start();
                const connection_handle connection = connect(server.address());
                const std::size_t count = ask_names(connection.get());
                measured.stop();
                server.count_round_trips(measured);
                return std::uint64_t(count);
            }};
}

} // namespace coropq::bench
