// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fan_out/libpq_loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

namespace coropq::bench {

namespace {

// Several packets' worth of statements leave as such. Not with Unix sockets, which have no packets: an error.
class corked {
public:
    corked(int socket, bool is_wanted) : socket_(is_wanted ? socket : -1) { set(1); }
    corked(const corked&) = delete;
    corked& operator=(const corked&) = delete;
    ~corked() { set(0); }

private:
    void set(int on) const {
        if (socket_ >= 0)
            setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    }

    int socket_;
};

} // namespace

void fail(PGconn* connection) { throw std::runtime_error(PQerrorMessage(connection)); }

connection_handle connect_and_prepare(const std::string& url) {
    connection_handle connection(PQconnectdb(url.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
        fail(connection.get());
    const Oid integer = 23; // pg_type.dat of PostgreSQL
    const result_handle prepared(PQprepare(connection.get(), prepared_name, point_select, 1, &integer));
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
        fail(connection.get());
    return connection;
}

key_parameter::key_parameter(std::int32_t id) : bytes(htonl(static_cast<std::uint32_t>(id))) {}

std::int32_t value_in(PGconn* connection, const PGresult* answer) {
    if (PQresultStatus(answer) != PGRES_TUPLES_OK || PQntuples(answer) != 1)
        fail(connection);
    std::uint32_t value = 0;
    std::memcpy(&value, PQgetvalue(answer, 0, 0), sizeof value);
    return static_cast<std::int32_t>(ntohl(value));
}

libpq_loop::libpq_loop(const std::string& url, std::size_t connections, std::size_t depth, style how)
    : how_(how), depth_(how == style::one_at_a_time ? 1 : depth), poller_(epoll_create1(EPOLL_CLOEXEC)) {
    sessions_.reserve(connections); // they stay where they are: the poller knows their addresses
    while (sessions_.size() != connections) {
        session& one = sessions_.emplace_back();
        one.handle = connect_and_prepare(url);
        one.sent.set_capacity(depth_);
        if (PQsetnonblocking(one.handle.get(), 1) != 0 ||
            (how != style::one_at_a_time && PQenterPipelineMode(one.handle.get()) != 1))
            fail(one.handle.get());
        watch(one, true);
    }
}

libpq_loop::~libpq_loop() { close(poller_); }

void libpq_loop::run(std::size_t tasks, random_keys& keys, const answer_handler& answered) {
    share_ = std::min(depth_, (tasks + sessions_.size() - 1) / sessions_.size());
    waiting_.set_capacity(tasks);
    waiting_.insert(waiting_.end(), tasks, clock::now());
    for (session& one : sessions_)
        send_waiting(one, keys);
    std::array<epoll_event, 64> events;
    while (under_way_ != 0) {
        const int count = epoll_wait(poller_, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            session& one = *static_cast<session*>(event.data.ptr);
            if ((event.events & ~EPOLLOUT) != 0)
                receive(one, answered);
            send_waiting(one, keys);
        }
    }
}

void libpq_loop::watch(session& one, bool new_one) {
    epoll_event event{};
    event.events = one.waits_to_write ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = &one;
    epoll_ctl(poller_, new_one ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, PQsocket(one.handle.get()), &event);
}

void libpq_loop::receive(session& one, const answer_handler& answered) {
    // libpq reads one TLS record at a time, which is one answer, and OpenSSL may hold more that epoll doesn't see.
    const bool is_encrypted = PQsslInUse(one.handle.get()) != 0;
    bool may_be_more = true;
    while (may_be_more) {
        if (PQconsumeInput(one.handle.get()) != 1)
            fail(one.handle.get());
        may_be_more = take_results(one, answered) && is_encrypted && !one.sent.empty();
    }
}

// Whether there were any.
bool libpq_loop::take_results(session& one, const answer_handler& answered) {
    PGconn* const handle = one.handle.get();
    bool some = false;
    while (!one.sent.empty() && PQisBusy(handle) == 0) {
        some = true;
        const result_handle answer(PQgetResult(handle));
        if (!answer) { // the end of a statement's results
            if (how_ == style::one_at_a_time)
                finish_first(one, answered);
        } else if (PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) {
            finish_first(one, answered);
        } else {
            check_answer(one.sent.front().id, value_in(handle, answer.get()));
        }
    }
    return some;
}

void libpq_loop::finish_first(session& one, const answer_handler& answered) {
    clock::time_point asked = one.sent.front().asked;
    one.sent.pop_front();
    --under_way_;
    if (answered(asked))
        waiting_.push_back(asked);
}

void libpq_loop::send_waiting(session& one, random_keys& keys) {
    PGconn* const handle = one.handle.get();
    if (one.sent.size() < share_ && !waiting_.empty()) {
        const std::size_t room = std::min(share_ - one.sent.size(), waiting_.size());
        const corked together(PQsocket(handle), how_ == style::pipeline && room > 1);
        for (std::size_t i = 0; i != room; ++i)
            send(one, keys);
    }
    const int left = PQflush(handle);
    if (left < 0)
        fail(handle);
    if (one.waits_to_write != (left == 1)) {
        one.waits_to_write = left == 1;
        watch(one, false);
    }
}

void libpq_loop::send(session& one, random_keys& keys) {
    PGconn* const handle = one.handle.get();
    const query next{waiting_.front(), keys.next()};
    waiting_.pop_front();
    const key_parameter id(next.id);
    if (PQsendQueryPrepared(handle, prepared_name, 1, &id.value, &id.size, &id.format, 1) != 1 ||
        (how_ != style::one_at_a_time && PQpipelineSync(handle) != 1))
        fail(handle);
    one.sent.push_back(next);
    ++under_way_;
}

} // namespace coropq::bench
