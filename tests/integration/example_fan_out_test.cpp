// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// examples/fan_out, as a user runs it.

#include "run_program.hpp"

#include "support/leak_check.hpp"
#include "support/postgres_cluster.hpp"
#include "support/wait_until.hpp"

#include <boost/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
namespace json = boost::json;
using streams = running_program::streams;

class fan_out_example : public ::testing::Test {
protected:
    std::vector<std::string> command(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(),
                         {"env", "-u", "COROPQ_URL", "TERM=xterm", COROPQ_EXAMPLES "/fan_out", database_.url()});
        return arguments;
    }
    program_end run(std::vector<std::string> arguments, const std::string& input = {},
                    streams kind = streams::files) const {
        return running_program(command(std::move(arguments)), input, kind).end();
    }
    program_end run_statements(const std::string& text, std::vector<std::string> arguments = {}) const {
        arguments.insert(arguments.end(), {"--quiet", "--in-order", "--file", files_.write("statements.sql", text)});
        return run(std::move(arguments));
    }
    std::string active(const std::string& condition = "true") const {
        return postgres_cluster::shared().query_value("select count(*) from pg_stat_activity where state = 'active' "
                                                      "and pid <> pg_backend_pid() and datname = '" +
                                                      database_.name() + "' and " + condition);
    }
    bool wait_for_active(const std::string& count) const {
        return wait_until([&] { return active("query like '%pg_sleep%'") == count; });
    }

    temporary_database database_ = postgres_cluster::shared().create_database();
    temporary_directory files_;
};

std::string numbers(int count) {
    std::string text;
    for (int i = 1; i <= count; ++i)
        text += std::to_string(i) + '\n';
    return text;
}

std::string lines_sorted(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
        end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
    }
    std::sort(lines.begin(), lines.end());
    std::string sorted;
    for (const std::string& line : lines)
        sorted += line + '\n';
    return sorted;
}

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

// --- what goes in and comes out ---

TEST_F(fan_out_example, runs_a_template_with_each_row_of_values) {
    const std::string values = "1,plain\r\n\n2,\"a \"\"quoted\"\",\nlonger one\"\r\n3,\n4,\"\"\n";
    const std::string expected = "statement,number,text\r\n"
                                 "0,10,plain\r\n"
                                 "1,20,\"a \"\"quoted\"\",\nlonger one\"\r\n"
                                 "2,30,\r\n"
                                 "3,40,\"\"\r\n";
    const std::vector<std::string> given = {"--template", "select $1::int * 10 as number, $2::text as text",
                                            "--in-order"};
    const program_end from_stdin = run(given, values);
    EXPECT_EQ(from_stdin.output, expected);
    EXPECT_EQ(from_stdin.status, 0) << from_stdin.errors;

    std::vector<std::string> with_files = given;
    with_files.insert(with_files.end(), {"--values", files_.write("values.csv", "\xEF\xBB\xBF" + values), "--output",
                                         files_.path("rows.csv")});
    const program_end from_file = run(with_files);
    EXPECT_EQ(from_file.output, "");
    EXPECT_EQ(files_.read("rows.csv"), expected);
    EXPECT_EQ(from_file.status, 0) << from_file.errors;
}

TEST_F(fan_out_example, writes_rows_as_they_come) {
    std::string expected = "statement,id\r\n";
    for (int i = 0; i != 2000; ++i)
        expected += std::to_string(i) + ',' + std::to_string(i + 1) + "\r\n";
    for (const char* const pipelining : {"--quiet", "--no-pipelining"}) {
        const program_end end =
            run({"--template", "select $1::int as id", "--concurrency", "64", "--connections", "4", pipelining},
                numbers(2000));
        EXPECT_TRUE(end.output.starts_with("statement,id\r\n"));
        EXPECT_EQ(lines_sorted(end.output), lines_sorted(expected));
        EXPECT_EQ(end.status, 0) << end.errors;
    }
}

TEST_F(fan_out_example, writes_json_that_can_be_read_back) {
    const program_end end = run({"--template",
                                 "select $1::int as id, $2::text as text, $1::int > 1 as large, null as nothing, "
                                 "'{\"a\":\n[1]}'::json as document, 'NaN'::float8 as odd, 1.50 as odd, "
                                 "9007199254740993 as big from generate_series(1, $1::int)",
                                 "--format", "json"},
                                "1,\"a \"\"b\"\"\n\\\"\n2,ü\n");
    EXPECT_EQ(end.status, 0) << end.errors;
    std::map<std::int64_t, json::array> rows;
    std::size_t begin = 0;
    for (std::size_t line_end = 0; (line_end = end.output.find('\n', begin)) != std::string::npos;
         begin = line_end + 1) {
        const json::value line = json::parse(end.output.substr(begin, line_end - begin));
        const std::int64_t index = line.at("statement").as_int64();
        EXPECT_EQ(line.at("command").as_string(), "SELECT " + std::to_string(index + 1));
        rows[index] = line.at("rows").as_array();
    }
    EXPECT_EQ(begin, end.output.size());
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0], json::parse(R"([{"id":1,"text":"a \"b\"\n\\","large":false,"nothing":null,
        "document":{"a":[1]},"odd":"NaN","odd_2":1.5,"big":9007199254740993}])"));
    ASSERT_EQ(rows[1].size(), 2U);
    EXPECT_EQ(rows[1][1].at("text").as_string(), "ü");
    EXPECT_TRUE(rows[1][1].at("large").as_bool());
}

TEST_F(fan_out_example, takes_files_apart_as_psql_does) {
    const program_end end = run_statements("-- a comment; of a line\n"
                                           "select 'a;''b;' as x;;\n"
                                           "select E'a;\\';' as x; /* a ; /* nested; */ one ' */\n"
                                           "select \"a;b\" as x from (values (1)) as t(\"a;b\");"
                                           "select $$a;'$$ as x; select $tag$a;$$;$tag$ || '$tag$;' as x;\n"
                                           "create function f(a$b$ int) returns int language sql begin atomic\n"
                                           "select 1; select case when a$b$ = 1 then 2 else 3 end; end;\n"
                                           "select E'a'\n'\\';' as x;\n"
                                           "select 4 - -5 as x -- without a semicolon; at the end");
    EXPECT_EQ(end.errors, "");
    EXPECT_EQ(end.output, "statement,x\r\n0,a;'b;\r\n1,a;';\r\n2,1\r\n3,a;'\r\n4,a;$$;$tag$;\r\n6,a';\r\n7,9\r\n");
    EXPECT_EQ(end.status, 0);
}

TEST_F(fan_out_example, begins_a_new_header_for_other_columns) {
    const program_end end =
        run_statements("select 1 as a; create table t (i int); select 2 as a; select 3 as \"b,c\";");
    EXPECT_EQ(end.output, "statement,a\r\n0,1\r\n2,2\r\nstatement,\"b,c\"\r\n3,3\r\n");
    EXPECT_EQ(end.status, 0) << end.errors;
}

TEST_F(fan_out_example, says_where_a_file_breaks_off) {
    const program_end sql = run_statements("select 1 as a;\nselect 'open;\n");
    EXPECT_EQ(sql.output, "statement,a\r\n0,1\r\n");
    EXPECT_TRUE(has(sql.errors, "begins in line 2")) << sql.errors;
    EXPECT_EQ(sql.status, 1);
    const program_end csv = run({"--template", "select $1 as a", "--quiet"}, "1\n\"2\"3\n");
    EXPECT_TRUE(has(csv.errors, "line 2")) << csv.errors;
    EXPECT_EQ(csv.status, 1);
}

// --- what fails ---

TEST_F(fan_out_example, tells_failures_and_goes_on) {
    const program_end end = run({"--template", "select 10 / $1::int as x", "--in-order"}, "1\n0\nmellon\n5,6\n2\n");
    EXPECT_EQ(end.output, "statement,x\r\n0,10\r\n4,5\r\n");
    EXPECT_TRUE(has(end.errors, "fan_out: statement 1: 22012: division by zero\n")) << end.errors;
    EXPECT_TRUE(has(end.errors, "fan_out: statement 2: 22P02: ")) << end.errors;
    EXPECT_TRUE(has(end.errors, "fan_out: statement 3: ")) << end.errors;
    EXPECT_TRUE(has(end.errors, "2 succeeded, 3 failed, 0 cancelled; 2 rows")) << end.errors;
    EXPECT_FALSE(has(end.errors, "mellon")) << end.errors;
    EXPECT_EQ(end.status, 1);
}

TEST_F(fan_out_example, ends_as_its_policy_says) {
    const std::vector<std::string> given = {"--template", "select 10 / ($1::int - 2) as x", "--concurrency", "1",
                                            "--policy"};
    const auto with = [&](const char* policy) {
        std::vector<std::string> arguments = given;
        arguments.emplace_back(policy);
        return arguments;
    };
    const program_end fail_fast = run(with("fail-fast"), numbers(1000));
    EXPECT_EQ(fail_fast.output, "statement,x\r\n0,-10\r\n");
    EXPECT_EQ(fail_fast.status, 1);
    const program_end first = run(with("first-success"), "2\n3\n4\n");
    EXPECT_EQ(first.output, "statement,x\r\n1,10\r\n");
    EXPECT_EQ(first.status, 0) << first.errors;
    const program_end none = run(with("first-success"), "2\n2\n");
    EXPECT_EQ(none.output, "");
    EXPECT_EQ(none.status, 1);
    const program_end collect = run(with("collect"), "2\n3\n");
    EXPECT_EQ(collect.output, "statement,x\r\n1,10\r\n");
    EXPECT_EQ(collect.status, 1);
}

TEST_F(fan_out_example, repeats_what_is_safe_to_repeat) {
    postgres_cluster::shared().query("create sequence s; grant all on sequence s to public; "
                                     "create function flaky() returns int language plpgsql as $$begin "
                                     "if nextval('s') < 3 then raise serialization_failure; end if; return 7; end$$",
                                     database_.name());
    const program_end end = run({"--file", files_.write("flaky.sql", "select flaky() as x"), "--retries", "3"});
    EXPECT_EQ(end.output, "statement,x\r\n0,7\r\n");
    EXPECT_TRUE(has(end.errors, "2 retries")) << end.errors;
    EXPECT_EQ(end.status, 0);
}

TEST_F(fan_out_example, limits_the_time_of_each_and_of_all) {
    // Each has its own: on a slow machine, those that take no time get their turn in time only if theirs is long.
    const std::string sleeping = "select $1::int as x from pg_sleep($2::int)";
    const program_end in_time = run({"--template", sleeping, "--timeout", "60"}, "1,0\n3,0\n");
    EXPECT_EQ(lines_sorted(in_time.output), "0,1\r\n1,3\r\nstatement,x\r\n");
    EXPECT_EQ(in_time.status, 0) << in_time.errors;
    const program_end late = run({"--template", sleeping, "--timeout", "0.5"}, "2,600\n");
    EXPECT_FALSE(has(late.output, "0,2"));
    EXPECT_TRUE(has(late.errors, "fan_out: statement 0: ")) << late.errors;
    EXPECT_TRUE(has(late.errors, "within 500 ms")) << late.errors;
    EXPECT_EQ(late.status, 1);
    EXPECT_TRUE(wait_for_active("0"));
    const program_end all = run({"--template", "select $1::int from pg_sleep(600)", "--deadline", "0.5"}, numbers(5));
    EXPECT_TRUE(has(all.errors, "0 succeeded, 0 failed")) << all.errors; // and some may not have been started in time
    EXPECT_TRUE(has(all.errors, "within 500 ms")) << all.errors;
    EXPECT_EQ(all.status, 1);
    EXPECT_TRUE(wait_for_active("0"));
}

// --- Ctrl-C ---

TEST_F(fan_out_example, is_cancelled_by_signals_on_the_server_as_well) {
    for (const int number : {SIGINT, SIGTERM}) {
        running_program program(command({"--template", "select $1::int from pg_sleep(600)", "--connections", "3",
                                         "--values", files_.write("values.csv", numbers(1000))}),
                                "");
        ASSERT_TRUE(wait_for_active("3"));
        program.signal(number);
        const program_end end = program.end();
        EXPECT_EQ(end.status, 130);
        EXPECT_EQ(end.output, "");
        EXPECT_TRUE(has(end.errors, "interrupted: 0 succeeded, 0 failed, 3 cancelled, 997 not run")) << end.errors;
        EXPECT_TRUE(wait_for_active("0"));
    }
}

TEST_F(fan_out_example, can_be_interrupted_while_it_waits_for_values) {
    running_program program(command({"--template", "select $1::int as x from pg_sleep(600)"}), "1\n2\n",
                            streams::open_input);
    ASSERT_TRUE(wait_for_active("2"));
    program.signal(SIGINT);
    const program_end end = program.end();
    EXPECT_EQ(end.status, 130);
    EXPECT_TRUE(has(end.errors, "2 cancelled, the rest not run")) << end.errors;
}

TEST_F(fan_out_example, ends_at_once_when_it_is_interrupted_twice) {
    // Its output is stuck.
    running_program program(
        command({"--template", "select repeat('x', 1000000) from pg_sleep($1::int)", "--connections", "3"}),
        "0\n600\n600\n", streams::full_output);
    ASSERT_TRUE(wait_for_active("2"));
    ASSERT_TRUE(wait_until([&] { return program.has_filled_output(); }));
    program.signal(SIGINT);
    ASSERT_TRUE(wait_for_active("0"));
    ASSERT_TRUE(program.runs());
    program.signal(SIGINT);
    EXPECT_EQ(program.end().signal, SIGINT);
}

TEST_F(fan_out_example, ends_when_nobody_reads) {
    const program_end end =
        running_program({"bash", "-c", "set -o pipefail; \"$@\" | head -2", "bash", COROPQ_EXAMPLES "/fan_out",
                         database_.url(), "--template", "select $1::int as id", "--in-order"},
                        numbers(100000))
            .end();
    EXPECT_EQ(end.output, "statement,id\r\n0,1\r\n");
    EXPECT_TRUE(has(end.errors, "writing the output")) << end.errors;
    EXPECT_EQ(end.status, 1);
}

// --- progress ---

TEST_F(fan_out_example, draws_a_bar_on_a_terminal) {
    const std::vector<std::string> given = {"--template",    "select 1 / ($1::int - 3) as x from pg_sleep(0.2)",
                                            "--values",      files_.write("values.csv", numbers(8)),
                                            "--connections", "2"};
    const program_end end = run(given, "", streams::terminal);
    EXPECT_EQ(end.status, 1);
    EXPECT_TRUE(has(end.errors, "\r[")) << end.errors;
    EXPECT_TRUE(has(end.errors, "8/8 done, 1 failed, 0 running, 7 rows")) << end.errors;
    EXPECT_TRUE(has(end.errors, "\x1b[Kfan_out: statement 2: 22012: division by zero\r\n")) << end.errors;
    EXPECT_TRUE(end.errors.ends_with("\r\n")) << end.errors;
    // No line is as wide as the terminal, where the next one would begin.
    for (std::size_t begin = 0; (begin = end.errors.find("\r[", begin)) != std::string::npos; ++begin)
        EXPECT_LE(end.errors.find('\x1b', begin) - begin - 1, 69U);
}

TEST_F(fan_out_example, writes_plain_lines_elsewhere) {
    const std::vector<std::string> given = {"--template", "select $1::int as x"};
    const program_end end = run(given, numbers(5));
    EXPECT_TRUE(has(end.errors, "fan_out: 5/5 done, 0 failed, 0 running, 5 rows")) << end.errors;
    EXPECT_EQ(end.errors.find_first_of("\r\x1b"), std::string::npos) << end.errors;
    EXPECT_TRUE(end.errors.ends_with('\n'));
    std::vector<std::string> quietly = given;
    quietly.emplace_back("--quiet");
    EXPECT_EQ(run(quietly, numbers(5)).errors, "");
    EXPECT_EQ(run(quietly, numbers(5), streams::terminal).errors, "");
}

// --- usage ---

TEST_F(fan_out_example, explains_itself) {
    const program_end help = run({"--help"});
    EXPECT_TRUE(help.output.starts_with("usage: fan_out ")) << help.output;
    EXPECT_EQ(help.status, 0);
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"--file", "a", "--template", "b"},
        {"--file", "a", "--values", "b"},
        {"--template", "select 1", "--policy", "hope"},
        {"--template", "select 1", "--format", "xml"},
        {"--template", "select 1", "--concurrency", "0"},
        {"--template", "select 1", "--concurrency", "many"},
        {"--template", "select 1", "--timeout", "-1"},
        {"--template", "select 1", "--retries", "-1"},
        {"--template", "select 1", "--nonsense"},
        {"--template", "select 1", "another_url"},
    };
    for (const auto& arguments : wrong) {
        const program_end end = run(arguments);
        EXPECT_EQ(end.status, 2);
        EXPECT_TRUE(has(end.errors, "usage: fan_out ")) << end.errors;
        EXPECT_EQ(end.output, "");
    }
    const program_end missing = run({"--file", "/nowhere/statements.sql"});
    EXPECT_TRUE(has(missing.errors, "/nowhere/statements.sql")) << missing.errors;
    EXPECT_EQ(missing.status, 2);
}

TEST_F(fan_out_example, shows_no_secrets) {
    const std::string token = marked_token();
    const std::string wrong_password = database_.app_url().password(token).to_string();
    const std::string wrong_url = "postgresql://user:" + token + "@host:99999/db";
    const std::vector<std::vector<std::string>> commands = {
        {wrong_password, "--template", "select $1"},
        {wrong_url, "--template", "select $1"},
        {wrong_password, wrong_url, "--template", "select $1"},
        {"--concurrency", wrong_url},
        {"--policy", wrong_url, "--template", "select $1"},
        {"--" + wrong_url},
    };
    for (std::vector<std::string> arguments : commands) {
        arguments.insert(arguments.begin(), {"env", "-u", "COROPQ_URL", COROPQ_EXAMPLES "/fan_out"});
        const program_end end = running_program(arguments, numbers(2)).end();
        EXPECT_NE(end.status, 0);
        EXPECT_FALSE(end.errors.empty());
        EXPECT_EQ(leaked_piece(token, end.output + end.errors), "");
    }
}

} // namespace
