// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/workload.hpp"

#include <algorithm>
#include <string_view>

namespace coropq::bench {

namespace {

constexpr std::string_view types[] = {"integer default 0",
                                      "text",
                                      "varchar(40)",
                                      "numeric(12,2)",
                                      "timestamp with time zone default now()",
                                      "boolean not null default false",
                                      "jsonb",
                                      "uuid",
                                      "date",
                                      "bigint",
                                      "double precision",
                                      "text[]",
                                      "varchar(20) default 'none'",
                                      "smallint",
                                      "bytea",
                                      "char(3)",
                                      "time",
                                      "interval",
                                      "real",
                                      "text not null default 'a'",
                                      "numeric",
                                      "inet",
                                      "timestamp(3)",
                                      "integer not null default 7"};

constexpr std::size_t own_columns = 4;
constexpr std::size_t at_once = 50;

std::string in_schema(std::size_t i) { return std::string(inspected_schema) + '.' + table_name(i); }

void add_table(std::vector<std::string>& statements, std::size_t i) {
    std::string text = "create table " + in_schema(i) + " (id integer primary key, parent integer" +
                       (i > 1 ? " references " + in_schema(i - 1) : "") +
                       ", code varchar(30) not null unique, amount integer check (amount > 0)";
    for (std::size_t column = 1; column <= columns_of_table - own_columns; ++column)
        text += ", column_" + std::to_string(column) + ' ' + std::string(types[column % std::size(types)]);
    statements.push_back(text + ')');
    statements.push_back("create index on " + in_schema(i) + " (column_1, column_2)");
    statements.push_back("comment on table " + in_schema(i) + " is 'table number " + std::to_string(i) + "'");
    for (std::size_t column = 1; column <= 5; ++column)
        statements.push_back("comment on column " + in_schema(i) + ".column_" + std::to_string(column) +
                             " is 'what it is for'");
}

} // namespace

std::string table_name(std::size_t i) { return "t" + std::to_string(i); }

std::vector<std::string> make_schema(std::size_t tables) {
    std::vector<std::string> statements = drop_schema(tables);
    statements.push_back("create schema " + std::string(inspected_schema));
    for (std::size_t first = 1; first <= tables; first += at_once) {
        statements.emplace_back("begin");
        for (std::size_t i = first; i != std::min(tables + 1, first + at_once); ++i)
            add_table(statements, i);
        statements.emplace_back("commit");
    }
    // Otherwise the server does it by itself, in the middle of the measurement.
    for (const char* catalog : {"pg_attribute", "pg_attrdef", "pg_class", "pg_constraint", "pg_depend",
                                "pg_description", "pg_index", "pg_type"})
        statements.push_back("analyze pg_catalog." + std::string(catalog));
    return statements;
}

std::vector<std::string> drop_schema(std::size_t tables) {
    std::vector<std::string> statements = {"set client_min_messages to warning"};
    for (std::size_t left = tables; left != 0;) {
        std::string names;
        for (std::size_t count = 0; count != at_once && left != 0; ++count, --left)
            names += (names.empty() ? "" : ", ") + in_schema(left);
        statements.push_back("drop table if exists " + names + " cascade");
    }
    statements.push_back("drop schema if exists " + std::string(inspected_schema) + " cascade");
    return statements;
}

} // namespace coropq::bench
