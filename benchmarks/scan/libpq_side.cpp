// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "scan/libpq_side.hpp"

#include <libpq-fe.h>

#include <arpa/inet.h>
#include <endian.h>

#include <bit>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace coropq::bench {

namespace {

constexpr const char* prepared_name = "scan";

struct connection_deleter {
    void operator()(PGconn* handle) const { PQfinish(handle); }
};
using connection_handle = std::unique_ptr<PGconn, connection_deleter>;

struct result_deleter {
    void operator()(PGresult* handle) const { PQclear(handle); }
};
using result_handle = std::unique_ptr<PGresult, result_deleter>;

[[noreturn]] void fail(PGconn* connection) { throw std::runtime_error(PQerrorMessage(connection)); }

connection_handle connect(const std::string& url) {
    connection_handle connection(PQconnectdb(url.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
        fail(connection.get());
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr); // tables that aren't there to be dropped
    return connection;
}

void prepare(PGconn* connection, const char* sql) {
    const Oid bigint = 20; // pg_type.dat of PostgreSQL
    const result_handle prepared(PQprepare(connection, prepared_name, sql, 1, &bigint));
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
        fail(connection);
}

/// A bigint in binary form.
struct parameter {
    explicit parameter(std::int64_t number) : bytes(htobe64(static_cast<std::uint64_t>(number))) {}

    std::uint64_t bytes;
    const char* value = reinterpret_cast<const char*>(&bytes);
    int size = sizeof bytes;
    int format = 1;
};

result_handle execute(PGconn* connection, std::int64_t argument) {
    const parameter sent(argument);
    result_handle rows(PQexecPrepared(connection, prepared_name, 1, &sent.value, &sent.size, &sent.format, 1));
    if (PQresultStatus(rows.get()) != PGRES_TUPLES_OK)
        fail(connection);
    return rows;
}

/// Calls `handle_row(const PGresult*, 0)` for each row, as it comes.
template <typename HandleRow>
void execute_by_row(PGconn* connection, std::int64_t argument, HandleRow handle_row) {
    const parameter sent(argument);
    if (PQsendQueryPrepared(connection, prepared_name, 1, &sent.value, &sent.size, &sent.format, 1) != 1 ||
        PQsetSingleRowMode(connection) != 1)
        fail(connection);
    while (const result_handle row{PQgetResult(connection)}) {
        const ExecStatusType status = PQresultStatus(row.get());
        if (status == PGRES_SINGLE_TUPLE)
            handle_row(row.get(), 0);
        else if (status != PGRES_TUPLES_OK)
            fail(connection);
    }
}

std::int32_t load_int(const char* bytes) {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return static_cast<std::int32_t>(ntohl(number));
}

std::int64_t load_bigint(const char* bytes) {
    std::uint64_t number = 0;
    std::memcpy(&number, bytes, sizeof number);
    return static_cast<std::int64_t>(be64toh(number));
}

std::int32_t get_int(const PGresult* rows, int row, int column) { return load_int(PQgetvalue(rows, row, column)); }

std::string_view get_text(const PGresult* rows, int row, int column) {
    return {PQgetvalue(rows, row, column), static_cast<std::size_t>(PQgetlength(rows, row, column))};
}

struct narrow_row {
    std::int32_t id;
    std::int32_t quantity;
    std::int32_t price;
    std::string filler;
};

narrow_row get_narrow_row(const PGresult* rows, int row) {
    return {get_int(rows, row, 0), get_int(rows, row, 1), get_int(rows, row, 2), std::string(get_text(rows, row, 3))};
}

std::uint64_t digest_views(const PGresult* rows, int row) {
    return digest(get_int(rows, row, 0)) + digest(get_int(rows, row, 1)) + digest(get_int(rows, row, 2)) +
           digest(get_text(rows, row, 3));
}

std::uint64_t digest_struct(const narrow_row& row) {
    return digest(row.id) + digest(row.quantity) + digest(row.price) + digest(row.filler);
}

std::uint64_t digest_wide(const PGresult* rows, int row) {
    std::uint64_t sum = 0;
    for (int column = 0; column != static_cast<int>(4 * wide_groups); column += 4) {
        sum += digest(get_int(rows, row, column));
        sum += digest(load_bigint(PQgetvalue(rows, row, column + 1)));
        sum += digest(std::bit_cast<double>(load_bigint(PQgetvalue(rows, row, column + 2))));
        sum += digest(get_text(rows, row, column + 3));
    }
    return sum;
}

// Arrays of one dimension without NULL: dimensions, flags, type, count and lower bound, then each with its size.
constexpr int array_header = 20;
int count_elements(const char* array) { return load_int(array) == 0 ? 0 : load_int(array + 12); }

std::vector<std::int32_t> load_numbers(const char* array) {
    std::vector<std::int32_t> numbers(static_cast<std::size_t>(count_elements(array)));
    const char* element = array + array_header;
    for (std::int32_t& number : numbers) {
        number = load_int(element + 4);
        element += 8;
    }
    return numbers;
}

std::vector<std::string> load_texts(const char* array) {
    std::vector<std::string> texts;
    texts.reserve(static_cast<std::size_t>(count_elements(array)));
    const char* element = array + array_header;
    for (int count = count_elements(array); count != 0; --count) {
        const auto size = static_cast<std::size_t>(load_int(element));
        texts.emplace_back(element + 4, size);
        element += 4 + size;
    }
    return texts;
}

/// `scan(connection)` is what counts.
template <typename Scan>
contestant make_contestant(const char* name, const std::string& url, const char* sql, Scan scan) {
    return {name, [=](meter& measured) {
                const connection_handle connection = connect(url);
                prepare(connection.get(), sql);
                execute(connection.get(), 1); // both sides have run the statement before
                measured.start();
                const std::uint64_t sum = scan(connection.get());
                measured.stop();
                return sum;
            }};
}

/// `digest_row(rows, row)` for each row of the whole result.
template <typename DigestRow>
contestant make_whole(const char* name, const std::string& url, const char* sql, std::int64_t rows,
                      DigestRow digest_row) {
    return make_contestant(name, url, sql, [=](PGconn* connection) {
        const result_handle received = execute(connection, rows);
        std::uint64_t sum = 0;
        for (int row = 0, count = PQntuples(received.get()); row != count; ++row)
            sum += digest_row(received.get(), row);
        return sum;
    });
}

template <typename DigestRow>
contestant make_single_row(const char* name, const std::string& url, const char* sql, std::int64_t rows,
                           DigestRow digest_row) {
    return make_contestant(name, url, sql, [=](PGconn* connection) {
        std::uint64_t sum = 0;
        execute_by_row(connection, rows, [&](const PGresult* one, int row) { sum += digest_row(one, row); });
        return sum;
    });
}

} // namespace

void run_statements(const std::string& url, const std::vector<std::string>& statements) {
    const connection_handle connection = connect(url);
    for (const std::string& statement : statements) {
        const result_handle done(PQexec(connection.get(), statement.c_str()));
        if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
            fail(connection.get());
    }
}

contestant libpq_whole_views(const std::string& url, const sizes& size) {
    return make_whole("libpq views", url, narrow_sql, size.narrow_rows, digest_views);
}

contestant libpq_whole_structs(const std::string& url, const sizes& size) {
    return make_contestant("libpq structs", url, narrow_sql, [=](PGconn* connection) {
        std::vector<narrow_row> objects;
        {
            const result_handle received = execute(connection, size.narrow_rows);
            const int count = PQntuples(received.get());
            objects.reserve(static_cast<std::size_t>(count));
            for (int row = 0; row != count; ++row)
                objects.push_back(get_narrow_row(received.get(), row));
        }
        std::uint64_t sum = 0;
        for (const narrow_row& object : objects)
            sum += digest_struct(object);
        return sum;
    });
}

contestant libpq_single_row_views(const std::string& url, const sizes& size) {
    return make_single_row("libpq 1row views", url, narrow_sql, size.narrow_rows, digest_views);
}

contestant libpq_single_row_structs(const std::string& url, const sizes& size) {
    return make_single_row("libpq 1row str.", url, narrow_sql, size.narrow_rows,
                           [](const PGresult* rows, int row) { return digest_struct(get_narrow_row(rows, row)); });
}

contestant libpq_lookups(const std::string& url, const sizes& size) {
    return make_contestant("libpq lookups", url, lookup_sql, [=](PGconn* connection) {
        std::uint64_t sum = 0;
        for (std::int64_t n = 0; n != size.lookups; ++n) {
            const result_handle received = execute(connection, lookup_key(n, size));
            if (PQntuples(received.get()) != 1)
                throw std::runtime_error("no row with this key");
            sum += digest_struct(get_narrow_row(received.get(), 0));
        }
        return sum;
    });
}

contestant libpq_wide(const std::string& url, const sizes& size) {
    return make_whole("libpq wide", url, wide_sql, size.wide_rows, digest_wide);
}

contestant libpq_wide_single_row(const std::string& url, const sizes& size) {
    return make_single_row("libpq 1row wide", url, wide_sql, size.wide_rows, digest_wide);
}

contestant libpq_numbers(const std::string& url, const sizes& size) {
    return make_whole("libpq int[]", url, numbers_sql, size.array_rows, [](const PGresult* rows, int row) {
        std::uint64_t sum = digest(get_int(rows, row, 0));
        for (const std::int32_t number : load_numbers(PQgetvalue(rows, row, 1)))
            sum += digest(number);
        return sum;
    });
}

contestant libpq_texts(const std::string& url, const sizes& size) {
    return make_whole("libpq text[]", url, texts_sql, size.array_rows, [](const PGresult* rows, int row) {
        std::uint64_t sum = digest(get_int(rows, row, 0));
        for (const std::string& text : load_texts(PQgetvalue(rows, row, 1)))
            sum += digest(text);
        return sum;
    });
}

} // namespace coropq::bench
