// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/other_program.hpp"

#include <coropq/url.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace coropq::bench {

namespace {

namespace files = std::filesystem;

[[noreturn]] void become(std::vector<std::string> command, int output) {
    dup2(output, STDOUT_FILENO);
    std::vector<char*> words;
    for (std::string& word : command)
        words.push_back(word.data());
    words.push_back(nullptr);
    execvp(words[0], words.data());
    std::perror(words[0]);
    std::_Exit(127);
}

} // namespace

void set_environment(const std::string& address) {
    const url server = url::parse(address);
    const auto set = [](const char* name, const std::string& value) { setenv(name, value.c_str(), 1); };
    if (!server.hosts().empty()) {
        const host_port& place = server.hosts().front();
        set("PGHOST", place.host);
        set("PGPORT", std::to_string(place.port.value_or(5432)));
    }
    set("PGUSER", server.user().value_or(""));
    set("PGPASSWORD", server.password() ? std::string(server.password()->expose()) : "");
    set("PGDATABASE", server.database().value_or(""));
    set("PGSSLMODE", "disable");
}

child_end run_program(const std::vector<std::string>& command) {
    child_end left = run_child([&command](int output) { become(command, output); });
    if (left.status != 0)
        throw std::runtime_error(short_name(command.front()) + " has failed, status " + std::to_string(left.status));
    return left;
}

bool is_program(const std::string& file) { return files::is_regular_file(file) && access(file.c_str(), X_OK) == 0; }

std::string short_name(const std::string& program) { return files::path(program).filename().string(); }

std::vector<std::string> peers_in(const std::string& directory) {
    std::vector<std::string> programs;
    for (const files::directory_entry& file : files::directory_iterator(directory)) {
        if (is_program(file.path().string()))
            programs.push_back(file.path().string());
    }
    std::sort(programs.begin(), programs.end());
    return programs;
}

} // namespace coropq::bench
