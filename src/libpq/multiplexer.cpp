// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How statements get onto a shared session.

#include "libpq/multiplexer.hpp"

#include <coropq/error.hpp>

#include "libpq/corked_socket.hpp"
#include "libpq/multiplexer_step.hpp"
#include "libpq/statement_sending.hpp"
#include "types/type_lookup.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

// Where libpq doesn't send each synchronisation point by itself, so many statements go with one system call. It is also
// how many may be put into libpq's memory before it is known whether the socket takes them.
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
constexpr int flushed_together = 16;
#else
constexpr int flushed_together = 1;
#endif

} // namespace

multiplexer::multiplexer(session& owner) : session_(owner), state_(*owner.state_), alarm_(owner.state_->strand) {}

multiplexer::~multiplexer() = default;

void multiplexer::add(pointer added, sharing_owner& lender, std::size_t slot) {
    bool first = false;
    {
        const std::scoped_lock lock(inbox_mutex_);
        inbox_.push_back(std::move(added));
        if (scheduled_)
            return;
        scheduled_ = true;
        first = !lender_;
        if (first || lender_.get() != &lender)
            lender_ = lender.shared_owner();
        slot_ = slot;
    }
    auto begin = [self = session_.shared_from_this(), this] { guarded([this] { run(); }); };
    try {
        // The first one has nothing to wait for; the others wait for those that come in the same turn of the loop.
        if (first)
            asio::dispatch(state_.strand, std::move(begin));
        else
            asio::post(state_.strand, std::move(begin));
    } catch (...) {
        const std::scoped_lock lock(inbox_mutex_);
        scheduled_ = false;
        inbox_.pop_back();
        throw;
    }
}

void multiplexer::take_inbox() {
    {
        const std::scoped_lock lock(inbox_mutex_);
        taken_.swap(inbox_);
        scheduled_ = false;
    }
    for (pointer& each : taken_) {
        watch(each);
        waiting_.push_back(std::move(each));
    }
    taken_.clear();
}

void multiplexer::run() {
    take_inbox();
    if (waiting_.empty())
        return;
    if (ending_) {
        send_back();
        if (state_.recovering)
            tell();
        else
            end_with(end_condition_);
        return;
    }
    if (!active_) {
        active_ = true;
        state_.busy = true;
        state_.used = true;
    }
    if (!state_.handle || state_.abandoned) { // it was closed before they came
        end_with(session_condition::spoiled);
        return;
    }
    types_ = state_.types->catalog();
    send();
    go_on();
}

void multiplexer::send() {
    if (blocked_ || !active_ || ending_)
        return;
    if (waiting_.empty()) {
        push();
        return;
    }
    PGconn* const handle = state_.handle.get();
    bool sound = PQpipelineStatus(handle) != PQ_PIPELINE_OFF || PQenterPipelineMode(handle) == 1;
    // libpq forgets that it was to give rows one by one when it comes to the second statement of a pipeline.
    if (sound && std::exchange(state_.single_row_mode, false))
        sound = put_own("", sent_statement::kind::nothing);
    {
        const corked_socket cork(PQsocket(handle), waiting_.size() > 1);
        for (int unflushed = 1; sound && !blocked_ && !waiting_.empty(); ++unflushed) {
            pointer next = std::move(waiting_.front());
            waiting_.pop_front();
            if (next->now == pipelined_statement::stage::left) {
                ++left_;
                continue;
            }
            sound = put(next) && (unflushed % flushed_together != 0 || flush());
            if (!sound && next && next->now == pipelined_statement::stage::waiting) // it can be sent elsewhere
                waiting_.push_front(std::move(next));
        }
    }
    if (sound)
        push();
    else
        lost(errc::connection_lost);
}

// Sends what is left, and no more than the socket takes.
void multiplexer::push() {
    if (!blocked_ && !flush())
        lost(errc::connection_lost);
    else if (blocked_)
        read(); // while it could send nothing, libpq may have read
}

// Without waiting. False if the connection is lost.
bool multiplexer::flush() {
    const int pending = PQflush(state_.handle.get());
    blocked_ = pending > 0;
    return pending >= 0;
}

bool multiplexer::sync() {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    const int sent = PQsendPipelineSync(state_.handle.get());
#else
    const int sent = PQpipelineSync(state_.handle.get());
#endif
    if (sent != 1)
        return false;
    ++state_.due_syncs;
    return true;
}

namespace {

// Types that are known by name only. False if the server has to be asked.
bool fill_in_types(statement& work, const type_catalog& types) {
    for (std::size_t i = 0; i != work.parameter_count(); ++i) {
        const std::string_view name = work.parameter_type(i).name();
        if (!name.empty() && types.find_by_name(name) == 0)
            return false;
    }
    for (const statement::pending_type& pending : work.pending_types()) {
        const std::uint32_t oid = types.find_by_name(pending.name);
        if (oid == 0)
            return false;
        work.resolve_type(pending.position, oid);
    }
    return true;
}

} // namespace

// For what has to be found out first, a statement needs the session to itself, or another one.
void multiplexer::return_alone(pointer unit) {
    unit->alone = true;
    return_unsent(std::move(unit));
}

void multiplexer::return_unsent(pointer unit) {
    forget_limit(*unit);
    unit->now = pipelined_statement::stage::returned;
    returned_.push_back(std::move(unit));
}

// Takes it, unless it couldn't be sent.
bool multiplexer::put(pointer& unit) {
    if (!fill_in_types(unit->work, *types_)) {
        return_alone(std::move(unit));
        return true;
    }
    if (state_.defaults.server_timeout() && !put_setting(unit->limit))
        return false;
    const statement& work = unit->work;
    const wire_parameters parameters(work, *types_);
    sent_statement added;
    prepared_statement* prepared = nullptr;
    if (work.prepare() != false && !unit->unprepared && state_.prepared.capacity() != 0) {
        prepared = state_.prepared.find_last(work.sql(), parameters.types);
        if (!prepared) {
            statement_cache::put_key(key_, work.sql(), parameters.types);
            prepared = state_.prepared.find(key_);
        }
        if (!prepared && is_preparable(state_, work)) {
            if (may_be_binary(state_, work) && !has_readable_settings(state_)) {
                return_alone(std::move(unit));
                return true;
            }
            prepared = put_parse(work, parameters, added);
            if (!prepared)
                return false;
        }
    }
    if (prepared) {
        added.describes = !prepared->described;
        added.prepared = prepared->number;
        added.columns = prepared->columns;
    }
    if (!(prepared ? put_prepared(state_, *prepared, work, parameters) : put_unprepared(state_, work, parameters)))
        return false;
    unit->now = pipelined_statement::stage::sent;
    added.unit = std::move(unit);
    sent_.push_back(std::move(added));
    return sync();
}

// Those behind it that have the same text use it at once: what the server does comes in the same order.
prepared_statement* multiplexer::put_parse(const statement& work, const wire_parameters& parameters,
                                           sent_statement& added) {
    state_.prepared.make_room();
    if (!put_deallocations())
        return nullptr;
    prepared_statement parsed;
    parsed.name = state_.prepared.next_name();
    parsed.key = key_;
    if (PQsendPrepare(state_.handle.get(), parsed.name.c_str(), work.sql().c_str(), parameters.count(),
                      parameters.types.data()) != 1)
        return nullptr;
    added.parses = true;
    return &state_.prepared.add(std::move(parsed));
}

// Whatever uses them was sent before.
bool multiplexer::put_deallocations() {
    constexpr std::size_t at_once = 64;
    for (const std::string& name : state_.prepared.take_surplus(at_once)) {
        if (!put_own("deallocate " + name, sent_statement::kind::nothing))
            return false;
    }
    return true;
}

bool multiplexer::put_own(const std::string& text, sent_statement::kind what) {
    if (PQsendQueryParams(state_.handle.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1 || !sync())
        return false;
    sent_statement own;
    own.what = what;
    sent_.push_back(std::move(own));
    return true;
}

// The server's own limit, where the options ask for it.
bool multiplexer::put_setting(const deadline& limit) {
    const std::optional<std::string> setting = mirrored_timeout(state_, limit);
    return !setting || put_own(*setting, sent_statement::kind::setting);
}

// Types of columns that nobody knows yet: their statement waits for that, the others go on.
bool multiplexer::put_lookup(sent_statement asking, std::vector<std::uint32_t> types) {
    const std::vector<std::string> no_names;
    const statement question = type_lookup(types, no_names);
    const wire_parameters parameters(question, type_catalog::built_in());
    if (!put_unprepared(state_, question, parameters) || !sync())
        return false;
    asking.what = sent_statement::kind::type_lookup;
    asking.asks = std::make_unique<type_question>();
    asking.asks->types = std::move(types);
    asking.asks->kept = std::exchange(received_, answer());
    sent_.push_back(std::move(asking));
    return true;
}

} // namespace coropq::detail
