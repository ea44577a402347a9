// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DIAGNOSTICS_HPP
#define COROPQ_DIAGNOSTICS_HPP

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace coropq {

namespace detail {
struct diagnostics_fields;
}

/// One address that was tried while connecting, and why it wasn't used.
struct connect_attempt {
    std::string host;               ///< The host as it was given: a name, an address, or a socket directory.
    std::string address;            ///< The address that was tried; empty when the name couldn't be resolved.
    std::string port;               ///< The port.
    boost::system::error_code code; ///< What went wrong, as a code.
    std::string reason;             ///< What went wrong, as text.
};

/// What is known about an error or a notice beyond its code: the server's own fields (PostgreSQL manual, chapter
/// "Error and Notice Message Fields") and what the library adds.
///
/// A value: cheap to copy, copies never throw. All functions may be called on an empty one and then return empty texts.
/// Contains no password, no token and no parameter values. Safe to read from several threads.
class diagnostics {
public:
    diagnostics() noexcept = default;

    /// True if nothing is known.
    bool empty() const noexcept { return fields_ == nullptr; }

    /// The primary message, one line as a rule.
    const std::string& message() const noexcept;
    /// ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO or LOG, never translated; empty if it isn't the server's.
    const std::string& severity() const noexcept;
    /// The five characters of the SQLSTATE; empty if it isn't the server's.
    const std::string& sqlstate() const noexcept;
    /// The server's detail.
    const std::string& detail() const noexcept;
    /// What to do about it: the server's hint or the library's.
    const std::string& hint() const noexcept;
    /// The server's context: the call stack of functions and the like.
    const std::string& context() const noexcept;
    /// Where in the statement, in characters from 1; 0 if the server didn't say.
    std::size_t position() const noexcept;
    const std::string& schema_name() const noexcept;
    const std::string& table_name() const noexcept;
    const std::string& column_name() const noexcept;
    const std::string& data_type_name() const noexcept;
    const std::string& constraint_name() const noexcept;
    /// The statement that failed, without the values of its parameters.
    const std::string& statement() const noexcept;

    /// Where it happened: the server's host and port (or socket directory), the user and the database.
    const std::string& host() const noexcept;
    const std::string& port() const noexcept;
    const std::string& user() const noexcept;
    const std::string& database() const noexcept;

    /// Query Service's own name for the session (`sessionId: …` in the message), by which its logs and support know it;
    /// empty if the server didn't say.
    const std::string& session_id() const noexcept;

    /// For errors while connecting: every address that was tried, in order.
    const std::vector<connect_attempt>& attempts() const noexcept;

    /// True if the operation was cancelled, or its time was up, before anything of it was run: it waited for a
    /// connection, say. Then it has had no effect. False if that isn't known, and for errors that mean it by their code
    /// (`errc::pool_timeout`).
    bool known_not_run() const noexcept;

    /// All of the above as one text, several lines where that helps.
    const std::string& to_string() const noexcept;
    const char* what() const noexcept { return to_string().c_str(); }

    friend std::ostream& operator<<(std::ostream& out, const diagnostics& value);

    /// For the library: a value from its parts.
    explicit diagnostics(boost::system::error_code code, detail::diagnostics_fields fields);

private:
    std::shared_ptr<const detail::diagnostics_fields> fields_;
};

} // namespace coropq

#endif
