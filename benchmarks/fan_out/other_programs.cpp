// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/other_programs.hpp"

#include "support/child_process.hpp"
#include "support/other_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace coropq::bench {

namespace {

namespace files = std::filesystem;

// A file of this process, gone with this.
class temporary_file {
public:
    explicit temporary_file(const std::string& text)
        : name_(files::temp_directory_path() / ("coropq-pgbench." + std::to_string(getpid()))) {
        std::ofstream(name_) << text;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() {
        std::error_code ignored;
        files::remove(name_, ignored);
    }

    std::string name() const { return name_.string(); }

private:
    files::path name_;
};

double number_behind(const std::string& text, const std::string& words) {
    const std::size_t place = text.find(words);
    if (place == std::string::npos)
        throw std::runtime_error("pgbench doesn't say: " + words);
    return std::stod(text.substr(place + words.size()));
}

std::string in_seconds(std::chrono::milliseconds time) {
    std::ostringstream text;
    text << std::chrono::duration<double>(time).count();
    return text.str();
}

std::uint64_t run_pgbench(meter& measured, const std::string& program, const load& work) {
    set_environment(work.url);
    const temporary_file script("\\set id random(1, " + std::to_string(work.rows) +
                                ")\nselect value from coropq_bench_fan_out where id = :id;\n");
    const auto seconds = std::max<std::int64_t>(1, std::chrono::round<std::chrono::seconds>(work.time).count());
    const std::string clients = std::to_string(work.connections);
    const std::string threads = std::to_string(std::min<std::size_t>(work.connections, 2));
    const child_end told =
        run_program({program, "--protocol=prepared", "--no-vacuum", "--client=" + clients, "--jobs=" + threads,
                     "--time=" + std::to_string(seconds), "--file=" + script.name()});
    sample& numbers = measured.result();
    numbers.count = number_behind(told.output, "number of transactions actually processed: ");
    numbers.seconds = numbers.count / number_behind(told.output, "tps = "); // without connecting
    numbers.cpu_seconds = told.cpu_seconds;
    return 0;
}

// Some compile themselves while they run.
constexpr std::chrono::milliseconds peer_warm_up(500);

std::uint64_t run_peer(meter& measured, const std::string& program, const load& work) {
    set_environment(work.url);
    const child_end told =
        run_program({program, std::to_string(work.connections), std::to_string(work.tasks), std::to_string(work.rows),
                     in_seconds(std::max(work.warm_up, peer_warm_up)), in_seconds(work.time)});
    const boost::json::value numbers = boost::json::parse(told.output);
    const auto number = [&numbers](const char* key) { return boost::json::value_to<double>(numbers.at(key)); };
    sample& result = measured.result();
    result.count = number("queries");
    result.seconds = number("seconds");
    result.cpu_seconds = number("cpu_seconds");
    result.p50 = number("p50");
    result.p99 = number("p99");
    result.p999 = number("p999");
    return 0;
}

} // namespace

std::string find_pgbench() {
    std::vector<files::path> places;
    const char* const path = std::getenv("PATH");
    std::istringstream directories(path ? path : "");
    for (std::string directory; std::getline(directories, directory, ':');)
        places.emplace_back(directory);
    std::error_code ignored;
    for (const files::directory_entry& version : files::directory_iterator("/usr/lib/postgresql", ignored))
        places.push_back(version.path() / "bin");
    for (const files::path& place : places) {
        if (is_program(place / "pgbench"))
            return (place / "pgbench").string();
    }
    return "";
}

contestant pgbench(const std::string& program, const load& work) {
    return {"pgbench", [=](meter& measured) { return run_pgbench(measured, program, work); }};
}

contestant peer(const std::string& program, const load& work) {
    return {short_name(program), [=](meter& measured) { return run_peer(measured, program, work); }};
}

} // namespace coropq::bench
