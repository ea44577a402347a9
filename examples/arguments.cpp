// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "arguments.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace options = boost::program_options;

namespace example {

options::variables_map parse_arguments(int argc, const char* const* argv, options::options_description all) {
    all.add_options()("url", options::value<std::string>(), "");
    options::positional_options_description positional;
    positional.add("url", 1);
    options::variables_map given;
    try {
        namespace style = options::command_line_style;
        options::store(options::command_line_parser(argc, argv)
                           .options(all)
                           .positional(positional)
                           .style(style::unix_style & ~style::allow_guessing)
                           .run(),
                       given);
    } catch (const options::too_many_positional_options_error&) {
        throw usage_error("there is more than one URL");
    } catch (const options::error_with_option_name& problem) {
        // Its text may repeat what was typed, which may be a URL in the wrong place.
        const std::string name = problem.get_option_name();
        const std::size_t begin = std::min(name.find_first_not_of('-'), name.size());
        throw usage_error(all.find_nothrow(name.substr(begin), false) != nullptr
                              ? "the option " + name + " needs another value, one value, or to be given once"
                              : std::string("there is an option that doesn't exist"));
    } catch (const options::error&) {
        throw usage_error("the arguments can't be understood");
    }
    return given;
}

std::string url_text(const options::variables_map& given) {
    if (given.count("url") != 0)
        return given["url"].as<std::string>();
    if (const char* const environment = std::getenv("COROPQ_URL"))
        return environment;
    throw usage_error("there is no URL, neither as an argument nor in COROPQ_URL");
}

} // namespace example
