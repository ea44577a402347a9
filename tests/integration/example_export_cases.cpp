// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// examples/export and examples/write, as a user runs them, with a database that has the shape of Query Service's.

#include "run_program.hpp"

#include "support/leak_check.hpp"
#include "support/postgres_cluster.hpp"
#include "support/tcp_proxy.hpp"
#include "support/wait_until.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::test;
using words = std::vector<std::string>;

const std::string database = "prod:all";

bool has(const std::string& text, const std::string& piece) { return text.find(piece) != std::string::npos; }

void sql(const std::string& text) { postgres_cluster::shared().query(text, database); }

// The scheme says what kind of server it is.
std::string as_query_service(const test_url& url) {
    return "queryservice" + url.to_string().substr(std::string("postgresql").size());
}

// More rows than the service gives for one statement.
constexpr int row_count = 60'000;

struct export_example : testing::Test {
    static void SetUpTestSuite() {
        sql("create table export_events as select id, 'event \"' || id || '\", of many' as name, "
            "case when id % 7 = 0 then null else id * 10 end as number from generate_series(1, " +
            std::to_string(row_count) + ") id; grant select on export_events to public");
    }
    static void TearDownTestSuite() { sql("drop table export_events"); }

    static const std::string& expected() {
        static const std::string text = [] {
            std::string all = "id,name,number\r\n";
            for (int id = 1; id <= row_count; ++id) {
                const std::string digits = std::to_string(id);
                all += digits + ",\"event \"\"" + digits + "\"\", of many\",";
                if (id % 7 != 0)
                    all += digits + '0';
                all += "\r\n";
            }
            return all;
        }();
        return text;
    }

    words command(const test_url& url, const words& more) const {
        words all{"env", "COROPQ_URL=" + as_query_service(url), COROPQ_EXAMPLES "/export", "--output", file};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    static words of_events(words more = {}) {
        more.insert(more.end(), {"--query", "select * from export_events", "--key", "id"});
        return more;
    }
    program_end run(const words& more, const test_url& url = postgres_cluster::shared().query_service_url()) const {
        program_end end = running_program(command(url, more), "").end();
        EXPECT_EQ(leaked_piece(postgres_cluster::shared().qs_token(), end.output + end.errors), "");
        return end;
    }
    std::string written() const { return files.read("export.csv"); }
    // What the program would go on behind.
    std::uint64_t saved_rows() const {
        const std::string job = "select * from export_events\n";
        const std::string name = "export.csv.progress";
        const std::string progress = std::filesystem::exists(files.path(name)) ? files.read(name) : std::string();
        const std::size_t found = progress.find(job);
        return found == std::string::npos ? 0 : std::stoull(progress.substr(found + job.size()));
    }

    temporary_directory files;
    std::string file = files.path("export.csv");
};

test_url through(const tcp_proxy& proxy) {
    return postgres_cluster::shared().query_service_url().host("127.0.0.1").port(proxy.port());
}

TEST_F(export_example, writes_more_rows_than_a_statement_gives) {
    const program_end by_cursor = run(of_events());
    EXPECT_EQ(by_cursor.status, 0) << by_cursor.errors;
    EXPECT_TRUE(written() == expected()) << written().substr(0, 200);
    EXPECT_FALSE(std::filesystem::exists(file + ".progress"));
    const program_end again = run(of_events());
    EXPECT_EQ(again.status, 1);
    EXPECT_TRUE(has(again.errors, "there is a file")) << again.errors;
    std::filesystem::remove(file);
    // A number of rows that the page divides: the last page has nothing new.
    const program_end in_pages = run(of_events({"--paged", "--batch", "20000"}));
    EXPECT_EQ(in_pages.status, 0) << in_pages.errors;
    EXPECT_TRUE(written() == expected()) << written().substr(0, 200);
}

TEST_F(export_example, goes_on_after_any_end) {
    for (const int end_signal : {SIGKILL, SIGINT}) {
        const std::uint64_t before = saved_rows();
        tcp_proxy proxy(postgres_cluster::shared().port());
        proxy.at_byte(direction::to_client, 500'000, fault::stall);
        running_program program(command(through(proxy), of_events()), "");
        EXPECT_TRUE(wait_until([&] { return saved_rows() > before; }));
        program.signal(end_signal);
        proxy.release();
        const program_end end = program.end();
        if (end_signal == SIGINT) {
            EXPECT_EQ(end.status, 130) << end.errors;
            EXPECT_TRUE(has(end.errors, "goes on behind row ")) << end.errors;
        }
        // Half of a part that was being written.
        std::ofstream(file, std::ios::app) << "4711,\"half of a r";
        EXPECT_TRUE(std::filesystem::exists(file + ".progress"));
    }
    const program_end other = run({"--query", "select 1 as id", "--key", "id"});
    EXPECT_EQ(other.status, 1);
    EXPECT_TRUE(has(other.errors, "something else")) << other.errors;
    const program_end last = run(of_events());
    EXPECT_EQ(last.status, 0) << last.errors;
    EXPECT_TRUE(written() == expected()) << last.errors;
}

TEST_F(export_example, outlives_its_sessions) {
    tcp_proxy proxy(postgres_cluster::shared().port());
    proxy.at_byte(direction::to_client, 2'000'000, fault::reset);
    const program_end end = run(of_events(), through(proxy));
    EXPECT_EQ(end.status, 0) << end.errors;
    EXPECT_TRUE(has(end.errors, "another session goes on behind row ")) << end.errors;
    EXPECT_TRUE(written() == expected());
    EXPECT_EQ(proxy.connections(), 2u);
}

TEST_F(export_example, wants_a_key) {
    const auto refused = [&](const std::string& query, const std::string& what) {
        const program_end end = run({"--batch", "2", "--query", query, "--key", "k"});
        EXPECT_EQ(end.status, 1) << end.errors;
        EXPECT_TRUE(has(end.errors, what)) << end.errors;
        std::filesystem::remove(file);
        std::filesystem::remove(file + ".progress");
    };
    refused("select 1 as k union all select 1", "a value twice");
    refused("select k from (values (1), (2), (3), (3)) as v (k)", "a value twice");
    refused("select cast(null as int) as k", "a NULL");
    refused("select 1 as id", "\"k\" does not exist");
    EXPECT_EQ(run({"--key", "k"}).status, 2);
    EXPECT_EQ(run(of_events({"--batch", "1"})).status, 2);
    // Keys of every shape, more of them than a part has.
    const program_end texts = run({"--paged", "--batch", "2", "--key", "a \"key\"", "--query",
                                   "select unnest(array['', 'a', 'a\\b', 'it''s', 'x,y', E'x\\ny']) collate \"C\" "
                                   "as \"a \"\"key\"\"\""});
    EXPECT_EQ(texts.status, 0) << texts.errors;
    EXPECT_EQ(written(), "\"a \"\"key\"\"\"\r\n\"\"\r\na\r\na\\b\r\nit's\r\n\"x\ny\"\r\n\"x,y\"\r\n");
}

TEST(write_example, writes_in_all_documented_ways) {
    const std::string url = as_query_service(postgres_cluster::shared().query_service_url());
    for (int i = 0; i != 2; ++i) { // it leaves nothing behind
        const program_end end = running_program({"env", "COROPQ_URL=" + url, COROPQ_EXAMPLES "/write"}, "").end();
        EXPECT_TRUE(end.output.starts_with("made coropq_members\n"
                                           "it has 2 rows now\n"
                                           "Ada has 1200 points\n"
                                           "the temporary table has 3 rows\n"
                                           "refused: permission denied for table luma_loyalty_members\n"
                                           "hint: tables of the data lake are append-only"))
            << end.output;
        EXPECT_EQ(end.status, 0) << end.errors;
    }
}

} // namespace
