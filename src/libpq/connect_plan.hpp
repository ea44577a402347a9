// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_CONNECT_PLAN_HPP
#define COROPQ_SRC_LIBPQ_CONNECT_PLAN_HPP

#include <coropq/options.hpp>
#include <coropq/url.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace coropq::detail {

/// A server to try.
struct server_place {
    std::string host;     ///< A name, an address or a socket directory; empty for libpq's default directory.
    std::string hostaddr; ///< An address given by the user, which makes resolving the name unnecessary.
    std::string port;
};

/// What a URL and options come to, once libpq's environment variables and service files are taken into account.
struct connect_plan {
    std::vector<server_place> servers;       ///< In the order in which they were given.
    std::map<std::string, secret> arguments; ///< For libpq, by keyword, without those that name the server.
    std::string target_session_attrs;        ///< Empty if nothing was asked for.
    bool random_order = false;               ///< load_balance_hosts=random
    std::chrono::milliseconds address_limit; ///< Zero: none.
    std::chrono::milliseconds total_limit;   ///< Zero: none.
    std::optional<std::chrono::steady_clock::time_point> deadline; ///< If the total limit began to count before this.
    std::string user;                                              ///< For messages.
    std::string database;                                          ///< For messages.
    dialect spoken = dialect::postgresql;
    notice_handler on_notice;
};

/// Throws `option_error` for what libpq doesn't know or can't use. Does no network I/O; libpq reads its service file.
connect_plan make_connect_plan(const url& address, const connect_options& options);

} // namespace coropq::detail

#endif
