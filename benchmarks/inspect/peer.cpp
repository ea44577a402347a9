// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/peer.hpp"

#include "inspect/far_away.hpp"
#include "support/other_program.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include <optional>

namespace coropq::bench {

contestant inspecting_peer(const std::string& program, const std::string& what, const inspection& work) {
    return {
        short_name(program), [=](meter& measured) {
            std::optional<far_away> server;
            if (what == "cold_names")
                server.emplace(work.url);
            set_environment(server ? server->address() : work.url);
            const child_end told = run_program({program, what, inspected_schema, std::to_string(work.single_tables)});
            const boost::json::value numbers = boost::json::parse(told.output);
            measured.result().seconds = boost::json::value_to<double>(numbers.at("seconds"));
            measured.result().cpu_seconds = boost::json::value_to<double>(numbers.at("cpu_seconds"));
            if (server)
                server->count_round_trips(measured);
            return boost::json::value_to<std::uint64_t>(numbers.at("count"));
        }};
}

} // namespace coropq::bench
