// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "command_line.hpp"

#include "../arguments.hpp"

#include <boost/program_options.hpp>

#include <sstream>
#include <vector>

namespace options = boost::program_options;
using example::usage_error;

namespace inspect_example {

namespace {

options::options_description visible_options() {
    options::options_description all("Options");
    auto add = all.add_options();
    add("help,h", "show this");
    add("table,t", options::value<std::string>()->value_name("NAME"),
        "only this table or view, by its name as it is: without quotes, upper and lower case count");
    add("schema,s", options::value<std::vector<std::string>>()->value_name("NAME"),
        "what is in this schema, instead of what is visible on the search path; may be given several times");
    add("all,a", "what is in all schemas but those of PostgreSQL");
    add("format,f", options::value<std::string>()->value_name("FORMAT"),
        "text (the default), json, or ddl: SQL that rebuilds it");
    add("diff,d", options::value<std::string>()->value_name("BEFORE"),
        "tell what has changed since: a URL, or a file with what --format json has written");
    add("owners", "ddl: with owners; diff: they count");
    add("tablespaces", "ddl: with tablespaces; diff: they count");
    add("any-order", "diff: the order of columns doesn't count");
    return all;
}

// What is no URL is the name of a file.
source source_of(const std::string& text) {
    if (text.find("://") == std::string::npos)
        return text;
    return coropq::url::parse(text);
}

output_format format_of(const std::string& name) {
    if (name == "text")
        return output_format::text;
    if (name == "json")
        return output_format::json;
    if (name == "ddl")
        return output_format::ddl;
    throw usage_error("--format must be text, json or ddl");
}

void set_selection(const options::variables_map& given, command_line& result) {
    if (given.count("table") != 0)
        result.table = given["table"].as<std::string>();
    if (given.count("all") != 0 && (given.count("schema") != 0 || given.count("table") != 0))
        throw usage_error("--all goes with neither --schema nor --table");
    if (given.count("all") != 0)
        result.schemas = coropq::all_schemas();
    if (given.count("schema") != 0)
        result.schemas = given["schema"].as<std::vector<std::string>>();
    if (result.table && result.schemas.names().size() > 1)
        throw usage_error("--table goes with one --schema");
}

void set_output(const options::variables_map& given, command_line& result) {
    if (given.count("format") != 0)
        result.format = format_of(given["format"].as<std::string>());
    if (given.count("diff") != 0) {
        if (result.format == output_format::ddl)
            throw usage_error("--format ddl doesn't go with --diff");
        result.before = source_of(given["diff"].as<std::string>());
    }
    const bool owners = given.count("owners") != 0;
    const bool tablespaces = given.count("tablespaces") != 0;
    result.ddl.owners(owners).tablespaces(tablespaces);
    result.diff.owners(owners).tablespaces(tablespaces).column_order(given.count("any-order") == 0);
}

} // namespace

command_line parse_command_line(int argc, const char* const* argv) {
    const options::variables_map given = example::parse_arguments(argc, argv, visible_options());
    command_line result;
    result.wants_help = given.count("help") != 0;
    if (result.wants_help)
        return result;
    set_selection(given, result);
    set_output(given, result);
    // Of the environment, only a URL is taken.
    const std::string text = example::url_text(given);
    result.what = given.count("url") != 0 ? source_of(text) : source(coropq::url::parse(text));
    return result;
}

std::string help_text() {
    std::ostringstream text;
    text << "usage: inspect [OPTIONS] [URL]\n\n"
            "Shows the tables, views and types of a database: by default those that are visible on the search path.\n"
            "Without the argument URL, it is taken from COROPQ_URL, which keeps the password out of the list of\n"
            "processes. Instead of a URL, it may be a file with what --format json has written, - for stdin.\n\n"
         << visible_options()
         << "\nStatus: 0 all is well, 1 something failed, 2 the arguments can't be used, 3 --diff found differences.\n";
    return text.str();
}

} // namespace inspect_example
