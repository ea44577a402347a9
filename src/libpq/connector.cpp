// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "libpq/connector.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <new>
#include <random>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

using clock = time_limit::clock;

std::string in_words(std::chrono::milliseconds time) {
    if (time.count() % 1000 == 0)
        return std::to_string(time.count() / 1000) + " s";
    return std::to_string(time.count()) + " ms";
}

// Gives the socket back before the connection that owns it is finished, on every path out of a scope.
class return_guard {
public:
    explicit return_guard(borrowed_socket& socket) : socket_(&socket) {}
    return_guard(const return_guard&) = delete;
    return_guard& operator=(const return_guard&) = delete;
    ~return_guard() {
        if (socket_)
            socket_->give_back();
    }
    void keep() noexcept { socket_ = nullptr; }

private:
    borrowed_socket* socket_;
};

} // namespace

connector::connector(const session_strand& strand, borrowed_socket& socket, connect_plan plan, notice_sink& notices)
    : strand_(strand)
    , socket_(socket)
    , plan_(std::move(plan))
    , notices_(notices)
    , deadline_(plan_.total_limit.count() == 0 ? clock::time_point::max()
                                               : plan_.deadline.value_or(saturated_deadline(plan_.total_limit))) {
    if (plan_.random_order)
        std::shuffle(plan_.servers.begin(), plan_.servers.end(), std::mt19937(std::random_device()()));
    addresses_.resize(plan_.servers.size());
}

asio::awaitable<connector::outcome> connector::run() {
    const time_limit total(strand_, deadline_, [this] { wake(); });
    outcome result;
    // A standby first, then anything, as libpq does with the list that it never sees here.
    const bool prefer_standby = plan_.target_session_attrs == "prefer-standby";
    std::string attributes = prefer_standby ? std::string("standby") : plan_.target_session_attrs;
    result.handle = co_await try_servers(attributes);
    if (!result.handle && prefer_standby) {
        bool stop = co_await should_stop();
        if (!stop && !refused_) {
            failures_.clear();
            attributes = "any";
            result.handle = co_await try_servers(attributes);
        }
    }
    if (result.handle)
        co_return result;
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    if (interrupted_ || cancellation.cancelled() != asio::cancellation_type::none)
        result.code = asio::error::operation_aborted;
    else
        result.details = describe_failures(plan_, std::move(failures_), result.code);
    co_return result;
}

void connector::interrupt() noexcept {
    interrupted_ = true;
    wake();
}

void connector::wake() noexcept {
    socket_.cancel();
    if (resolution_)
        resolution_->cancel();
}

// True when nothing more should be tried: cancelled, or the whole time is used up.
asio::awaitable<bool> connector::should_stop() {
    const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
    co_return interrupted_ || cancellation.cancelled() != asio::cancellation_type::none || clock::now() >= deadline_;
}

clock::time_point connector::limit_of_one_step() const {
    if (plan_.address_limit.count() == 0)
        return deadline_;
    return std::min(deadline_, saturated_deadline(plan_.address_limit));
}

connect_attempt connector::attempt_at(std::size_t server, const std::string& address) const {
    const server_place& place = plan_.servers[server];
    connect_attempt attempt;
    attempt.host = place.host.empty() ? place.hostaddr : place.host;
    attempt.address = address;
    attempt.port = place.port;
    return attempt;
}

void connector::add(connect_failure failure) {
    refused_ = refused_ || failure.final;
    failures_.push_back(std::move(failure));
}

asio::awaitable<connection_handle> connector::try_servers(std::string session_attributes) {
    for (std::size_t server = 0; server != plan_.servers.size() && !refused_; ++server) {
        connection_handle handle;
        try {
            handle = co_await try_server(server, session_attributes);
        } catch (const boost::system::system_error& failure) {
            // The system has no more threads, descriptors or watches: another reason for this server, not a special
            // end.
            resolution_.reset();
            add(failure_of(errc::connect_failed, failure.what(), attempt_at(server, {})));
        }
        if (handle)
            co_return handle;
        const bool stop = co_await should_stop();
        if (stop) {
            if (clock::now() >= deadline_ && failures_.empty())
                add(failure_of(errc::connect_timeout, "no answer within " + in_words(plan_.total_limit),
                               attempt_at(server, {})));
            break;
        }
    }
    co_return nullptr;
}

asio::awaitable<connection_handle> connector::try_server(std::size_t server, std::string session_attributes) {
    const bool known = co_await resolve(server);
    bool stop = co_await should_stop();
    if (!known || stop)
        co_return nullptr;
    const std::vector<std::string> addresses = *addresses_[server];
    for (const std::string& address : addresses) {
        connection_handle handle = co_await try_address(server, address, session_attributes);
        if (handle)
            co_return handle;
        stop = co_await should_stop();
        if (stop || refused_)
            break;
    }
    co_return nullptr;
}

// Fills in the addresses of a server, if they aren't known yet.
asio::awaitable<bool> connector::resolve(std::size_t server) {
    const server_place& place = plan_.servers[server];
    if (addresses_[server])
        co_return true;
    if (!place.hostaddr.empty()) {
        addresses_[server].emplace({place.hostaddr});
        co_return true;
    }
    const bool is_socket = place.host.empty() || place.host.front() == '/' || place.host.front() == '@';
    if (is_socket || is_ip_address(place.host)) {
        // Sockets have no address: libpq finds them by the host, or by its built-in directory.
        addresses_[server].emplace({is_socket ? std::string() : place.host});
        co_return true;
    }
    const clock::time_point limit = limit_of_one_step();
    std::vector<std::string> addresses;
    error_code code;
    {
        resolution_.emplace(strand_, place.host);
        const time_limit timer(strand_, limit, [this] { wake(); });
        code = co_await resolution_->wait(addresses);
        resolution_.reset();
    }
    if (!code && !addresses.empty()) {
        if (plan_.random_order)
            std::shuffle(addresses.begin(), addresses.end(), std::mt19937(std::random_device()()));
        addresses_[server] = std::move(addresses);
        co_return true;
    }
    if (code != asio::error::operation_aborted) {
        add(failure_of(errc::host_not_found,
                       "the name can't be resolved: " + (code ? code.message() : "it has no address"),
                       attempt_at(server, {})));
    } else if (clock::now() >= limit) {
        add(failure_of(errc::connect_timeout,
                       "resolving the name took longer than " +
                           in_words(plan_.address_limit.count() ? plan_.address_limit : plan_.total_limit),
                       attempt_at(server, {})));
    }
    co_return false;
}

asio::awaitable<connection_handle> connector::try_address(std::size_t server, std::string address,
                                                          std::string session_attributes) {
    const clock::time_point limit = limit_of_one_step();
    connection_handle handle = start(server, address, session_attributes);
    const time_limit timer(strand_, limit, [this] { wake(); });
    return_guard guard(socket_);
    ConnStatusType phase = CONNECTION_NEEDED;
    const error_code code = co_await shake_hands(handle, phase, limit);
    if (!code) {
        guard.keep();
        co_return handle;
    }
    if (code == errc::connect_failed) {
        add(failure_of(handle.get(), phase, attempt_at(server, address), notices_.redact, plan_.spoken));
    } else if (timer.expired() || clock::now() >= limit) {
        add(failure_of(errc::connect_timeout,
                       "no answer within " + in_words(limit == deadline_ ? plan_.total_limit : plan_.address_limit),
                       attempt_at(server, address)));
    } else if (code != asio::error::operation_aborted) {
        add(failure_of(code, "waiting for the socket failed: " + code.message(), attempt_at(server, address)));
    }
    co_return nullptr;
}

connection_handle connector::start(std::size_t server, const std::string& address,
                                   const std::string& session_attributes) {
    const server_place& place = plan_.servers[server];
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto give = [&](const char* name, const char* value) {
        names.push_back(name);
        values.push_back(value);
    };
    for (const auto& [name, value] : plan_.arguments)
        give(name.c_str(), value.expose().data());
    give("host", place.host.c_str());
    give("hostaddr", address.c_str());
    give("port", place.port.c_str());
    give("target_session_attrs", session_attributes.c_str());
    give(nullptr, nullptr);
    // Zero: the database's name is a name, never a connection string that could override the rest.
    connection_handle handle(PQconnectStartParams(names.data(), values.data(), 0));
    if (!handle)
        throw std::bad_alloc();
    notices_.install(handle.get());
    // It may come from the environment, a service file or a password file, and is a secret all the same.
    if (const char* password = PQpass(handle.get()))
        notices_.redact.add_secret(secret(password));
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE); // the only way to learn the SQLSTATE while connecting
    return handle;
}

// The loop of the manual's chapter "Database Connection Control Functions". connect_failed: libpq says why.
asio::awaitable<error_code> connector::shake_hands(connection_handle& handle, ConnStatusType& phase,
                                                   clock::time_point limit) {
    phase = PQstatus(handle.get());
    if (phase == CONNECTION_BAD) {
        phase = CONNECTION_NEEDED;
        co_return errc::connect_failed;
    }
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    for (;;) {
        // What came while nothing waited, a signal or the end of the time, found nothing that it could end.
        const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
        if (interrupted_ || cancellation.cancelled() != asio::cancellation_type::none || clock::now() >= limit)
            co_return asio::error::operation_aborted;
        socket_.take(PQsocket(handle.get()));
        error_code code;
        if (next == PGRES_POLLING_READING)
            code = co_await socket_.wait_readable();
        else
            code = co_await socket_.wait_writable();
        if (code)
            co_return code;
        socket_.give_back();
        phase = PQstatus(handle.get());
        next = PQconnectPoll(handle.get());
        if (next == PGRES_POLLING_FAILED)
            co_return errc::connect_failed;
        if (next == PGRES_POLLING_OK)
            break;
    }
    if (PQsetnonblocking(handle.get(), 1) != 0)
        co_return errc::connect_failed;
    socket_.take(PQsocket(handle.get()));
    co_return error_code();
}

} // namespace coropq::detail
