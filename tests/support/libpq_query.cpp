// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq_query.hpp"

#include <libpq-fe.h>

#include <cstddef>
#include <memory>
#include <stdexcept>

namespace coropq::test {

namespace {

struct finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};

std::vector<std::vector<std::string>> run(std::unique_ptr<PGconn, finish> connection, const std::string& sql) {
    if (PQstatus(connection.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    PQsetNoticeReceiver(
        connection.get(), [](void*, const PGresult*) {}, nullptr);
    const std::unique_ptr<PGresult, finish> result(PQexec(connection.get(), sql.c_str()));
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY)
        throw std::runtime_error(PQerrorMessage(connection.get()));
    std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t row = 0; row != rows.size(); ++row) {
        for (int column = 0; column != PQnfields(result.get()); ++column) {
            const int number = static_cast<int>(row);
            rows[row].emplace_back(PQgetvalue(result.get(), number, column),
                                   static_cast<std::size_t>(PQgetlength(result.get(), number, column)));
        }
    }
    return rows;
}

} // namespace

std::vector<std::vector<std::string>> libpq_query(const std::vector<std::pair<std::string, std::string>>& parameters,
                                                  const std::string& sql) {
    std::vector<const char*> names, values;
    for (const auto& [name, value] : parameters) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    return run(std::unique_ptr<PGconn, finish>(PQconnectdbParams(names.data(), values.data(), 0)), sql);
}

std::vector<std::vector<std::string>> libpq_query(const std::string& connection_string, const std::string& sql) {
    return run(std::unique_ptr<PGconn, finish>(PQconnectdb(connection_string.c_str())), sql);
}

} // namespace coropq::test
