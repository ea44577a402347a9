// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_CONNECTOR_HPP
#define COROPQ_SRC_LIBPQ_CONNECTOR_HPP

#include "libpq/borrowed_socket.hpp"
#include "libpq/connect_failure.hpp"
#include "libpq/connect_plan.hpp"
#include "libpq/handles.hpp"
#include "libpq/name_resolution.hpp"
#include "libpq/notice_sink.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq::detail {

/// Opens one session: resolves names, tries address after address, minds the time. Lives on the session's strand.
///
/// Each address gets a PGconn of its own, with `hostaddr` set, so that libpq never resolves a name (it would block), so
/// that each address has its own time limit (libpq's is ignored in nonblocking mode) and its own reason when it fails.
class connector {
public:
    connector(const session_strand& strand, borrowed_socket& socket, connect_plan plan, notice_sink& notices);

    struct outcome {
        outcome() = default;
        error_code code;
        diagnostics details;
        connection_handle handle; ///< Open, nonblocking, and taken by the socket, if there is no error.
    };

    /// Ends with operation_aborted when the coroutine is cancelled or `interrupt()` is called.
    boost::asio::awaitable<outcome> run();

    void interrupt() noexcept;

private:
    boost::asio::awaitable<connection_handle> try_servers(std::string session_attributes);
    boost::asio::awaitable<connection_handle> try_server(std::size_t server, std::string session_attributes);
    boost::asio::awaitable<bool> resolve(std::size_t server);
    boost::asio::awaitable<connection_handle> try_address(std::size_t server, std::string address,
                                                          std::string session_attributes);
    boost::asio::awaitable<error_code> shake_hands(connection_handle& handle, ConnStatusType& phase,
                                                   time_limit::clock::time_point limit);
    connection_handle start(std::size_t server, const std::string& address, const std::string& session_attributes);

    boost::asio::awaitable<bool> should_stop();
    time_limit::clock::time_point limit_of_one_step() const;
    connect_attempt attempt_at(std::size_t server, const std::string& address) const;
    void add(connect_failure failure);
    void wake() noexcept;

    session_strand strand_;
    borrowed_socket& socket_;
    connect_plan plan_;
    notice_sink& notices_;
    time_limit::clock::time_point deadline_;

    std::vector<std::optional<std::vector<std::string>>> addresses_; ///< Of each server, once they are known.
    std::optional<name_resolution> resolution_;                      ///< The one in progress.
    std::vector<connect_failure> failures_;
    bool interrupted_ = false;
    bool refused_ = false; ///< A failure was final.
};

} // namespace coropq::detail

#endif
