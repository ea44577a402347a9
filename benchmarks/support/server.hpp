// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_SERVER_HPP
#define COROPQ_BENCHMARKS_SUPPORT_SERVER_HPP

#include <string>

namespace coropq::bench {

/// How a throwaway server is reached.
enum class way_to_server {
    unix_socket, ///< Neither TLS nor the network hides what a client costs.
    tcp,         ///< With TLS, `verify-full`, for programs that choose themselves.
};

/// The URL of the server to measure with: `given` if it isn't empty, else that of the environment variable COROPQ_URL.
/// Where there is neither, the program starts itself anew below `scripts/with-postgres.sh`, and this returns there
/// only: with the URL of the throwaway server.
///
/// Throws `std::runtime_error` when the script can't be run.
std::string server_url(const std::string& given, char** arguments, way_to_server way);

} // namespace coropq::bench

#endif
