// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "command_line.hpp"

#include "../arguments.hpp"

#include <boost/program_options.hpp>

#include <chrono>
#include <cmath>
#include <sstream>

namespace options = boost::program_options;
using example::usage_error;

namespace fan_out_example {

namespace {

options::options_description visible_options() {
    options::options_description all("Options");
    auto add = all.add_options();
    add("help,h", "show this");
    add("file,f", options::value<std::string>()->value_name("FILE"),
        "the statements, each with a semicolon at its end; - for stdin");
    add("template,t", options::value<std::string>()->value_name("SQL"),
        "a statement with $1, $2 ..., which is run with each row of values");
    add("values,v", options::value<std::string>()->value_name("FILE"),
        "the values: CSV without a header, a row per statement; by default stdin");
    add("concurrency", options::value<int>()->value_name("N"),
        "statements on their way at the same time; by default as many as connections");
    add("connections", options::value<int>()->value_name("N"), "at most so many connections; by default 10");
    add("timeout", options::value<double>()->value_name("SECONDS"), "the limit for each statement");
    add("deadline", options::value<double>()->value_name("SECONDS"), "the limit for everything");
    add("policy", options::value<std::string>()->value_name("POLICY"),
        "collect (the default): all statements run; fail-fast: the first failure ends it; first-success: the first "
        "success does");
    add("retries", options::value<int>()->value_name("N"),
        "repeat a statement so often, after failures that are safe to repeat");
    add("format", options::value<std::string>()->value_name("FORMAT"),
        "csv (the default) or json, a line per statement");
    add("output,o", options::value<std::string>()->value_name("FILE"), "where rows are written; by default stdout");
    add("in-order", "write rows in the order of the statements, not of their ends");
    add("no-pipelining", "a connection does one statement at a time");
    add("quiet,q", "show no progress and no summary");
    return all;
}

int number_of(const options::variables_map& given, const std::string& name, int least) {
    const int value = given[name].as<int>();
    if (value < least)
        throw usage_error("--" + name + " must be at least " + std::to_string(least));
    return value;
}

std::chrono::milliseconds duration_of(const options::variables_map& given, const std::string& name) {
    const double seconds = given[name].as<double>();
    if (!(seconds > 0 && seconds < 1e9))
        throw usage_error("--" + name + " must be a number of seconds");
    return std::chrono::milliseconds(static_cast<long long>(std::ceil(seconds * 1000)));
}

coropq::fan_out_policy policy_of(const std::string& name) {
    if (name == "collect")
        return coropq::fan_out_policy::collect;
    if (name == "fail-fast")
        return coropq::fan_out_policy::fail_fast;
    if (name == "first-success")
        return coropq::fan_out_policy::first_success;
    throw usage_error("--policy must be collect, fail-fast or first-success");
}

void set_source(const options::variables_map& given, command_line& result) {
    if (given.count("file") == given.count("template"))
        throw usage_error("either --file or --template is needed");
    if (given.count("file") != 0 && given.count("values") != 0)
        throw usage_error("--values belongs to --template");
    if (given.count("file") != 0)
        result.statements = given["file"].as<std::string>();
    else
        result.text_of_template = given["template"].as<std::string>();
    if (given.count("values") != 0)
        result.values = given["values"].as<std::string>();
}

void set_options(const options::variables_map& given, command_line& result) {
    // Waiting for others of the same fan-out is no failure.
    result.pool.acquire_timeout(std::chrono::milliseconds::max());
    result.options.policy(coropq::fan_out_policy::collect);
    if (given.count("connections") != 0)
        result.pool.size(static_cast<std::size_t>(number_of(given, "connections", 1)));
    if (given.count("concurrency") != 0)
        result.options.concurrency(static_cast<std::size_t>(number_of(given, "concurrency", 1)));
    if (given.count("retries") != 0)
        result.options.retries(number_of(given, "retries", 0));
    if (given.count("timeout") != 0)
        result.options.statement_timeout(duration_of(given, "timeout"));
    if (given.count("deadline") != 0)
        result.options.total_timeout(duration_of(given, "deadline"));
    if (given.count("policy") != 0)
        result.options.policy(policy_of(given["policy"].as<std::string>()));
    result.options.in_order(given.count("in-order") != 0);
    result.pool.pipelining(given.count("no-pipelining") == 0);
}

void set_output(const options::variables_map& given, command_line& result) {
    const std::string format = given.count("format") != 0 ? given["format"].as<std::string>() : "csv";
    if (format != "csv" && format != "json")
        throw usage_error("--format must be csv or json");
    result.is_json = format == "json";
    if (given.count("output") != 0)
        result.output = given["output"].as<std::string>();
    result.is_quiet = given.count("quiet") != 0;
}

} // namespace

command_line parse_command_line(int argc, const char* const* argv) {
    const options::variables_map given = example::parse_arguments(argc, argv, visible_options());
    command_line result;
    result.wants_help = given.count("help") != 0;
    if (result.wants_help)
        return result;
    set_source(given, result);
    set_options(given, result);
    set_output(given, result);
    result.url = coropq::url::parse(example::url_text(given));
    return result;
}

std::string help_text() {
    std::ostringstream text;
    text << "usage: fan_out [OPTIONS] --file FILE [URL]\n"
            "       fan_out [OPTIONS] --template SQL [--values FILE] [URL]\n\n"
            "Runs many statements at once, each for itself, and writes their rows. Without the argument URL, it is\n"
            "taken from COROPQ_URL, which keeps the password out of the list of processes.\n\n"
         << visible_options()
         << "\nStatus: 0 all is well, 1 something failed, 2 the arguments can't be used, 130 it was interrupted.\n";
    return text.str();
}

} // namespace fan_out_example
