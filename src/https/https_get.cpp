// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "https/https_get.hpp"

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "libpq/name_resolution.hpp"
#include "libpq/time_limit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/vector_body.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace coropq::detail {

namespace {

constexpr std::uint32_t longest_head = 16U << 10;

[[noreturn]] void fail(errc code, std::string message, std::string hint = {}) {
    throw_error(code, make_diagnostics(code, std::move(message), std::move(hint)));
}

[[noreturn]] void refuse_file(const std::string& file) {
    fail(errc::invalid_option, "the file of root certificates " + file + " can't be read, or has no certificate",
         "it has to be a PEM file");
}

} // namespace

std::shared_ptr<asio::ssl::context> trusted_roots(const std::string& file) {
    auto roots = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
    error_code code;
    if (file.empty())
        roots->set_default_verify_paths(code);
    else
        roots->load_verify_file(file, code);
    if (code)
        refuse_file(file.empty() ? "of the system" : file);
    roots->set_verify_mode(asio::ssl::verify_peer);
    if (SSL_CTX_set_min_proto_version(roots->native_handle(), TLS1_2_VERSION) != 1)
        fail(errc::tls_failed, "OpenSSL has no TLS 1.2");
    return roots;
}

bool fits_header(std::string_view value) noexcept {
    return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~'; });
}

namespace {

using buffer = boost::beast::basic_flat_buffer<wiping_allocator<char>>;
using parser = http::response_parser<http::vector_body<char, wiping_allocator<char>>>;

void append(secret_buffer& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }

// Written here, since Beast's messages keep what they hold in memory that nobody overwrites.
secret_buffer head_of(const https_request& request) {
    const bool is_ipv6 = request.host.find(':') != std::string::npos;
    std::size_t size = 200 + request.target.size() + request.host.size();
    for (const auto& [name, value] : request.headers)
        size += name.size() + value.size() + 4;
    secret_buffer head;
    head.reserve(size);
    append(head, "GET " + request.target + " HTTP/1.1\r\nHost: ");
    append(head, is_ipv6 ? '[' + request.host + ']' : request.host);
    if (request.port != 443)
        append(head, ':' + std::to_string(request.port));
    append(head, "\r\nUser-Agent: coropq\r\nAccept: application/json\r\nConnection: close\r\n");
    for (const auto& [name, value] : request.headers) {
        append(head, name + ": ");
        append(head, value.expose());
        append(head, "\r\n");
    }
    append(head, "\r\n");
    return head;
}

/// One request, on one strand. It is ended by closing the socket: whatever goes on then ends with an error.
class exchange {
public:
    exchange(const session_strand& strand, std::shared_ptr<const https_request> request)
        : strand_(strand)
        , request_(std::move(request))
        , where_(request_->host + ':' + std::to_string(request_->port))
        , stream_(strand, *request_->roots) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange() = default;

    asio::awaitable<https_answer> run() {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        const auto limit = request_->limit > std::chrono::milliseconds(0) ? saturated_deadline(request_->limit)
                                                                          : time_limit::clock::time_point::max();
        const time_limit timer(strand_, limit, [this] {
            late_ = true;
            stop();
        });
        co_await connect();
        co_await shake_hands();
        const secret_buffer head = head_of(*request_);
        error_code code;
        co_await asio::async_write(stream_, asio::buffer(head), asio::redirect_error(asio::use_awaitable, code));
        check(code, errc::connection_lost, "the request can't be sent to");
        https_answer answer = co_await read();
        co_return answer;
    }

private:
    void stop() {
        if (resolution_)
            resolution_->cancel();
        error_code ignored;
        stream_.next_layer().close(ignored);
    }

    // What a step has ended with.
    void check(const error_code& code, errc meaning, const std::string& what, const std::string& hint = {}) const {
        if (late_)
            fail(errc::connect_timeout,
                 where_ + " hasn't answered within " + std::to_string(request_->limit.count()) + " ms");
        if (code == asio::error::operation_aborted)
            throw boost::system::system_error(code);
        if (code)
            fail(meaning, what + ' ' + where_ + ": " + code.message(), hint);
    }

    asio::awaitable<void> connect() {
        std::vector<std::string> addresses;
        resolution_.emplace(strand_, request_->host);
        error_code code = co_await resolution_->wait(addresses);
        resolution_.reset();
        check(code, errc::host_not_found, "the name can't be resolved of");
        code = asio::error::host_not_found;
        for (std::size_t i = 0; i != addresses.size(); ++i) {
            code = co_await connect(addresses[i], i + 1 == addresses.size());
            if (!code || late_ || code == asio::error::operation_aborted)
                break;
        }
        check(code, errc::connect_failed, "there is no connection to");
    }

    // One address that never answers leaves time for the next.
    asio::awaitable<error_code> connect(const std::string& address, bool is_last) {
        const bool is_limited = !is_last && request_->limit > std::chrono::milliseconds(0);
        bool gave_up = false;
        const time_limit patience(
            strand_, is_limited ? saturated_deadline(request_->limit / 3) : time_limit::clock::time_point::max(),
            [this, &gave_up] {
                gave_up = true;
                stop();
            });
        asio::ip::tcp::socket& socket = stream_.next_layer();
        error_code code;
        socket.close(code);
        const asio::ip::tcp::endpoint there(asio::ip::make_address(address, code), request_->port);
        if (code)
            co_return code;
        co_await socket.async_connect(there, asio::redirect_error(asio::use_awaitable, code));
        co_return gave_up&& code ? error_code(asio::error::timed_out) : code;
    }

    asio::awaitable<void> shake_hands() {
        SSL* const tls = stream_.native_handle();
        X509_VERIFY_PARAM* const wanted = SSL_get0_param(tls);
        std::string host = request_->host;
        X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        // An address isn't a server name (RFC 6066, 3). (SSL_set_tlsext_host_name is a macro with a C cast.)
        const bool is_ready =
            is_ip_address(host)
                ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                : X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
                      SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
        if (!is_ready)
            fail(errc::tls_failed, "OpenSSL can't verify the name of the host " + where_);
        error_code code;
        co_await stream_.async_handshake(asio::ssl::stream_base::client,
                                         asio::redirect_error(asio::use_awaitable, code));
        const long verdict = SSL_get_verify_result(tls);
        if (code && !late_ && code != asio::error::operation_aborted && verdict != X509_V_OK)
            fail(errc::tls_failed,
                 "the certificate of " + where_ + " isn't trusted: " + X509_verify_cert_error_string(verdict),
                 "whoever issued it has to be among the system's root certificates, or in the file that "
                 "api_options::root_certificates names");
        check(code, errc::tls_failed, "TLS isn't possible with");
    }

    asio::awaitable<https_answer> read() {
        buffer received;
        parser answer;
        answer.header_limit(longest_head);
        answer.body_limit(request_->longest_answer);
        error_code code;
        co_await http::async_read(stream_, received, answer, asio::redirect_error(asio::use_awaitable, code));
        if (!late_ && code == http::error::body_limit)
            fail(errc::authentication_failed,
                 where_ + " answers with more than " + std::to_string(request_->longest_answer) + " bytes");
        const bool has_ended = code == http::error::end_of_stream || code == http::error::partial_message;
        if (!late_ && !has_ended && code &&
            code.category() == http::make_error_code(http::error::bad_version).category())
            fail(errc::authentication_failed, where_ + " doesn't answer as HTTP says: " + code.message());
        check(code, errc::connection_lost, "the answer doesn't come from");
        https_answer result;
        result.status = answer.get().result_int();
        const auto wait = answer.get()[http::field::retry_after];
        if (wait.size() < 8 && std::all_of(wait.begin(), wait.end(), [](char c) { return c >= '0' && c <= '9'; }))
            result.retry_after.assign(wait.begin(), wait.end());
        result.body = std::move(answer.get().body());
        co_return result;
    }

    const session_strand strand_;
    const std::shared_ptr<const https_request> request_;
    const std::string where_;
    asio::ssl::stream<asio::ip::tcp::socket> stream_;
    std::optional<name_resolution> resolution_;
    bool late_ = false;
};

asio::awaitable<https_answer> run_exchange(session_strand strand, std::shared_ptr<const https_request> request) {
    const auto running = std::make_unique<exchange>(strand, std::move(request));
    https_answer answer = co_await running->run();
    co_return answer;
}

} // namespace

asio::awaitable<https_answer> https_get(std::shared_ptr<const https_request> request) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const session_strand strand = asio::make_strand(executor);
    https_answer answer =
        co_await asio::co_spawn(strand, run_exchange(strand, std::move(request)), asio::use_awaitable);
    co_return answer;
}

} // namespace coropq::detail
