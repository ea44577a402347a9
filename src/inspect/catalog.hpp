// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_CATALOG_HPP
#define COROPQ_SRC_INSPECT_CATALOG_HPP

#include <coropq/dialect.hpp>
#include <coropq/pipeline.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <memory>
#include <string>

namespace coropq::detail {

class engine_state;
class lease;
class refused_statements;
class stage_observer;

/// Who answers an inspector's questions: an engine or one connection. Immutable; from any thread.
class catalog {
public:
    using pointer = std::shared_ptr<const catalog>;

    catalog() = default;
    catalog(const catalog&) = delete;
    catalog& operator=(const catalog&) = delete;
    virtual ~catalog() = default;

    /// Which catalogs there are to be asked.
    virtual coropq::dialect dialect() const = 0;
    virtual boost::asio::awaitable<result> execute(statement work) const = 0;
    /// What is known of which questions the server can't answer.
    virtual refused_statements& refused() const = 0;
    /// On one connection. `observer`: who reads the rows when they come, if there is one. Throws `inspection_error`
    /// (`errc::unsupported`) with a dialect that has no pipelines.
    virtual boost::asio::awaitable<pipeline_results>
    run_pipeline(pipeline work, std::shared_ptr<stage_observer> observer = {}) const = 0;
    /// Whether the statements are a part of somebody's transaction.
    virtual boost::asio::awaitable<bool> is_in_transaction() const = 0;
    /// One connection of those that it has, which is given back when the last one forgets it. Waits for one. Null: it
    /// is itself one.
    virtual boost::asio::awaitable<pointer> connect() const;
    /// The same if one is idle; null if none is. Doesn't wait.
    virtual pointer try_connect() const { return nullptr; }
};

catalog::pointer catalog_of(std::shared_ptr<engine_state> engine);
/// Doesn't keep the session from being given back.
catalog::pointer catalog_of(std::shared_ptr<lease> connection);

/// Runs a statement that only reads catalogs. One that stumbles over something that vanishes at that moment runs again,
/// with another snapshot. Throws `inspection_error` (`errc::unsupported`) if the server can't answer it at all, which
/// it is asked only once.
boost::asio::awaitable<result> read_catalog(catalog::pointer source, statement work);

/// How often what stumbles over changes is read again. Who changes things all the time leaves few moments in between.
inline constexpr int catalog_attempts = 50;

/// The same, and what is made of the answer by `from(answer, is_complete)`. Read again as long as something has
/// vanished meanwhile, so that all of the answer is of one moment; what still isn't complete then lacks what has
/// vanished.
template <typename T>
boost::asio::awaitable<T> read_catalog(catalog::pointer source, statement work, T (*from)(const result&, bool&)) {
    for (int attempt = 1;; ++attempt) {
        const result answer = co_await read_catalog(source, work);
        bool is_complete = true;
        T found = from(answer, is_complete);
        if (is_complete || attempt == catalog_attempts)
            co_return found;
    }
}

/// The same of a statement that most servers don't know, and that is about nothing that could vanish.
boost::asio::awaitable<result> read_what_few_have(catalog::pointer source, statement work);

/// The exception of what failed first in a pipeline of such statements, if anything did: as `read_catalog` has it.
void throw_if_failed(const pipeline_results& answers);

/// Whether a statement that has failed so has stumbled over something that vanished at that moment.
bool is_about_what_vanished(boost::system::error_code code);

} // namespace coropq::detail

#endif
