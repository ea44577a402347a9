// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/https/connection_parameters.hpp>

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "https/connection_answer.hpp"
#include "https/https_get.hpp"

#include <boost/asio/ssl/context.hpp>

#include <algorithm>
#include <memory>
#include <ostream>
#include <string_view>

namespace asio = boost::asio;

namespace coropq::query_service {

namespace {

constexpr const char* target = "/data/foundation/query/connection_parameters";

[[noreturn]] void refuse(const char* option, const char* what) {
    throw_error(errc::invalid_option,
                detail::make_diagnostics(errc::invalid_option, std::string("api_options::") + option + ' ' + what));
}

void check_header(const char* option, std::string_view value) {
    if (value.empty())
        refuse(option, "has to be given");
    if (!detail::fits_header(value))
        refuse(option, "has characters that a header can't hold");
}

void check(const api_options& options) {
    check_header("organization", options.organization());
    check_header("api_key", options.api_key().expose());
    check_header("sandbox", options.sandbox());
    const std::string& host = options.host();
    const bool is_plausible = std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == '_' || c == ':';
    });
    if (host.empty() || !is_plausible)
        refuse("host", "isn't a host name or an address; it has no https:// and no path");
    if (options.port() == 0)
        refuse("port", "can't be 0");
    if (options.longest_answer() == 0)
        refuse("longest_answer", "can't be 0");
}

/// What is asked, with what, and of whom.
class service {
public:
    service(const credential_provider& access_token, api_options options)
        : access_token_(access_token), options_(std::move(options)) {
        check(options_);
        roots_ = detail::trusted_roots(options_.root_certificates());
        where_ = options_.host() + ':' + std::to_string(options_.port());
    }

    const api_options& options() const noexcept { return options_; }

    asio::awaitable<connection_parameters> ask() const {
        credentials access = co_await access_token_.get();
        detail::https_answer answer = co_await detail::https_get(request_with(access.password()));
        if (answer.status == 401) {
            access_token_.invalidate(access);
            credentials newer = co_await access_token_.get();
            if (newer.password() != access.password()) {
                access = std::move(newer);
                answer = co_await detail::https_get(request_with(access.password()));
            }
        }
        if (answer.status != 200)
            detail::refuse_answer(answer, where_, access.password(), options_.api_key());
        connection_parameters found = detail::parse_connection_parameters(detail::view(answer.body), where_);
        co_return found;
    }

private:
    std::shared_ptr<const detail::https_request> request_with(const secret& token) const {
        if (!detail::fits_header(token.expose()))
            throw_error(errc::authentication_failed,
                        detail::make_diagnostics(errc::authentication_failed,
                                                 "the access token has characters that a header can't hold"));
        const auto request = std::make_shared<detail::https_request>();
        request->host = options_.host();
        request->port = options_.port();
        request->target = target;
        request->roots = roots_;
        request->limit = options_.timeout();
        request->longest_answer = options_.longest_answer();
        detail::secret_buffer bearer;
        constexpr std::string_view scheme = "Bearer ";
        bearer.reserve(scheme.size() + token.size());
        bearer.insert(bearer.end(), scheme.begin(), scheme.end());
        const std::string_view characters = token.expose();
        bearer.insert(bearer.end(), characters.begin(), characters.end());
        request->headers.reserve(4);
        request->headers.emplace_back("Authorization", secret(detail::view(bearer)));
        request->headers.emplace_back("x-gw-ims-org-id", secret(options_.organization()));
        request->headers.emplace_back("x-api-key", options_.api_key());
        request->headers.emplace_back("x-sandbox-name", secret(options_.sandbox()));
        return request;
    }

    const credential_provider access_token_;
    const api_options options_;
    std::shared_ptr<asio::ssl::context> roots_;
    std::string where_;
};

asio::awaitable<connection_parameters> ask(std::shared_ptr<const service> asked) {
    connection_parameters found = co_await asked->ask();
    co_return found;
}

asio::awaitable<credentials> ask_for_credentials(std::shared_ptr<const service> asked) {
    const connection_parameters found = co_await asked->ask();
    const bool wants_compressed = asked->options().compressed_token();
    if (wants_compressed && found.compressed_token.empty())
        throw_error(errc::authentication_failed,
                    detail::make_diagnostics(errc::authentication_failed, "the service gave no compressedToken",
                                             "leave api_options::compressed_token off"));
    credentials given(found.user, wants_compressed ? found.compressed_token : found.token);
    given.expires(found.expires);
    co_return given;
}

} // namespace

std::ostream& operator<<(std::ostream& out, const connection_parameters& value) {
    return out << "user \"" << value.user << "\", token " << value.token << ", host " << value.host << ", port "
               << value.port << ", database \"" << value.database << '"';
}

asio::awaitable<connection_parameters> get_connection_parameters(const credential_provider& access_token,
                                                                 api_options options) {
    return ask(std::make_shared<const service>(access_token, std::move(options)));
}

credential_provider credentials_from_connection_parameters(const credential_provider& access_token,
                                                           api_options options) {
    const auto asked = std::make_shared<const service>(access_token, std::move(options));
    // A request has its own limit, and tells what is wrong; this one is for a second request, and the access token.
    const std::chrono::milliseconds limit = asked->options().timeout();
    const bool is_limited = limit > std::chrono::milliseconds(0) && limit < std::chrono::hours(24);
    credential_options how;
    how.timeout(is_limited ? 2 * limit + std::chrono::seconds(60) : std::chrono::milliseconds(0));
    return credential_provider([asked] { return ask_for_credentials(asked); }, how);
}

} // namespace coropq::query_service
