// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Many coroutines that ask for one row each, over a few connections: coropq beside loops that were written by hand with
// libpq, beside pgbench, and beside other client libraries, on the same table, in the same run, in turn.
// docs/benchmarks.md says how to read the numbers.

#include "fan_out/coropq_side.hpp"
#include "fan_out/libpq_side.hpp"
#include "fan_out/other_programs.hpp"
#include "fan_out/report_fan_out.hpp"
#include "fan_out/round_trips.hpp"
#include "support/command_line.hpp"

#include <coropq/url.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace coropq::bench;

/// What the user has said.
struct choices {
    std::vector<std::size_t> tasks;
    std::vector<std::size_t> connections;
    std::string peers;
    std::int32_t rows = 0;
    std::int64_t time_ms = 0;
    std::int64_t warm_up_ms = 0;
    std::size_t depth = 0;
    std::size_t rounds = 0;
    bool is_quick = false;
};

load make_load(const choices& chosen, const std::string& url) {
    load work;
    work.url = url;
    work.rows = chosen.rows;
    work.depth = chosen.depth;
    work.time = std::chrono::milliseconds(chosen.time_ms);
    work.warm_up = std::chrono::milliseconds(chosen.warm_up_ms);
    return work;
}

std::vector<std::size_t> connections_of(const choices& chosen) {
    if (!chosen.connections.empty())
        return chosen.connections;
    return chosen.is_quick ? std::vector<std::size_t>{1, 4} : std::vector<std::size_t>{1, 2, 4, 8};
}

/// So many tasks over those connections, at least one for each.
std::vector<std::size_t> tasks_of(const choices& chosen, std::size_t connections, bool is_encrypted) {
    std::vector<std::size_t> all = {1, 16, few_tasks, 4'096, many_tasks};
    if (!chosen.tasks.empty())
        all = chosen.tasks;
    else if (chosen.is_quick && is_encrypted)
        all = {few_tasks};
    else if (chosen.is_quick)
        all = {1, few_tasks, many_tasks};
    std::erase_if(all, [connections](std::size_t tasks) { return tasks < connections; });
    return all;
}

/// Contestants of one round, and what is said of them.
struct group {
    std::vector<contestant> contestants;
    std::vector<comparison> comparisons;

    std::size_t add(contestant one) {
        contestants.push_back(std::move(one));
        return contestants.size() - 1;
    }
};

void add_others(group& round, const choices& chosen, const load& work, comparison line) {
    const auto add = [&](contestant other, std::string name, std::string baseline) {
        line.theirs = round.add(std::move(other));
        line.beside = std::move(name);
        line.baseline = std::move(baseline);
        round.comparisons.push_back(line);
    };
    line.what = comparison::shown::speed;
    add(libpq_uncorked_pipeline(work), "uncorked", "libpq pipeline, each statement sent at once");
    add(libpq_one_at_a_time(work), "one_at_a_time", "libpq, one at a time on each connection");
    const std::string pgbench_program = find_pgbench();
    if (pgbench_program.empty())
        std::cerr << "pgbench isn't installed, and left out\n";
    else
        add(pgbench(pgbench_program, work), "pgbench", "pgbench -M prepared, a client for each connection");
    if (chosen.peers.empty())
        return;
    line.what = comparison::shown::speed_and_latency;
    for (const std::string& program : peers_in(chosen.peers))
        add(peer(program, work), short_name(program), short_name(program));
}

/// All numbers of tasks over so many connections.
group make_group(const choices& chosen, const std::string& transport, const std::string& url, std::size_t connections) {
    group round;
    const bool is_encrypted = transport == "tls";
    std::map<std::size_t, std::size_t> ours_of;
    for (const std::size_t tasks : tasks_of(chosen, connections, is_encrypted)) {
        load work = make_load(chosen, url);
        work.tasks = tasks;
        work.connections = connections;
        comparison line;
        line.name = transport + "." + std::to_string(tasks) + "_over_" + std::to_string(connections);
        line.params = {{"transport", transport}, {"coroutines", tasks}, {"connections", connections},
                       {"depth", work.depth},    {"rows", work.rows},   {"time_ms", chosen.time_ms},
                       {"rounds", chosen.rounds}};
        line.ours = round.add(coropq_point_selects(work));
        line.theirs = round.add(tasks == 1 ? libpq_blocking(work) : libpq_pipeline(work));
        line.baseline = tasks == 1 ? "libpq, PQexecPrepared" : "libpq pipeline";
        line.what = comparison::shown::everything;
        round.comparisons.push_back(line);
        if (!is_encrypted && tasks == few_tasks && (!chosen.is_quick || connections == connections_of(chosen).back()))
            add_others(round, chosen, work, line);
        ours_of[tasks] = line.ours;
        if (tasks == many_tasks && ours_of.count(few_tasks) != 0) {
            line.what = comparison::shown::speed;
            line.theirs = ours_of[few_tasks];
            line.beside = std::to_string(few_tasks);
            line.baseline = "coropq, " + line.beside + " coroutines";
            round.comparisons.push_back(line);
        }
    }
    return round;
}

void run_transport(report& lines, const choices& chosen, const std::string& transport, const std::string& url) {
    for (const std::size_t connections : connections_of(chosen)) {
        const group round = make_group(chosen, transport, url, connections);
        const std::vector<std::vector<sample>> samples = run_interleaved(round.contestants, chosen.rounds);
        for (const comparison& line : round.comparisons)
            report_comparison(lines, line, samples[line.ours], samples[line.theirs]);
    }
}

void run_memory(report& lines, const choices& chosen, const std::string& url) {
    load few = make_load(chosen, url);
    few.connections = 4;
    few.tasks = few_tasks;
    few.warm_up = few.time = std::chrono::milliseconds(1); // at least one answer for each
    load many = few;
    many.tasks = many_tasks;
    const std::vector<std::vector<sample>> samples =
        run_interleaved({coropq_point_selects(few), coropq_point_selects(many), libpq_pipeline(few),
                         libpq_pipeline(many), waiting_coroutines(few), waiting_coroutines(many)},
                        chosen.rounds);
    report_memory(lines, chosen.rounds, samples);
}

void run_round_trips(report& lines, const choices& chosen, const std::string& url) {
    load work = make_load(chosen, url);
    work.connections = 4;
    work.tasks = 1'000;
    const std::vector<std::vector<sample>> samples =
        run_interleaved({coropq_round_trips(work), libpq_round_trips(work)}, chosen.rounds);
    const boost::json::object params = {{"coroutines", work.tasks}, {"connections", work.connections},
                                        {"depth", work.depth},      {"round_trip_ms", round_trip_time.count()},
                                        {"rounds", chosen.rounds},  {"baseline", "libpq pipeline"}};
    report_round_trips(lines, params, samples[0], samples[1]);
}

bool has_tls(const coropq::url& server) {
    return server.hosts().empty() || !server.hosts().front().host.starts_with('/');
}

/// The URL with TLS: verified as it says, or not.
std::string with_tls(const coropq::url& server) {
    const std::vector<std::string>* const mode = server.query("sslmode");
    const bool is_verified = mode && !mode->empty() && mode->front().starts_with("verify");
    const coropq::url encrypted = is_verified ? server : server.update_query_pairs({{"sslmode", "require"}});
    return encrypted.to_string(coropq::show_password);
}

void run_benchmark(const command_line& given, const choices& chosen, const std::string& url) {
    const coropq::url server = coropq::url::parse(url);
    const std::string plain = server.update_query_pairs({{"sslmode", "disable"}}).to_string(coropq::show_password);
    run_statements(plain, make_table(chosen.rows));
    report lines;
    if (given.wants("tcp"))
        run_transport(lines, chosen, "tcp", plain);
    if (given.wants("tls") && has_tls(server))
        run_transport(lines, chosen, "tls", with_tls(server));
    if (given.wants("memory"))
        run_memory(lines, chosen, plain);
    if (given.wants("round_trips"))
        run_round_trips(lines, chosen, plain);
    run_statements(plain, {drop_table()});
    if (!given.json().empty())
        lines.write(given.json());
}

} // namespace

int main(int count, char** arguments) {
    command_line given("bench_fan_out", "many coroutines over few connections, beside libpq and other clients",
                       "tcp tls memory round_trips");
    choices chosen;
    given.add_list("tasks", chosen.tasks, "the numbers of coroutines; default: 1 16 256 4096 10000, --quick fewer");
    given.add_list("connections", chosen.connections, "the numbers of connections; default: 1 2 4 8, --quick 1 4");
    given.add("peers", chosen.peers, "a directory with programs to compare with: see benchmarks/peers");
    given.add_size("rows", chosen.rows, 100'000, 100'000, "of the table");
    given.add_size<std::int64_t>("time", chosen.time_ms, 1'000, 150, "of each measurement, in milliseconds");
    given.add_size<std::int64_t>("warm-up", chosen.warm_up_ms, 300, 50, "before each, in milliseconds at least");
    given.add_size<std::size_t>("depth", chosen.depth, 256, 256, "the most statements under way on a connection");
    return given.run(
        count, arguments,
        [&](const std::string& url) {
            chosen.rounds = given.rounds();
            chosen.is_quick = given.is_quick();
            run_benchmark(given, chosen, url);
        },
        way_to_server::tcp);
}
