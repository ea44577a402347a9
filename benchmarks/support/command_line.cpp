// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/command_line.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <utility>

namespace coropq::bench {

namespace options = boost::program_options;

command_line::command_line(std::string program, const std::string& about, const std::string& groups)
    : program_(std::move(program)), known_(program_ + " [OPTION]...: " + about) {
    auto add = known_.add_options();
    add("url", options::value(&url_), "the server; default: COROPQ_URL, or a server of its own");
    add("json", options::value(&json_), "also write the results to this file");
    add("quick", "fewer rounds, smaller sizes: less than 40 seconds in all");
    add("only", options::value(&only_)->multitoken(), ("these groups only: " + groups).c_str());
    add("help", "this text");
    add_size("rounds", rounds_, std::size_t(7), std::size_t(3), "how often everything is run");
}

bool command_line::is_given(const char* name) const { return given_.count(name) != 0; }

bool command_line::is_quick() const { return is_given("quick"); }

void command_line::refuse(const char* name) { throw options::error(std::string("--") + name + " must be at least 1"); }

bool command_line::wants(const std::string& group) const {
    return only_.empty() || std::find(only_.begin(), only_.end(), group) != only_.end();
}

void command_line::read(int count, char** arguments) {
    options::store(options::parse_command_line(count, arguments, known_), given_);
    options::notify(given_);
    for (const std::function<void()>& choose : chosen_)
        choose();
}

int command_line::run(int count, char** arguments, const std::function<void(const std::string& url)>& benchmark,
                      way_to_server way) {
    try {
        read(count, arguments);
    } catch (const options::error& problem) {
        std::cerr << program_ << ": " << problem.what() << '\n' << known_;
        return 2;
    }
    if (is_given("help")) {
        std::cout << known_;
        return 0;
    }
    try {
        benchmark(server_url(url_, arguments, way));
    } catch (const std::exception& problem) {
        std::cerr << program_ << ": " << problem.what() << '\n';
        return 1;
    }
    return 0;
}

} // namespace coropq::bench
