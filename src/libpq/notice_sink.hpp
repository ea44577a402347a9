// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_NOTICE_SINK_HPP
#define COROPQ_SRC_LIBPQ_NOTICE_SINK_HPP

#include <coropq/error.hpp>
#include <coropq/options.hpp>

#include "libpq/server_message.hpp"

#include <libpq-fe.h>

namespace coropq::detail {

/// Where the notices of one session go. Lives as long as the PGconn that it is installed in.
struct notice_sink {
    notice_handler handler;
    redaction redact;
    bool farewell = false; ///< The server has said, outside of a statement, that it ends the session.

    /// From now on libpq writes nothing to stderr for this connection.
    void install(PGconn* handle) { PQsetNoticeReceiver(handle, &notice_sink::receive, this); }

private:
    // Called by libpq, a C library: nothing may be thrown through it.
    static void receive(void* self, const PGresult* notice) noexcept {
        try {
            auto& sink = *static_cast<notice_sink*>(self);
            const std::string_view severity = severity_of(notice);
            sink.farewell = sink.farewell || severity == "FATAL" || severity == "PANIC";
            // Redaction costs time in proportion to the parameters: not for notices that nobody wants, of which a
            // statement may cause many thousands.
            if (!sink.handler)
                return;
            diagnostics_fields fields = fields_of(notice, sink.redact);
            // Most notices have 00000, which is no error.
            const auto code = fields.sqlstate == "00000" ? error_code() : make_sqlstate_code(fields.sqlstate);
            sink.handler(diagnostics(code, std::move(fields)));
        } catch (...) { // NOLINT(bugprone-empty-catch): a handler that throws has no one to tell
        }
    }
};

} // namespace coropq::detail

#endif
