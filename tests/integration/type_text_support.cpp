// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "type_text_support.hpp"

#include "support/postgres_cluster.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace coropq::test {

namespace {

// Types with everything that a catalog describes, and functions for values that are hard to quote.
constexpr const char* schema = R"sql(
create extension hstore;
create extension citext;

create function pick(variadic text[]) returns text language sql volatile as
    'select $1[1 + floor(random() * cardinality($1))::int]';
create function any_text() returns text language sql volatile as $$
    select coalesce(string_agg(pick('a', 'Z', '"', '''', ',', '\', '{', '}', '(', ')', '[', ']', ' ', E'\n', E'\t',
                                    E'\v', E'\f', 'NULL', 'null', 'é', '漢', '=', '>', ';', ':', '0', '-'), ''), '')
    from generate_series(1, floor(random() * 6)::int) $$;
create function any_text_or_null() returns text language sql volatile as
    'select case when random() < 0.2 then null else any_text() end';
create function any_bits() returns bigint language sql volatile as
    $$ select ('x' || substr(md5(random()::text), 1, 16))::bit(64)::bigint $$;
create function any_bytes() returns bytea language sql volatile as $$ select decode(md5(random()::text), 'hex') $$;
create function any_brackets() returns text language sql volatile as $$ select pick('[)', '(]', '[]', '()') $$;
create function any_numeric(n int) returns numeric language sql volatile as $$
    select ((case when random() < 0.5 then '-' else '' end) ||
            substr(translate(md5(random()::text) || md5(random()::text), 'abcdef', '000019'), 1, n % 41) || '0' ||
            (case when n % 3 = 0 then '' else '.' || repeat('0', n % 13) ||
             substr(translate(md5(random()::text), 'abcdef', '000990'), 1, n % 31) || '0' end))::numeric $$;
create function any_address() returns text language sql volatile as $$
    select string_agg(case when random() < 0.6 then '0' when random() < 0.3 then 'ffff'
                      else substr(md5(random()::text), 1, 1 + floor(random() * 4)::int) end, ':')
    from generate_series(1, 8) $$;
create function any_path(n int) returns path language sql volatile as $$
    select (case when n % 2 = 0 then '[' else '(' end || string_agg(format('(%s,%s)', any_bits() / 1024.0, random()), ',')
            || case when n % 2 = 0 then ']' else ')' end)::path from generate_series(1, 1 + n % 5) $$;

create type mood as enum ('sad', 'ok', 'very "happy"', 'a,b\{}');
create domain small as int check (value > -1000000);
create domain words as text[];
create type text_range as range (subtype = text, multirange_type_name = text_multirange);
create type texts_range as range (subtype = words, subtype_opclass = array_ops);
create type pair as (first text, second text);
create type address as (street text, number small, moods mood[]);
create type person as (name varchar, home address, tags text[], span text_range, born timestamptz, more hstore);
create function any_address_row() returns address language sql volatile as
    $$ select row(any_text_or_null(), floor(random() * 100)::int, case when random() < 0.5 then null
                  else array['sad', 'a,b\{}', null, 'very "happy"']::mood[] end)::address $$;
create function any_person(n int) returns person language sql volatile as
    $$ select row(any_text_or_null(), any_address_row(), array[any_text_or_null(), any_text()],
                  text_range(any_text(), null), 'epoch'::timestamptz + n * interval '1.25 hours',
                  hstore(any_text(), any_text_or_null()))::person $$;
create table dropped_column (a int, b text, c text);
insert into dropped_column values (1, 'gone', 'x y'), (null, 'gone', null);
alter table dropped_column drop column b;
)sql";

} // namespace

struct type_session::connection {
    PGconn* handle = nullptr;
    connection() = default;
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { PQfinish(handle); }
};

namespace {

struct clear_result {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_handle = std::unique_ptr<PGresult, clear_result>;

result_handle checked(PGconn* connection, PGresult* raw) {
    result_handle result(raw);
    const ExecStatusType status = PQresultStatus(raw);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(connection));
    return result;
}

std::string field(PGresult* result, int row, int column) {
    return {PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))};
}

const std::string& database_name() {
    static const temporary_database database = [] {
        temporary_database made = postgres_cluster::shared().create_database();
        postgres_cluster::shared().query(schema, made.name());
        return made;
    }();
    return database.name();
}

// By hand, as a program would that knows its types: what the library looks up itself is tested elsewhere.
std::vector<type_description> describe(type_session& session) {
    const auto oid = [&](const std::string& name) {
        return static_cast<std::uint32_t>(std::stoul(session.query("select '" + name + "'::regtype::oid")[0][0]));
    };
    std::vector<type_description> all;
    const auto add = [&](const std::string& name, type_kind kind, const std::string& element = {}) {
        type_description type;
        type.oid = oid(name);
        type.name = name;
        type.kind = kind;
        type.element = element.empty() ? 0 : oid(element);
        all.push_back(type);
        type_description array;
        array.oid = oid(name + "[]");
        array.name = name + "[]";
        array.kind = type_kind::array;
        array.element = type.oid;
        all.push_back(array);
        return all.size() - 2;
    };
    const auto add_composite = [&](const std::string& name, const std::vector<std::string>& attributes) {
        const std::size_t position = add(name, type_kind::composite);
        for (const std::string& attribute : attributes)
            all[position].attributes.push_back({attribute, oid(attribute)});
    };
    all[add("citext", type_kind::base)].has_text_bytes = true;
    all[add("hstore", type_kind::base)].is_hstore = true;
    add("mood", type_kind::enumeration);
    add("small", type_kind::domain, "int");
    add("words", type_kind::domain, "text[]");
    add("text_range", type_kind::range, "text");
    add("texts_range", type_kind::range, "words");
    add("text_multirange", type_kind::multirange, "text_range");
    add_composite("pair", {"text", "text"});
    add_composite("address", {"text", "small", "mood[]"});
    add_composite("person", {"varchar", "address", "text[]", "text_range", "timestamptz", "hstore"});
    add_composite("dropped_column", {"int", "text"});
    return all;
}

} // namespace

type_session::type_session() : connection_(std::make_unique<connection>()) {
    const postgres_cluster& cluster = postgres_cluster::shared();
    const std::string port = std::to_string(cluster.port());
    const char* const names[] = {"host", "port", "user", "dbname", nullptr};
    const char* const values[] = {cluster.socket_directory().c_str(), port.c_str(), cluster.superuser().c_str(),
                                  database_name().c_str(), nullptr};
    connection_->handle = PQconnectdbParams(names, values, 0);
    if (PQstatus(connection_->handle) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_->handle));
    execute("set timezone = 'UTC'");
    types_ = type_catalog::built_in().with(describe(*this));
}

type_session::~type_session() = default;

void type_session::execute(const std::string& sql) { query(sql); }

std::vector<std::vector<std::string>> type_session::query(const std::string& sql) {
    const result_handle result = checked(connection_->handle, PQexec(connection_->handle, sql.c_str()));
    std::vector<std::vector<std::string>> rows;
    for (int row = 0; row != PQntuples(result.get()); ++row) {
        rows.emplace_back();
        for (int column = 0; column != PQnfields(result.get()); ++column)
            rows.back().push_back(field(result.get(), row, column));
    }
    return rows;
}

std::vector<both_forms> type_session::fetch(const std::string& sql) {
    // Kept in the server, so that random values are the same in both forms.
    execute("begin");
    execute("declare kept scroll cursor with hold for select * from (" + sql + ") q(v) where v::text is not null");
    execute("commit");
    return fetch_table();
}

std::vector<both_forms> type_session::fetch_sent(std::uint32_t type, const std::vector<std::string>& values) {
    std::string array = big_endian(std::int32_t(1)) + big_endian(std::int32_t(0)) + big_endian(type) +
                        big_endian(static_cast<std::int32_t>(values.size())) + big_endian(std::int32_t(1));
    for (const std::string& value : values)
        array += big_endian(static_cast<std::int32_t>(value.size())) + value;
    const Oid array_type = types_->array_of(type);
    const char* const bytes = array.data();
    const int size = static_cast<int>(array.size());
    const int binary = 1;
    execute("begin");
    checked(connection_->handle,
            PQexecParams(connection_->handle,
                         "declare kept scroll cursor with hold for select v from unnest($1) with ordinality u(v, n) "
                         "order by n",
                         1, &array_type, &bytes, &size, &binary, 0));
    execute("commit");
    std::vector<both_forms> all = fetch_table();
    if (all.size() != values.size())
        throw std::runtime_error("the server returned another number of values");
    return all;
}

std::vector<both_forms> type_session::fetch_table() {
    const auto in_form = [&](int form) {
        execute("move absolute 0 in kept");
        return checked(connection_->handle, PQexecParams(connection_->handle, "fetch all in kept", 0, nullptr, nullptr,
                                                         nullptr, nullptr, form));
    };
    const result_handle text = in_form(0);
    const result_handle binary = in_form(1);
    std::vector<both_forms> all;
    for (int row = 0; row != PQntuples(text.get()); ++row)
        all.push_back({PQftype(text.get(), 0), field(text.get(), row, 0), field(binary.get(), row, 0)});
    execute("close kept");
    return all;
}

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const char byte : bytes) {
        hex.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        hex.push_back(digits[static_cast<unsigned char>(byte) & 15]);
    }
    return hex;
}

} // namespace coropq::test
