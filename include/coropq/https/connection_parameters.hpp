// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_HTTPS_CONNECTION_PARAMETERS_HPP
#define COROPQ_HTTPS_CONNECTION_PARAMETERS_HPP

// Asks Adobe Experience Platform where Query Service is, and what to log in with (Adobe, "Query Service API",
// `GET /connection_parameters`). Belongs to the component coropq::https, which needs OpenSSL:
//
//     namespace qs = coropq::query_service;
//     coropq::credential_provider token = coropq::credentials_from_file("/run/secrets/access_token");
//     qs::api_options api;
//     api.organization("ABC123@AdobeOrg").api_key(client_id).sandbox("prod");
//
//     qs::connection_parameters found = co_await qs::get_connection_parameters(token, api);
//     auto where = coropq::url::create({.drivername = "queryservice", .host = found.host, .port = found.port,
//                                       .database = found.database});
//     coropq::connect_options how;
//     how.credentials(qs::credentials_from_connection_parameters(token, api));

#include <coropq/credential_provider.hpp>
#include <coropq/credentials.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>

namespace coropq::query_service {

/// Who asks, whom, and how. Setters return the object.
class api_options {
public:
    /// The organization that the access token is for, `…@AdobeOrg`: the header `x-gw-ims-org-id`. Has to be given.
    api_options& organization(std::string id) {
        organization_ = std::move(id);
        return *this;
    }
    const std::string& organization() const noexcept { return organization_; }

    /// The client id of the credentials that the access token was made with: the header `x-api-key`. Has to be given.
    api_options& api_key(secret key) {
        api_key_ = std::move(key);
        return *this;
    }
    const secret& api_key() const noexcept { return api_key_; }

    /// The header `x-sandbox-name`. Default "prod".
    api_options& sandbox(std::string name) {
        sandbox_ = std::move(name);
        return *this;
    }
    const std::string& sandbox() const noexcept { return sandbox_; }

    /// A name or an address. Default "platform.adobe.io".
    api_options& host(std::string name) {
        host_ = std::move(name);
        return *this;
    }
    const std::string& host() const noexcept { return host_; }

    /// Default 443.
    api_options& port(std::uint16_t number) noexcept {
        port_ = number;
        return *this;
    }
    std::uint16_t port() const noexcept { return port_; }

    /// A PEM file with the certificates of those who may vouch for the host, instead of the system's. Default: the
    /// system's, where OpenSSL looks for them. Certificate and host name are always verified.
    api_options& root_certificates(std::string file) {
        root_certificates_ = std::move(file);
        return *this;
    }
    const std::string& root_certificates() const noexcept { return root_certificates_; }

    /// For all of a request, name resolution included. Default 30 s; zero or less: none.
    api_options& timeout(std::chrono::milliseconds limit) noexcept {
        timeout_ = limit;
        return *this;
    }
    std::chrono::milliseconds timeout() const noexcept { return timeout_; }

    /// How many bytes an answer may have, its head apart, which may have 16 KiB. Default 64 KiB.
    api_options& longest_answer(std::size_t bytes) noexcept {
        longest_answer_ = bytes;
        return *this;
    }
    std::size_t longest_answer() const noexcept { return longest_answer_; }

    /// Whether sessions log in with the compressed form of the token, which is some hundred characters shorter, for
    /// poolers between here and the service that cut long passwords. Default: no.
    api_options& compressed_token(bool on) noexcept {
        compressed_token_ = on;
        return *this;
    }
    bool compressed_token() const noexcept { return compressed_token_; }

private:
    std::string organization_;
    secret api_key_;
    std::string sandbox_ = "prod";
    std::string host_ = "platform.adobe.io";
    std::string root_certificates_;
    std::chrono::milliseconds timeout_ = std::chrono::seconds(30);
    std::size_t longest_answer_ = std::size_t(64) << 10;
    std::uint16_t port_ = 443;
    bool compressed_token_ = false;
};

/// What the service answers.
struct connection_parameters {
    std::string user;        ///< `username`
    secret token;            ///< The access token, as the service wants it for a password.
    secret compressed_token; ///< `compressedToken`; empty if it gave none.
    std::string host;
    std::uint16_t port = 0;
    std::string database; ///< `dbName`, `prod:all` for instance.
    /// When the token says that it ends: see `jwt_expiry`.
    std::optional<std::chrono::system_clock::time_point> expires;

    friend bool operator==(const connection_parameters&, const connection_parameters&) = default;

    /// Prints `***` for the tokens.
    friend std::ostream& operator<<(std::ostream& out, const connection_parameters& value);
};

/// Asks once. `access_token` gives the token as its password, its user isn't used; `credentials_from_file` and the
/// others will do, and so will a coroutine. When the service answers 401, it is told that its token was refused, and
/// if it has another one then, the service is asked with that, once.
///
/// Throws `connection_error`: `host_not_found`, `connect_failed`, `connect_timeout` (the limit), `tls_failed` (the
/// certificate isn't trusted, or is another host's), `connection_lost`; `authentication_error`
/// (`authentication_failed`) for every answer that isn't 200 with all that belongs there, with the status and the
/// service's own message, and when there is no access token. Redirections aren't followed. `option_error`
/// (`invalid_option`) for options that can't be used. No text has any of the tokens or the key.
///
/// Reads the root certificates synchronously before it returns. Every type of cancellation is accepted.
boost::asio::awaitable<connection_parameters> get_connection_parameters(const credential_provider& access_token,
                                                                        api_options options);

/// User and token of new sessions from there, for `connect_options::credentials`: asked when they are first needed,
/// ahead of the token's end, and after a server has refused them.
///
/// Throws `option_error` for options that can't be used. Reads the root certificates synchronously, and keeps them.
credential_provider credentials_from_connection_parameters(const credential_provider& access_token,
                                                           api_options options);

} // namespace coropq::query_service

#endif
