// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_FAN_OUT_LIBPQ_LOOP_HPP
#define COROPQ_BENCHMARKS_FAN_OUT_LIBPQ_LOOP_HPP

#include "fan_out/workload.hpp"

#include <boost/circular_buffer.hpp>

#include <libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace coropq::bench {

struct connection_deleter {
    void operator()(PGconn* handle) const { PQfinish(handle); }
};
using connection_handle = std::unique_ptr<PGconn, connection_deleter>;

struct result_deleter {
    void operator()(PGresult* handle) const { PQclear(handle); }
};
using result_handle = std::unique_ptr<PGresult, result_deleter>;

[[noreturn]] void fail(PGconn* connection);

/// The point select is prepared.
connection_handle connect_and_prepare(const std::string& url);

/// A parameter in binary form.
struct key_parameter {
    explicit key_parameter(std::int32_t id);
    key_parameter(const key_parameter&) = delete;
    key_parameter& operator=(const key_parameter&) = delete;

    std::uint32_t bytes;
    const char* value = reinterpret_cast<const char*>(&bytes);
    int size = sizeof bytes;
    int format = 1;
};

inline constexpr const char* prepared_name = "point_select";

/// The value that was asked for; fails if that isn't what there is.
std::int32_t value_in(PGconn* connection, const PGresult* answer);

/// Point selects on several connections from one thread, which waits for all of them with epoll. What is written by
/// hand for this one statement: nothing can be cancelled, no connection replaced.
class libpq_loop {
public:
    enum class style {
        pipeline,          ///< A sync point for each statement, what is sent together corked.
        uncorked_pipeline, ///< As libpq sends it: it hands each sync point to the system.
        one_at_a_time,     ///< Not in pipeline mode.
    };

    /// Connects. `depth`: the most that is under way on a connection.
    libpq_loop(const std::string& url, std::size_t connections, std::size_t depth, style how);
    libpq_loop(const libpq_loop&) = delete;
    libpq_loop& operator=(const libpq_loop&) = delete;
    ~libpq_loop();

    /// As `window::answered`.
    using answer_handler = std::function<bool(clock::time_point& asked)>;

    /// So many tasks ask for the first time; ends when all have had enough. They are spread evenly, and those that
    /// there is no room for wait in a queue.
    void run(std::size_t tasks, random_keys& keys, const answer_handler& answered);

private:
    struct query {
        clock::time_point asked;
        std::int32_t id;
    };
    struct session {
        connection_handle handle;
        boost::circular_buffer<query> sent; ///< Not answered yet.
        bool waits_to_write = false;
    };

    void watch(session& one, bool new_one);
    void receive(session& one, const answer_handler& answered);
    bool take_results(session& one, const answer_handler& answered);
    void finish_first(session& one, const answer_handler& answered);
    void send_waiting(session& one, random_keys& keys);
    void send(session& one, random_keys& keys);

    const style how_;
    const std::size_t depth_;
    std::size_t share_ = 1; ///< Of the tasks, for each connection, as long as that isn't deeper.
    std::size_t under_way_ = 0;
    int poller_;
    std::vector<session> sessions_;
    boost::circular_buffer<clock::time_point> waiting_; ///< Tasks, since when.
};

} // namespace coropq::bench

#endif
