// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// examples/inspect, as a user runs it.

#include "run_program.hpp"

#include "support/leak_check.hpp"
#include "support/postgres_cluster.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
namespace json = boost::json;
using streams = running_program::streams;
using words = std::vector<std::string>;

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

class inspect_example : public ::testing::Test {
protected:
    static program_end run_with(words environment, const words& arguments, const std::string& input = {}) {
        words command{"env", "-u", "COROPQ_URL"};
        command.insert(command.end(), environment.begin(), environment.end());
        command.emplace_back(COROPQ_EXAMPLES "/inspect");
        command.insert(command.end(), arguments.begin(), arguments.end());
        return running_program(command, input, streams::files).end();
    }
    program_end run(words arguments, const std::string& input = {}) const {
        arguments.push_back(database_.url());
        return run_with({}, arguments, input);
    }
    static void sql(const temporary_database& where, const std::string& text) {
        postgres_cluster::shared().query(text, where.name());
    }
    void fill() const {
        sql(database_, "create type mood as enum ('sad', 'ok'); create schema sales; "
                       "create table orders (id int primary key, mood mood default 'ok'); "
                       "create table sales.orders (id bigint, note text); "
                       "create view sales.notes as select note from sales.orders; "
                       "comment on table orders is 'it''s';");
    }

    temporary_database database_ = postgres_cluster::shared().create_database();
    temporary_directory files_;
};

TEST_F(inspect_example, shows_a_table) {
    fill();
    const program_end shown = run({"--table", "orders"});
    EXPECT_EQ(shown.status, 0) << shown.errors;
    EXPECT_EQ(shown.output, "Table public.orders\n"
                            " Column | Type    | Nullable | Default\n"
                            "--------+---------+----------+------------\n"
                            " id     | integer | not null |\n"
                            " mood   | mood    |          | 'ok'::mood\n"
                            "Indexes:\n"
                            "    orders_pkey: primary key, using btree (id)\n"
                            "Comment:\n"
                            "    it's\n");
    const program_end other = run({"-t", "orders", "-s", "sales"});
    EXPECT_TRUE(has(other.output, "Table sales.orders\n")) << other.output << other.errors;
    EXPECT_FALSE(has(other.output, "public"));
}

TEST_F(inspect_example, shows_schemas_and_everything) {
    fill();
    const program_end path = run({});
    EXPECT_TRUE(has(path.output, "Enum public.mood")) << path.output << path.errors;
    EXPECT_TRUE(has(path.output, "Table public.orders"));
    EXPECT_FALSE(has(path.output, "sales"));
    const program_end sales = run({"--schema", "sales"});
    EXPECT_TRUE(has(sales.output, "View sales.notes")) << sales.output;
    EXPECT_FALSE(has(sales.output, "public"));
    const program_end both = run({"--schema", "sales", "--schema", "public"});
    EXPECT_TRUE(has(both.output, "sales.notes") && has(both.output, "public.orders")) << both.output;
    EXPECT_EQ(run({"--all"}).output, both.output);
    EXPECT_EQ(run_with({"COROPQ_URL=" + database_.url()}, {"--all"}).output, both.output);
}

TEST_F(inspect_example, ddl_rebuilds_it) {
    fill();
    const program_end script = run({"--all", "--format", "ddl"});
    EXPECT_EQ(script.status, 0) << script.errors;
    const temporary_database other = postgres_cluster::shared().create_database();
    sql(other, script.output);
    const program_end same = run({"--all", "--diff", other.url()});
    EXPECT_EQ(same.output, "");
    EXPECT_EQ(same.status, 0) << same.errors;
    EXPECT_TRUE(run({"-t", "orders", "-f", "ddl"}).output.starts_with("create table public.orders (\n"));
    EXPECT_TRUE(has(run({"-t", "orders", "-f", "ddl", "--owners"}).output, " owner to "));
}

TEST_F(inspect_example, tells_differences_between_databases_and_files) {
    fill();
    const program_end stored = run({"--all", "--format", "json"});
    EXPECT_EQ(stored.status, 0) << stored.errors;
    const std::string file = files_.write("before.json", stored.output);
    EXPECT_EQ(run({"--all", "--diff", file}).status, 0);
    sql(database_, "alter table orders add column \"New one\" int; drop view sales.notes");
    const std::string expected = "+ table public.orders, column \"New one\": \"New one\" integer\n"
                                 "- table sales.notes: view\n";
    const program_end changed = run({"--all", "--diff", file});
    EXPECT_EQ(changed.output, expected) << changed.errors;
    EXPECT_EQ(changed.status, 3);
    EXPECT_EQ(run({"--all", "--diff", "-"}, stored.output).output, expected);
    // Two files, a table out of one.
    EXPECT_EQ(run_with({}, {"--diff", file, file}).status, 0);
    EXPECT_EQ(run({"-t", "orders", "--diff", file}).output, "+ column \"New one\": \"New one\" integer\n");
    EXPECT_TRUE(has(run_with({}, {"-t", "orders", file}).output, "Table public.orders"));

    const program_end as_json = run({"--all", "--format", "json", "--diff", file});
    EXPECT_EQ(as_json.status, 3);
    const json::value parsed = json::parse(as_json.output);
    ASSERT_EQ(parsed.at("changes").as_array().size(), 2u);
    EXPECT_EQ(parsed.at("changes").at(1).at("kind"), "removed");
}

TEST_F(inspect_example, says_what_is_wrong) {
    for (const words& arguments :
         {words{"--format", "xml"}, words{"--nonsense"}, words{"--all", "--schema", "a"}, words{"--table"},
          words{"--diff", "a", "--format", "ddl"}, words{"-t", "a", "-s", "b", "-s", "c"}, words{"one too many"}}) {
        const program_end wrong = run(arguments);
        EXPECT_EQ(wrong.status, 2) << arguments.front();
        EXPECT_EQ(wrong.output, "");
        EXPECT_TRUE(has(wrong.errors, "usage: inspect")) << wrong.errors;
    }
    EXPECT_EQ(run_with({}, {}).status, 2);
    EXPECT_EQ(run_with({}, {"postgresql://[::1"}).status, 2);
    const program_end help = run_with({}, {"--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(has(help.output, "--diff"));

    const program_end missing = run({"--table", "nope"});
    EXPECT_EQ(missing.status, 1);
    EXPECT_TRUE(has(missing.errors, "there is no table or view \"nope\"")) << missing.errors;
    EXPECT_EQ(missing.output, "");
    const program_end no_file = run({"--diff", files_.path("nowhere.json")});
    EXPECT_EQ(no_file.status, 1);
    EXPECT_TRUE(has(no_file.errors, "nowhere.json can't be opened")) << no_file.errors;
    EXPECT_EQ(run({"--diff", files_.write("bad.json", "{")}).status, 1);
    EXPECT_EQ(run({"--diff", files_.write("other.json", "{\"tables\": 3}")}).status, 1);
}

TEST_F(inspect_example, repeats_no_password) {
    const std::string secret = "s3cr3t-password";
    for (const words& arguments :
         {words{"postgresql:/user:" + secret + "@localhost/x"}, words{"postgresql://user:" + secret + "@127.0.0.1:1/x"},
          words{"--diff", "user:" + secret + "@localhost", database_.url()},
          words{"--password", secret, database_.url()}, words{"--table=a", "--format=" + secret, database_.url()}}) {
        const program_end end = run_with({}, arguments);
        EXPECT_NE(end.status, 0);
        EXPECT_FALSE(has(end.errors + end.output, secret)) << arguments.front();
    }
}

} // namespace
