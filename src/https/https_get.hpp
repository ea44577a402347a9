// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_HTTPS_HTTPS_GET_HPP
#define COROPQ_SRC_HTTPS_HTTPS_GET_HPP

#include <coropq/credentials.hpp>

#include "url/wipe.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace coropq::detail {

/// Whose certificates are trusted: those in a PEM file, or the system's if there is no name. TLS 1.2 or newer. Throws
/// `option_error` when the file can't be used.
std::shared_ptr<boost::asio::ssl::context> trusted_roots(const std::string& file);

/// True for what a header can hold: visible characters of ASCII, at least one.
bool fits_header(std::string_view value) noexcept;

struct https_request {
    std::string host;
    std::uint16_t port = 443;
    std::string target;
    std::vector<std::pair<std::string, secret>> headers; ///< Values that fit.
    std::shared_ptr<boost::asio::ssl::context> roots;
    std::chrono::milliseconds limit{0}; ///< For everything; none if not positive.
    std::size_t longest_answer = 0;
};

struct https_answer {
    unsigned status = 0;
    std::string retry_after; ///< The header, if it is a number.
    secret_buffer body;
};

/// One request on a connection of its own. Throws `connection_error`, or ends with operation_aborted when the coroutine
/// is cancelled; all types of cancellation are accepted. An answer that isn't HTTP, or too long, is an
/// `authentication_error`. No text holds anything of the headers, sent or received.
boost::asio::awaitable<https_answer> https_get(std::shared_ptr<const https_request> request);

} // namespace coropq::detail

#endif
