// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Runs the examples as a user does: from a shell, with a server.

#include "support/leak_check.hpp"
#include "support/postgres_cluster.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace coropq::test;

struct outcome {
    std::string output; ///< of stdout and stderr
    int status = -1;
};

outcome run_program(const std::string& environment, const std::string& arguments,
                    const std::string& program = "table_names") {
    const std::string command =
        "env -u COROPQ_URL " + environment + " '" COROPQ_EXAMPLES "/" + program + "' " + arguments + " 2>&1";
    std::FILE* const pipe = popen(command.c_str(), "r"); // NOLINT: a shell is what users have
    if (!pipe)
        throw std::runtime_error("no shell");
    outcome result;
    std::array<char, 4096> buffer{};
    while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe))
        result.output.append(buffer.data(), size);
    const int status = pclose(pipe);
    if (WIFEXITED(status))
        result.status = WEXITSTATUS(status);
    return result;
}

std::string quoted(const std::string& text) { return "'" + text + "'"; }

std::string expected_names(const std::string& database) {
    std::string names;
    for (const auto& row : postgres_cluster::shared().query(
             "select tablename from pg_tables where schemaname = 'public' order by tablename collate \"C\"", database))
        names += row[0] + '\n';
    return names;
}

TEST(table_names, takes_the_url_from_an_argument) {
    const postgres_cluster& cluster = postgres_cluster::shared();
    const outcome flat = run_program("", quoted(cluster.query_service_url().database("prod:all?FLATTEN").to_string()));
    EXPECT_EQ(flat.output, expected_names("prod:all?FLATTEN"));
    EXPECT_EQ(flat.status, 0);
    // The argument wins.
    const outcome both = run_program("COROPQ_URL=nonsense", quoted(cluster.qs_url()));
    EXPECT_EQ(both.output, expected_names("prod:all"));
    EXPECT_EQ(both.status, 0);
}

TEST(table_names, takes_the_url_from_the_environment) {
    const postgres_cluster& cluster = postgres_cluster::shared();
    const outcome service = run_program("COROPQ_URL=" + quoted(cluster.qs_url()), "");
    EXPECT_FALSE(service.output.empty());
    EXPECT_EQ(service.output, expected_names("prod:all"));
    EXPECT_EQ(service.status, 0);
    const outcome ordinary = run_program("COROPQ_URL=" + quoted(cluster.url()), "");
    EXPECT_EQ(ordinary.output, expected_names(cluster.app_database()));
    EXPECT_EQ(ordinary.status, 0);
}

TEST(table_names, says_how_it_is_used) {
    for (const char* arguments : {"", "one two"}) {
        const outcome result = run_program("", arguments);
        EXPECT_EQ(result.status, 2);
        EXPECT_TRUE(result.output.starts_with("usage: table_names URL\n")) << result.output;
    }
}

TEST(table_names, reports_errors_without_secrets) {
    postgres_cluster& cluster = postgres_cluster::shared();
    const std::string token = marked_token();
    const auto fails = [&](const std::string& url, std::string_view piece) {
        const outcome result = run_program("", quoted(url));
        EXPECT_EQ(result.status, 1);
        EXPECT_TRUE(result.output.starts_with("table_names: ")) << result.output;
        EXPECT_NE(result.output.find(piece), std::string::npos) << result.output;
        EXPECT_EQ(leaked_piece(token, result.output), "");
    };
    fails("mysql://user:" + token + "@host/db", "[invalid_url]");
    fails(token, "[invalid_url]");
    fails("postgresql://user:" + token + "@host:99999/db", "[invalid_url]");
    fails("postgresql://user:" + token + "@coropq-test.invalid/db", "[host_not_found]");
    fails(cluster.query_service_url().password(token).to_string(), "[28P01]");
    fails(cluster.app_url().password(token).to_string(), "[28P01]");
    fails(cluster.app_url().password(token).set("sslrootcert", "/nowhere/ca.pem").to_string(), "/nowhere/ca.pem");
}

std::string server() { return quoted(postgres_cluster::shared().url()); }

TEST(structs, go_in_and_out) {
    const outcome shown = run_program("", server(), "structs");
    EXPECT_EQ(shown.output, "Alan knows 1 languages, since 1936-05-28\n"
                            "Grace knows 0 languages, since 1944-07-02\n"
                            "number 7: nobody\n"
                            "average age: 38.5000000000000000\n"
                            "1 Ada\n2 Alan\n3 Grace\n");
    EXPECT_EQ(shown.status, 0);
    EXPECT_EQ(run_program("", "", "structs").status, 2);
}

TEST(nested_composites, are_trees_of_objects) {
    const outcome shown = run_program("COROPQ_URL=" + server(), "", "nested_composites");
    EXPECT_EQ(shown.output, "order 1 to 1 Main Street, \"the corner\", Springfield\n"
                            "  1 x paper (A4) at 4.99\n"
                            "  12 x pencil at 0.35\n");
    EXPECT_EQ(shown.status, 0);
}

TEST(custom_type, works_in_both_directions) {
    const outcome shown = run_program("", server(), "custom_type");
    EXPECT_EQ(shown.output,
              "account 42, green is 128\n"
              "3 accounts, the second is unknown\n"
              "column \"shade\" (text), row 0: the value can't be read as colour: the text isn't a colour "
              "such as #ff8000 [wrong_type]\n");
    EXPECT_EQ(shown.status, 0);
}

TEST(transfer, keeps_the_sum) {
    const outcome shown = run_program("", server(), "transfer");
    EXPECT_EQ(shown.output, "refused: account 3 has only 149\n"
                            "account 1 has 51\naccount 2 has 100\naccount 3 has 149\n");
    EXPECT_EQ(shown.status, 0);
}

TEST(pipeline, all_or_nothing_and_each_by_itself) {
    const outcome shown = run_program("", server(), "pipeline");
    EXPECT_EQ(shown.output, "opened: Ada\nopened: Grace\nnot opened: Ada has one already\nopened: Alan\n3 accounts\n"
                            "30 from Ada to Grace: done, they have 70 and 130\n"
                            "80 from Ada to Alan: refused, that is more than there is\n"
                            "10 from Ada to nobody: refused, there is no such account\n"
                            "Ada has 70\nAlan has 100\nGrace has 130\n");
    EXPECT_EQ(shown.status, 0);
}

TEST(stream_to_csv, writes_what_rfc_4180_says) {
    const std::string query = quoted(
        "select 1 as a, E\'x\\ny\"z\' as \"b,c\", null as n, \'\' as e, array[1,2] as l from generate_series(1, 2)");
    std::string escaped;
    for (const char c : query.substr(1, query.size() - 2))
        escaped += c == '\'' ? std::string("'\\''") : std::string(1, c);
    const outcome written = run_program("", server() + " '" + escaped + "'", "stream_to_csv");
    const std::string line = "1,\"x\ny\"\"z\",,\"\",\"{1,2}\"\r\n";
    EXPECT_EQ(written.output, "a,\"b,c\",n,e,l\r\n" + line + line);
    EXPECT_EQ(written.status, 0);
    const outcome failed = run_program("", server() + " 'select 1/0'", "stream_to_csv");
    EXPECT_NE(failed.output.find("division by zero"), std::string::npos) << failed.output;
    EXPECT_EQ(failed.status, 1);
}

TEST(stream_to_csv, ends_when_nobody_reads) {
    const outcome cut =
        run_program("", server() + " 'select generate_series(1, 100000000)' | head -2", "stream_to_csv");
    EXPECT_TRUE(cut.output.starts_with("generate_series\r\n1\r\n")) << cut.output;
}

} // namespace
