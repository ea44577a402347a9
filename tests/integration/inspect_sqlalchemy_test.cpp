// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The inspector beside SQLAlchemy's, which its names are taken from: both say the same of the same databases, but for a
// list of differences that each have a reason.

#include "api_support.hpp"
#include "run_program.hpp"
#include "sqlalchemy/comparison.hpp"
#include "sqlalchemy/known_differences.hpp"
#include "sqlalchemy/our_dump.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
namespace json = boost::json;

std::string output_of(const std::vector<std::string>& command, const std::string& input = {}) {
    program_end end = running_program(command, input).end();
    if (end.status != 0)
        throw std::runtime_error(command.front() + " has failed:\n" + end.errors);
    return std::move(end.output);
}

/// A folder with SQLAlchemy and large public schemas. Once for the program.
const std::string& reference() {
    static const std::string folder = [] {
        std::string line = output_of({COROPQ_SOURCE_DIR "/scripts/reference-packages.sh"});
        line.erase(line.find_last_not_of('\n') + 1);
        return line;
    }();
    return folder;
}

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("can't read " + path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

const std::string ours = COROPQ_SOURCE_DIR "/tests/integration/sqlalchemy/";

struct examined {
    std::string name;
    std::string file;
    inspection plan;
};

std::vector<examined> databases() {
    inspection everything;
    everything.prepare = {"set search_path to public, other",
                          "create temporary table passing (a serial primary key, b text unique, c int check (c > 0))",
                          "create temporary table customers (hidden int)",
                          "create temporary view passing_view as select a from passing"};
    everything.schemas = {std::nullopt, "public", "other", "Sales 2.0", "pgmq", "no such schema"};
    inspection system;
    system.schemas = {"pg_catalog", "information_schema"};
    system.one_in = 10;
    inspection names;
    names.schemas = {std::nullopt, "The schema. 100%", "all \"quoted\""};
    names.one_in = 4;
    inspection large;
    large.schemas = {std::nullopt, "public"};
    large.one_in = 15;
    return {{"everything", ours + "everything.sql", everything},
            {"system", ours + "everything.sql", system},
            {"names", ours + "names.sql", names},
            {"zabbix", reference() + "/zabbix.sql", large},
            {"mediawiki", reference() + "/mediawiki.sql", large}};
}

/// Who made everything in it.
test_url owner_of(const temporary_database& database) { return cluster().superuser_url().database(database.name()); }

json::array texts(const std::vector<std::string>& all) {
    json::array found;
    for (const std::string& each : all)
        found.emplace_back(json::string(each));
    return found;
}

json::value as_json(const coropq::test::temporary_database& database, const inspection& plan) {
    json::array schemas;
    for (const std::optional<std::string>& schema : plan.schemas)
        schemas.push_back(schema ? json::value(json::string(*schema)) : json::value(nullptr));
    return {{"url", owner_of(database).to_string()},
            {"prepare", texts(plan.prepare)},
            {"schemas", std::move(schemas)},
            {"one_in", plan.one_in}};
}

TEST(inspect_sqlalchemy, says_the_same_but_for_known_differences) {
    asio::io_context context;
    std::map<std::string, std::size_t> occurrences;
    std::size_t unknown = 0;
    for (const examined& each : databases()) {
        const temporary_database database = cluster().create_database();
        cluster().query(content(each.file), database.name());
        json::value expected =
            json::parse(output_of({"/usr/bin/env", "-i", "PYTHONPATH=" + reference() + "/python",
                                   "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3", ours + "dump.py"},
                                  json::serialize(as_json(database, each.plan))));
        coropq::connection conn(context);
        run(context, conn.connect(address_of(owner_of(database))));
        json::value found = our_dump(context, conn, each.plan);
        run(context, conn.close());
        normalise_sql(found);
        normalise_sql(expected);
        for (const difference& place : differences(each.name, found, expected)) {
            const auto reason = std::find_if(known_differences().begin(), known_differences().end(),
                                             [&](const known_difference& known) { return known.is(place); });
            if (reason != known_differences().end())
                ++occurrences[reason->name];
            else if (++unknown < 40) // the first few say what is wrong
                ADD_FAILURE() << place.text();
        }
    }
    EXPECT_EQ(unknown, 0u);
    for (const known_difference& one : known_differences()) {
        EXPECT_GT(occurrences[one.name], 0u) << "no longer different: " << one.name << " (" << one.reason << ")";
    }
}

} // namespace
