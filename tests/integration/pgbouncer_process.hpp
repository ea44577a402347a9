// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_PGBOUNCER_PROCESS_HPP
#define COROPQ_TESTS_INTEGRATION_PGBOUNCER_PROCESS_HPP

#include "support/postgres_cluster.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace coropq::test {

/// A PgBouncer in front of the test cluster, with a configuration in a folder of its own; both are gone with the
/// object, the process with the test program, however that ends. Run by root, it runs as user postgres, which it
/// insists on.
class pgbouncer {
public:
    /// `settings`: lines for the section [pgbouncer], behind ours: transaction mode, three connections to the server.
    explicit pgbouncer(postgres_cluster& behind, const std::string& settings = {});
    pgbouncer(const pgbouncer&) = delete;
    pgbouncer& operator=(const pgbouncer&) = delete;
    ~pgbouncer();

    std::uint16_t port() const noexcept { return port_; }

private:
    std::string folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
};

} // namespace coropq::test

#endif
