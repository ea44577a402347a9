// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "engine/engine_state.hpp"

#include <coropq/detail/outcome.hpp>

#include "dialect/resolution.hpp"
#include "engine/stream_state.hpp"
#include "engine/value_delivery.hpp"
#include "libpq/pipeline_job.hpp"
#include "operation/run_operation.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

engine_state::engine_state(const asio::any_io_executor& executor, url address, const engine_options& options)
    : engine_state(resolve(address, options), executor, address) {}

engine_state::engine_state(engine_options resolved, const asio::any_io_executor& executor, url address)
    : dialect_(*resolved.dialect())
    , statements_(resolved.connect().statements())
    , pool_(pool::create(executor, std::move(address), std::move(resolved))) {}

engine_state::~engine_state() { pool_->dispose(); }

namespace {

using lease_place = std::shared_ptr<std::shared_ptr<lease>>;

// The engine stays for as long as somebody waits for one of its connections.
asio::awaitable<operation_outcome> wait_for_lease(engine_state::pointer, std::shared_ptr<pool::queue_place> place,
                                                  lease_place acquired) {
    operation_outcome outcome = co_await pool::wait(std::move(place), std::move(acquired));
    co_return outcome;
}

asio::awaitable<operation_outcome> nothing_to_wait_for() { co_return operation_outcome(); }

// The result is shared, because the caller's coroutine may be destroyed while the operation goes on.
void start_acquire(const engine_state::pointer& engine, const lease_origin& origin, const deadline& limit,
                   const lease_place& acquired, diagnostics* details, operation_handler handler) {
    const asio::strand<asio::any_io_executor> strand = asio::make_strand(engine->executor());
    *acquired = engine->connections()->try_acquire(origin);
    asio::awaitable<operation_outcome> operation =
        *acquired ? nothing_to_wait_for()
                  : wait_for_lease(engine, engine->connections()->enter_queue(strand, origin, limit), acquired);
    run_operation(strand, engine->executor(), std::move(operation), nullptr, details, std::move(handler));
}

// A class with a constructor instead of a lambda: see docs/decisions.md on GCC 12.
class initiate_acquire {
public:
    initiate_acquire(engine_state::pointer engine, lease_origin origin, deadline limit, lease_place acquired,
                     diagnostics& details)
        : engine_(std::move(engine))
        , origin_(origin)
        , limit_(limit)
        , acquired_(std::move(acquired))
        , details_(details) {}

    template <typename Handler>
    void operator()(Handler&& handler) const {
        start_acquire(engine_, origin_, limit_, acquired_, &details_,
                      operation_handler(std::forward<Handler>(handler)));
    }

private:
    engine_state::pointer engine_;
    lease_origin origin_;
    deadline limit_;
    lease_place acquired_;
    diagnostics& details_; // written by the handler, which goes with its coroutine
};

} // namespace

asio::awaitable<std::shared_ptr<lease>> acquire(engine_state::pointer engine, lease_origin origin, deadline limit) {
    if (std::shared_ptr<lease> idle = engine->connections()->try_acquire(origin))
        co_return idle;
    const auto acquired = std::make_shared<std::shared_ptr<lease>>();
    operation_outcome outcome;
    const initiate_acquire initiate(engine, origin, limit, acquired, outcome.details);
    auto token = asio::redirect_error(asio::use_awaitable, outcome.code);
    co_await asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiate, token);
    throw_if_failed(outcome.code, outcome.details);
    co_return std::move(*acquired);
}

// --- what the public functions do ---

namespace {

using queue_place = std::shared_ptr<pool::queue_place>;

// From then on, the cancellation is that of what runs.
asio::awaitable<operation_outcome> wait_for_turn(queue_place place, lease_place acquired, deadline& limit) {
    const auto began = pool::clock::now();
    operation_outcome outcome = co_await pool::wait(std::move(place), std::move(acquired));
    limit.acquiring = pool::clock::now() - began;
    if (!outcome.code)
        co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_return outcome;
}

asio::awaitable<operation_outcome> wait_and_execute(engine_state::pointer, queue_place place, statement work,
                                                    deadline limit) {
    const auto acquired = std::make_shared<std::shared_ptr<lease>>();
    operation_outcome outcome = co_await wait_for_turn(std::move(place), acquired, limit);
    if (outcome.code)
        co_return outcome;
    const session::pointer target = (*acquired)->session();
    outcome = co_await session::run(target, pool::execute_on(std::move(*acquired), std::move(work), limit));
    co_return outcome;
}

asio::awaitable<operation_outcome> run_pipeline_on(std::shared_ptr<lease> leased, std::shared_ptr<pipeline_job> job,
                                                   deadline limit) {
    operation_outcome outcome = co_await session::run_pipeline(leased->session(), std::move(job), limit);
    leased->give_back(1);
    co_return outcome;
}

asio::awaitable<operation_outcome> wait_and_run_pipeline(engine_state::pointer, queue_place place,
                                                         std::shared_ptr<pipeline_job> job, deadline limit) {
    const auto acquired = std::make_shared<std::shared_ptr<lease>>();
    operation_outcome outcome = co_await wait_for_turn(std::move(place), acquired, limit);
    if (outcome.code)
        co_return outcome;
    const session::pointer target = (*acquired)->session();
    outcome = co_await session::run(target, run_pipeline_on(std::move(*acquired), std::move(job), limit));
    co_return outcome;
}

} // namespace

namespace {

// A statement that has its connection to itself, whose outcome is written before the handler is called.
class exclusive_delivery : public outcome_adaptor<outcome_handler> {
public:
    struct place {
        result output;
        diagnostics details;
    };

    exclusive_delivery(outcome_handler handler, std::shared_ptr<place> written)
        : outcome_adaptor(std::move(handler)), written_(std::move(written)) {}

    void operator()(boost::system::error_code code) {
        operation_outcome outcome(code, std::move(written_->details));
        outcome.output = std::move(written_->output);
        std::move(handler_)(outcome);
    }

private:
    std::shared_ptr<place> written_;
};

void execute_alone(const engine_state::pointer& target, statement&& work, const deadline& limit,
                   outcome_handler handler) {
    const auto written = std::make_shared<exclusive_delivery::place>();
    exclusive_delivery delivery(std::move(handler), written);
    const lease_origin origin{"execute", {}};
    if (std::shared_ptr<lease> idle = target->connections()->try_acquire(origin)) {
        const session::pointer used = idle->session();
        used->run(pool::execute_on(std::move(idle), std::move(work), limit), &written->output, &written->details,
                  std::move(delivery));
        return;
    }
    const asio::strand<asio::any_io_executor> strand = asio::make_strand(target->executor());
    run_operation(
        strand, target->executor(),
        wait_and_execute(target, target->connections()->enter_queue(strand, origin, limit), std::move(work), limit),
        &written->output, &written->details, std::move(delivery));
}

} // namespace

void start_engine_execute(const std::shared_ptr<engine_state>& target, statement work, bool at_home,
                          outcome_handler handler) {
    const deadline limit = deadline_of(work, target->statements());
    if (target->connections()->may_share(work))
        target->connections()->execute_shared(pool::make_shared_statement(std::move(work)), limit,
                                              recipient(std::move(handler), at_home, target->executor()), target);
    else
        execute_alone(target, std::move(work), limit, std::move(handler));
}

namespace {

// Gives the result, or an exception: what a coroutine gets.
template <typename Handler>
class result_giver : public outcome_adaptor<Handler> {
public:
    explicit result_giver(Handler handler) : outcome_adaptor<Handler>(std::move(handler)) {}

    void operator()(operation_outcome& outcome) {
        std::move(this->handler_)(exception_of(outcome), std::move(outcome.output));
    }
};

// What a coroutine awaits. Its frame lives for as long as the statement, so it is kept small. A class with a
// constructor instead of a lambda: see docs/decisions.md on GCC 12.
class awaited_execution {
public:
    explicit awaited_execution(engine_state::pointer engine) : engine_(std::move(engine)) {}

    template <typename Handler>
    void operator()(Handler&& handler, std::shared_ptr<pipelined_statement> work) && {
        const bool at_home = handler.get_executor() == engine_->executor();
        const deadline limit = deadline_of(work->work, engine_->statements());
        result_giver<std::decay_t<Handler>> giver(std::forward<Handler>(handler));
        recipient caller(std::move(giver), at_home, engine_->executor());
        pool& connections = *engine_->connections();
        connections.execute_shared(std::move(work), limit, std::move(caller), std::move(engine_));
    }

    template <typename Handler>
    void operator()(Handler&& handler, statement work) && {
        const deadline limit = deadline_of(work, engine_->statements());
        execute_alone(engine_, std::move(work), limit,
                      result_giver<std::decay_t<Handler>>(std::forward<Handler>(handler)));
    }

private:
    engine_state::pointer engine_;
};

template <typename Work>
asio::awaitable<result> await_execution(engine_state::pointer engine, Work work) {
    awaited_execution initiate(std::move(engine));
    constexpr asio::use_awaitable_t<> token;
    return asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, result)>(
        std::move(initiate), token, std::move(work));
}

} // namespace

asio::awaitable<result> execute(const engine_state::pointer& engine, statement&& work) {
    if (engine->connections()->may_share(work))
        return await_execution(engine, pool::make_shared_statement(std::move(work)));
    return await_execution(engine, std::move(work));
}

namespace {

void start_pipeline_job(const std::shared_ptr<engine_state>& target, const asio::any_io_executor&,
                        std::shared_ptr<pipeline_job> job, pipeline_results* output, diagnostics* details,
                        operation_handler handler) {
    const deadline limit = deadline_of(job->work, target->statements());
    auto write = [job, output](boost::system::error_code code) { *output = job->results(code); };
    value_delivery delivery(std::move(write), std::move(handler));
    const lease_origin origin{"pipeline", {}};
    if (std::shared_ptr<lease> idle = target->connections()->try_acquire(origin)) {
        const session::pointer used = idle->session();
        used->run(run_pipeline_on(std::move(idle), job, limit), nullptr, details, std::move(delivery));
        return;
    }
    const asio::strand<asio::any_io_executor> strand = asio::make_strand(target->executor());
    run_operation(strand, target->executor(),
                  wait_and_run_pipeline(target, target->connections()->enter_queue(strand, origin, limit), job, limit),
                  nullptr, details, std::move(delivery));
}

} // namespace

void start_engine_run_pipeline(const std::shared_ptr<engine_state>& target, const asio::any_io_executor& executor,
                               pipeline work, pipeline_results* output, diagnostics* details,
                               operation_handler handler) {
    start_pipeline_job(target, executor, std::make_shared<pipeline_job>(std::move(work)), output, details,
                       std::move(handler));
}

asio::awaitable<pipeline_results> run_pipeline(engine_state::pointer engine, pipeline work,
                                               std::shared_ptr<stage_observer> observer) {
    auto job = std::make_shared<pipeline_job>(std::move(work), std::move(observer));
    pipeline_results output;
    diagnostics details;
    boost::system::error_code code;
    const initiation<engine_state, &start_pipeline_job> initiate(engine, engine->executor());
    auto token = asio::redirect_error(asio::use_awaitable, code);
    co_await asio::async_initiate<decltype(token), void(boost::system::error_code)>(initiate, token, std::move(job),
                                                                                    &output, &details);
    throw_if_failed(code, details);
    co_return output;
}

asio::awaitable<row_stream> stream_rows(engine_state::pointer engine, statement work, stream_options options) {
    const auto began = pool::clock::now();
    deadline until = deadline_of(work, engine->statements());
    std::shared_ptr<lease> leased = co_await acquire(engine, lease_origin{"stream", {}}, until);
    until.acquiring = pool::clock::now() - began;
    const auto state = std::make_shared<stream_state>(std::move(leased), true, options);
    co_await stream_state::open(state, std::move(work), until);
    co_return row_stream(state);
}

asio::awaitable<connection> connect(engine_state::pointer engine, std::source_location where) {
    std::shared_ptr<lease> leased = co_await acquire(engine, lease_origin{"connect", where}, deadline());
    co_return connection(engine->executor(), std::move(leased));
}

void start_get_connection(const std::shared_ptr<engine_state>& target, const asio::any_io_executor& executor,
                          std::source_location where, connection* output, diagnostics* details,
                          operation_handler handler) {
    const auto acquired = std::make_shared<std::shared_ptr<lease>>();
    auto deliver = [acquired, executor, output](boost::system::error_code code) {
        if (!code)
            *output = connection(executor, std::move(*acquired));
    };
    start_acquire(target, lease_origin{"connect", where}, deadline(), acquired, details,
                  value_delivery(std::move(deliver), std::move(handler)));
}

void start_engine_dispose(const std::shared_ptr<engine_state>& target, const asio::any_io_executor& executor,
                          diagnostics* details, operation_handler handler) {
    run_operation(asio::make_strand(executor), executor, pool::dispose_and_wait(target->connections()), nullptr,
                  details, std::move(handler));
}

void start_engine_drain(const std::shared_ptr<engine_state>& target, const asio::any_io_executor& executor,
                        std::chrono::milliseconds limit, std::size_t* cut, diagnostics* details,
                        operation_handler handler) {
    const auto counted = std::make_shared<std::size_t>(0);
    auto deliver = [target, counted, cut](boost::system::error_code) { *cut = *counted; }; // the engine stays
    run_operation(asio::make_strand(executor), executor, pool::drain(target->connections(), limit, counted), nullptr,
                  details, value_delivery(std::move(deliver), std::move(handler)));
}

} // namespace coropq::detail
