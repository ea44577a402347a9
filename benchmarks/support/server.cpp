// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/server.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace coropq::bench {

namespace {

constexpr const char* started_here = "COROPQ_BENCHMARK_STARTED_SERVER";

std::string environment(const char* name) {
    const char* const value = std::getenv(name);
    return value ? value : "";
}

std::string socket_url() {
    return "postgresql://" + environment("COROPQ_USER") + "@/" + environment("COROPQ_DATABASE") +
           "?host=" + environment("COROPQ_SOCKET_DIR") + "&port=" + environment("COROPQ_PORT");
}

[[noreturn]] void start_below_server(char** arguments) {
    const std::string script = COROPQ_SCRIPTS_DIR "/with-postgres.sh";
    std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
    std::vector<char*> command = {const_cast<char*>(script.c_str()), program.data()};
    while (*++arguments)
        command.push_back(*arguments);
    command.push_back(nullptr);
    setenv(started_here, "1", 1);
    execv(script.c_str(), command.data());
    throw std::runtime_error("can't run " + script + "; --url or COROPQ_URL can say which server to use");
}

} // namespace

std::string server_url(const std::string& given, char** arguments, way_to_server way) {
    if (!given.empty())
        return given;
    if (!environment(started_here).empty() && way == way_to_server::unix_socket)
        return socket_url();
    if (environment("COROPQ_URL").empty())
        start_below_server(arguments);
    return environment("COROPQ_URL");
}

} // namespace coropq::bench
