// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_STREAM_HPP
#define COROPQ_STREAM_HPP

#include <coropq/result.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace coropq {

namespace detail {
class stream_state;
}

/// How a stream gets its rows.
enum class stream_strategy : std::uint8_t {
    /// The statement runs once, and its rows are taken from the connection as they come. Nothing else can run on the
    /// connection until the end. Any statement that returns rows.
    rows,
    /// A cursor on the server (`DECLARE`, `FETCH`), a round trip for each batch; within a transaction, which the stream
    /// begins and ends by itself if there is none. On a connection of one's own, other statements can run between the
    /// batches. `SELECT`, `VALUES` and the like only. For servers and poolers that don't let rows wait.
    cursor,
};

struct stream_options {
    /// The most rows that are read at a time and kept in memory. With the strategy `rows`, a batch also ends at about 4
    /// MB. Default 1000; 0 counts as 1.
    std::size_t batch = 1000;
    stream_strategy strategy = stream_strategy::rows;
};

/// The rows of a statement, read in batches while the server sends them. Nothing is read ahead of what was asked for,
/// so a slow reader slows the server down instead of filling memory.
///
///     auto rows = co_await engine.stream_rows(coropq::statement("select * from events"));
///     while (true) {
///         const coropq::result batch = co_await rows.next_batch();
///         if (batch.empty())
///             break;
///         …
///     }
///
/// It has a connection to itself: one of the engine's, which goes back to the pool at the end of the rows, with
/// `close`, or when the stream is destroyed; or the `connection` that it was opened on, whose other operations
/// meanwhile end with `errc::operation_in_progress` (strategy `rows`). Leaving early cancels the statement on the
/// server and drops what is on its way; the connection can be used again afterwards. An operation on it waits for that.
///
/// One operation at a time. Cancelling `next_batch` ends the stream; the statement is cancelled on the server, and the
/// connection can be used again, as for `connection::execute`. Not for use from several threads at once.
class row_stream {
public:
    row_stream(row_stream&&) noexcept = default;
    row_stream& operator=(row_stream&& other) noexcept;
    row_stream(const row_stream&) = delete;
    row_stream& operator=(const row_stream&) = delete;
    ~row_stream();

    /// The next rows, in their order; none after the last. Throws as `connection::execute` does; a server that fails in
    /// the middle gives a `server_error` behind the rows that it had sent before. After an error the stream is at its
    /// end.
    boost::asio::awaitable<result> next_batch();

    /// Ends the stream early and waits until its connection can be used again. Does nothing at the end or if called
    /// again.
    boost::asio::awaitable<void> close();

    /// For the library.
    explicit row_stream(std::shared_ptr<detail::stream_state> state) noexcept : state_(std::move(state)) {}

private:
    std::shared_ptr<detail::stream_state> state_;
};

/// A `row_stream` whose rows are C++ objects: described structs, tuples, or values of the only column (see `row::as`).
///
///     auto events = co_await engine.stream<event>("select * from events", {.batch = 500});
///     while (std::optional<event> next = co_await events.next())
///         …
///
/// Objects may be views (`std::string_view`): those of a batch are valid until the next one is read.
///
/// Throws `result_error` when the rows don't fit; the columns are checked once for each batch.
template <typename T>
class stream {
public:
    /// The next row; nothing after the last one. Waits only where a batch ends.
    boost::asio::awaitable<std::optional<T>> next() { return next_object(place_); }

    /// The rest of the current batch, or all of the next; empty after the last row. Faster than `next`.
    boost::asio::awaitable<std::vector<T>> next_batch() { return next_objects(place_); }

    /// Ends the stream early, and the rows that were read but not taken yet with it. See `row_stream::close`.
    boost::asio::awaitable<void> close() {
        place_->batch = typed_rows<T>(nullptr, 0, 0);
        place_->next = 0;
        return place_->rows.close();
    }

    /// For the library.
    explicit stream(row_stream rows) : place_(std::make_shared<place>(std::move(rows))) {}

private:
    struct place {
        explicit place(row_stream source) : rows(std::move(source)) {}

        row_stream rows;
        typed_rows<T> batch{nullptr, 0, 0};
        std::size_t next = 0;
    };

    // They own what they use: the stream may move away or go while they wait.
    static boost::asio::awaitable<bool> has_more(std::shared_ptr<place> self) {
        if (self->next == self->batch.size()) {
            const result read = co_await self->rows.next_batch();
            self->batch = read.rows<T>();
            self->next = 0;
        }
        co_return self->next != self->batch.size();
    }
    static boost::asio::awaitable<std::optional<T>> next_object(std::shared_ptr<place> self) {
        const bool more = self->next != self->batch.size() || co_await has_more(self);
        if (!more)
            co_return std::nullopt;
        co_return self->batch[self->next++];
    }
    static boost::asio::awaitable<std::vector<T>> next_objects(std::shared_ptr<place> self) {
        std::vector<T> objects;
        const bool more = co_await has_more(self);
        if (more) {
            objects.reserve(self->batch.size() - self->next);
            while (self->next != self->batch.size())
                objects.push_back(self->batch[self->next++]);
        }
        co_return objects;
    }

    std::shared_ptr<place> place_;
};

} // namespace coropq

#endif
