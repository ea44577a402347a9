// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_PIPELINE_HPP
#define COROPQ_PIPELINE_HPP

#include <coropq/diagnostics.hpp>
#include <coropq/mapping.hpp>
#include <coropq/result.hpp>
#include <coropq/statement.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace coropq {

/// What an error of one stage of a pipeline means for the others.
enum class pipeline_mode : std::uint8_t {
    isolated,      ///< Nothing: each stage is a transaction of its own, unless the pipeline runs inside of one.
    all_or_nothing ///< All stages are one transaction: an error takes the others back, and those behind it aren't run.
};

/// What has become of a stage.
enum class stage_status : std::uint8_t {
    done,        ///< It ran. In a transaction, what it did becomes permanent with that.
    failed,      ///< The server has rejected it: the error is its own.
    rolled_back, ///< It ran, and was taken back because another one failed (`errc::rolled_back`).
    not_run,     ///< It wasn't sent, or the server has skipped it because of another one (`errc::not_run`).
    in_doubt     ///< It was sent, and what became of it is unknown: the connection was lost, or it was cancelled.
};

/// The end of a stage.
struct stage_outcome {
    stage_status status = stage_status::not_run;
    boost::system::error_code error; ///< None if it is done.
    diagnostics details;             ///< About the error.
    result output;                   ///< What the statement answered, if it is done.
};

/// Names a stage of a pipeline. A value.
class stage_reference {
public:
    /// Its place, counted from 0.
    std::size_t index() const noexcept { return index_; }

    /// For the library.
    stage_reference(std::uint64_t pipeline, std::size_t index) noexcept : pipeline_(pipeline), index_(index) {}
    std::uint64_t pipeline() const noexcept { return pipeline_; }

private:
    std::uint64_t pipeline_;
    std::size_t index_;
};

/// The same, with what its rows are read as. `pipeline_results` gives a T for it.
template <typename T>
class pipeline_stage : public stage_reference {
public:
    using value_type = T;

    /// For the library.
    pipeline_stage(std::uint64_t pipeline, std::size_t index, T (*reader)(const result&)) noexcept
        : stage_reference(pipeline, index), read_(reader) {}
    T read(const result& rows) const { return read_(rows); }

private:
    T (*read_)(const result&);
};

namespace detail {

/// What a stage does.
struct pipeline_step {
    enum class action : std::uint8_t { run, prepare, close };

    pipeline_step(action action_of_step, statement statement_of_step)
        : what(action_of_step), work(std::move(statement_of_step)) {}

    action what;
    statement work;
};

inline result stage_result(const result& rows) { return rows; }
inline void stage_without_result(const result&) {}
template <typename T>
std::vector<T> stage_rows(const result& rows) {
    return rows.all<T>();
}
template <typename T>
T stage_row(const result& rows) {
    return rows.one<T>();
}
template <typename T>
std::optional<T> stage_optional_row(const result& rows) {
    return rows.one_or_none<T>();
}
template <typename T>
T stage_value(const result& rows) {
    return std::get<0>(rows.one<std::tuple<T>>());
}

} // namespace detail

/// Several statements that are sent together, in one round trip, and answered together:
///
///     coropq::pipeline work(coropq::pipeline_mode::isolated);
///     auto count = work.fetch_value<std::int64_t>("select count(*) from users where age > $1", 30);
///     auto people = work.fetch<user>("select id, name, age from users");
///     work.execute("insert into log (text) values ($1)", "looked");
///     coropq::pipeline_results done = co_await conn.run_pipeline(work);
///     for (const user& each : done[people]) …
///
/// What is added is a stage: a statement, or one that the connection is to prepare or to forget. Values are encoded at
/// once. The stages run in their order, on one connection; `connection::run_pipeline` says how that can end.
///
/// A value: it may be copied, and run again. Not for use from several threads at once while one of them changes it.
class pipeline {
public:
    explicit pipeline(pipeline_mode mode);

    /// A stage that gives its `result`. Throws `option_error` as the constructor of `statement` does.
    ///
    /// Not for COPY, texts with several statements and `statement::simple_protocol(true)`, and in `all_or_nothing` not
    /// for statements that begin or end a transaction: the run ends with `errc::unsupported`, and nothing was sent.
    pipeline_stage<result> execute(statement work) {
        return add(detail::pipeline_step::action::run, std::move(work), &detail::stage_result);
    }
    template <typename... Arguments>
    pipeline_stage<result> execute(std::string_view sql, const Arguments&... arguments) {
        return execute(statement(sql, arguments...));
    }

    /// Stages whose rows are read as objects, like the functions of the same name of a connection: all rows, the only
    /// row, the only row if there is one, the only column of the only row.
    template <typename T>
    pipeline_stage<std::vector<T>> fetch(statement work) {
        detail::check_owning<T>();
        return add(detail::pipeline_step::action::run, std::move(work), &detail::stage_rows<T>);
    }
    template <typename T, typename... Arguments>
    pipeline_stage<std::vector<T>> fetch(std::string_view sql, const Arguments&... arguments) {
        return fetch<T>(statement(sql, arguments...));
    }
    template <typename T>
    pipeline_stage<T> fetch_one(statement work) {
        detail::check_owning<T>();
        return add(detail::pipeline_step::action::run, std::move(work), &detail::stage_row<T>);
    }
    template <typename T, typename... Arguments>
    pipeline_stage<T> fetch_one(std::string_view sql, const Arguments&... arguments) {
        return fetch_one<T>(statement(sql, arguments...));
    }
    template <typename T>
    pipeline_stage<std::optional<T>> fetch_optional(statement work) {
        detail::check_owning<T>();
        return add(detail::pipeline_step::action::run, std::move(work), &detail::stage_optional_row<T>);
    }
    template <typename T, typename... Arguments>
    pipeline_stage<std::optional<T>> fetch_optional(std::string_view sql, const Arguments&... arguments) {
        return fetch_optional<T>(statement(sql, arguments...));
    }
    template <typename T>
    pipeline_stage<T> fetch_value(statement work) {
        detail::check_owning<T>();
        return add(detail::pipeline_step::action::run, std::move(work), &detail::stage_value<T>);
    }
    template <typename T, typename... Arguments>
    pipeline_stage<T> fetch_value(std::string_view sql, const Arguments&... arguments) {
        return fetch_value<T>(statement(sql, arguments...));
    }

    /// Puts a statement among those that the connection has prepared, so that its first run is as fast as the others
    /// and has binary results. With parameters it needs their types: `prepare<int>("… where id = $1")`; the same text
    /// with other types is another statement. Does nothing if the connection has it already, or keeps none
    /// (`statement_options::prepared_statements(0)`). Isn't taken back with a transaction.
    template <typename... Parameters>
    pipeline_stage<void> prepare(std::string_view sql) {
        return prepare(statement(sql, std::optional<Parameters>()...));
    }
    /// The same for a statement with values, of which the types are looked at.
    pipeline_stage<void> prepare(statement work) {
        return add(detail::pipeline_step::action::prepare, std::move(work), &detail::stage_without_result);
    }

    /// Lets the connection and the server forget what was prepared with that text, whatever the types of its
    /// parameters. Does nothing if nothing was.
    pipeline_stage<void> close(std::string_view sql);

    /// How long all of it may take; then what runs is cancelled on the server, and the run ends with `timeout_error`.
    /// The `statement::timeout` of a stage is a limit for the whole pipeline as well: the shortest one counts. Zero: no
    /// limit. Default: `statement_options::timeout`.
    pipeline& timeout(std::chrono::milliseconds limit) {
        timeout_ = limit;
        return *this;
    }
    const std::optional<std::chrono::milliseconds>& timeout() const noexcept { return timeout_; }

    pipeline_mode mode() const noexcept { return mode_; }
    std::size_t size() const noexcept { return steps_.size(); }
    bool empty() const noexcept { return steps_.empty(); }

    /// For the library.
    std::uint64_t id() const noexcept { return id_; }
    std::vector<detail::pipeline_step>& steps() noexcept { return steps_; }
    const std::vector<detail::pipeline_step>& steps() const noexcept { return steps_; }

private:
    template <typename T>
    pipeline_stage<T> add(detail::pipeline_step::action what, statement work, T (*read)(const result&)) {
        return pipeline_stage<T>(id_, add_step(what, std::move(work)), read);
    }
    std::size_t add_step(detail::pipeline_step::action what, statement work);

    pipeline_mode mode_;
    std::uint64_t id_;
    std::optional<std::chrono::milliseconds> timeout_;
    std::vector<detail::pipeline_step> steps_;
};

/// The outcomes of the stages of a pipeline that was run. Owns the rows.
///
/// Running a pipeline doesn't throw because a stage has failed: look at each, or call `throw_if_failed`.
///
/// A value. Several threads may read at once.
class [[nodiscard]] pipeline_results {
public:
    /// Of a pipeline without stages.
    pipeline_results() noexcept = default;

    std::size_t size() const noexcept { return outcomes_.size(); }

    /// What the stage gives. Throws its error: `server_error` if the server has rejected it, otherwise the one that
    /// `outcome` tells; `result_error` when the rows don't fit; `option_error` for a stage of another pipeline.
    template <typename T>
    T operator[](const pipeline_stage<T>& stage) const {
        return stage.read(output(stage));
    }

    /// The error of a stage; none if it is done. Throws `option_error` for a stage of another pipeline.
    const boost::system::error_code& error(const stage_reference& stage) const { return outcome(stage).error; }

    /// Everything about a stage. Throws `option_error` for a stage of another pipeline, and if there is none with that
    /// index (counted from 0).
    const stage_outcome& outcome(const stage_reference& stage) const;
    const stage_outcome& outcome(std::size_t index) const;

    /// Whether every stage is done.
    bool all_done() const noexcept;
    /// Throws the error of the first stage that has failed by itself, else of the first that isn't done.
    void throw_if_failed() const;

    /// For the library.
    pipeline_results(std::uint64_t pipeline, std::vector<stage_outcome> outcomes) noexcept
        : pipeline_(pipeline), outcomes_(std::move(outcomes)) {}

private:
    const result& output(const stage_reference& stage) const;

    std::uint64_t pipeline_ = 0;
    std::vector<stage_outcome> outcomes_;
};

} // namespace coropq

#endif
