// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>
#include <coropq/fan_out/outcome.hpp>

#include <boost/asio/error.hpp>

#include "error/diagnostics_fields.hpp"

namespace coropq {

void fan_out_status::rethrow() const {
    if (succeeded())
        return;
    if (record_.code)
        throw_error(record_.code, record_.details);
    const error_code code = boost::asio::error::operation_aborted;
    throw_error(code, detail::make_diagnostics(code, "the statement wasn't run"));
}

} // namespace coropq
