// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_HANDLES_HPP
#define COROPQ_SRC_LIBPQ_HANDLES_HPP

// RAII for what libpq hands out.

#include <libpq-fe.h>

#include <memory>

namespace coropq::detail {

struct connection_deleter {
    void operator()(PGconn* handle) const noexcept { PQfinish(handle); }
};
using connection_handle = std::unique_ptr<PGconn, connection_deleter>;

struct result_deleter {
    void operator()(PGresult* handle) const noexcept { PQclear(handle); }
};
using result_handle = std::unique_ptr<PGresult, result_deleter>;

struct conninfo_deleter {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};
using conninfo_handle = std::unique_ptr<PQconninfoOption, conninfo_deleter>;

} // namespace coropq::detail

#endif
