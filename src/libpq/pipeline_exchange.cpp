// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// How the stages of a pipeline are sent.

#include "libpq/pipeline_exchange.hpp"

#include <coropq/error.hpp>

#include "libpq/corked_socket.hpp"
#include "libpq/statement_sending.hpp"
#include "statement/lexer.hpp"
#include "types/type_registry.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace asio = boost::asio;

namespace coropq::detail {

namespace {

std::string_view first_word_of(std::string_view sql) {
    sql_lexer lexer(sql);
    lexer.next();
    return lexer.first_word();
}

template <std::size_t Size>
bool is_one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
    return std::any_of(words.begin(), words.end(), [word](std::string_view each) { return is_keyword(word, each); });
}

// Behind these, what was prepared before may be gone, or fit no more, and what couldn't be prepared may be possible.
bool changes_definitions(std::string_view first_word) {
    constexpr std::array<std::string_view, 8> changing = {"create", "alter",   "drop",       "do",
                                                          "call",   "discard", "deallocate", "import"};
    return is_one_of(first_word, changing);
}

std::size_t size_of(const statement& work) {
    std::size_t size = work.sql().size();
    for (std::size_t i = 0; i != work.parameter_count(); ++i)
        size += work.parameter_size(i);
    return size;
}

} // namespace

bool controls_transactions(std::string_view first_word) {
    constexpr std::array<std::string_view, 9> controlling = {"begin", "start",   "commit",    "end",    "rollback",
                                                             "abort", "prepare", "savepoint", "release"};
    return is_one_of(first_word, controlling);
}

pipeline_exchange::pipeline_exchange(session::state& session, std::vector<stage> stages, bool isolated, bool anew)
    : session_(session)
    , stages_(std::move(stages))
    , isolated_(isolated)
    , in_transaction_(!is_autocommit(session))
    , own_transaction_(!isolated && !in_transaction_)
    , round_(session)
    , types_(session.types->catalog())
    , forgotten_(anew) {}

asio::awaitable<error_code> pipeline_exchange::run() {
    error_code code;
    for (;;) {
        bool pending = false;
        code = feed(pending);
        if (!code)
            code = read();
        if (code || is_complete())
            break;
        code = co_await wait(pending);
        if (code)
            break;
    }
    if (code == asio::error::operation_aborted && begun_ && PQconsumeInput(session_.handle.get()) == 1) {
        const error_code problem = read(); // what has come already need not stay in doubt
        if (problem || is_complete())
            code = problem;
    }
    if (code == errc::connection_lost)
        read_remaining();
    else if (code)
        leave();
    else if (PQexitPipelineMode(session_.handle.get()) != 1)
        code = errc::connection_lost;
    if (!code)
        forget_ahead(session_);
    session_.notices.redact.set_statement(nullptr);
    co_return code;
}

void pipeline_exchange::expect(expected::kind what, std::size_t index, std::size_t used) {
    expected next{what};
    next.stage = index;
    next.statement = used;
    expected_.push_back(next);
}

bool pipeline_exchange::put_sync(expected::kind what, std::size_t index) {
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    const int sent = PQsendPipelineSync(session_.handle.get());
#else
    const int sent = PQpipelineSync(session_.handle.get());
#endif
    if (sent != 1)
        return false;
    ++session_.due_syncs;
    expect(what, index);
    return true;
}

bool pipeline_exchange::put_text(const std::string& text, expected::kind what) {
    if (PQsendQueryParams(session_.handle.get(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1)
        return false;
    expect(what);
    return true;
}

// Isolated stages would run although what stands ahead has failed, but for this: what can fail there fails a
// transaction that is open, in which everything behind it fails as well. A plain "begin" can't fail.
bool pipeline_exchange::begin() {
    begun_ = true;
    for (std::size_t i = 0; i != session_.unread; ++i)
        expect(expected::kind::unread_segment);
    constexpr std::string_view plain = "begin";
    ahead_statements& ahead = session_.ahead;
    if (isolated_ && ahead.begin.size() > plain.size() && ahead.begin.starts_with(plain)) {
        ahead.inside.insert(ahead.inside.begin(), "set transaction" + ahead.begin.substr(plain.size()));
        ahead.begin = plain;
    }
    if (!round_.begin())
        return false;
    for (std::size_t i = 0; i != round_.deallocated(); ++i)
        expect(expected::kind::deallocation_segment);
    ahead_.ahead = round_.ahead();
    ahead_.setup = round_.setup();
    ahead_.in_transaction = in_transaction_;
    for (std::size_t i = 0; i != round_.ahead().size(); ++i)
        expect(expected::kind::ahead);
    if (isolated_)
        return round_.ahead().empty() || put_sync(expected::kind::ahead_sync);
    if (!own_transaction_)
        return true;
    ++session_.commits_due; // if nobody waits for the end, it is rolled back
    return put_text("begin", expected::kind::ahead);
}

// As much as the socket takes: what is behind that isn't given to libpq, which would have to keep it.
error_code pipeline_exchange::feed(bool& pending) {
    constexpr std::size_t unflushed_at_most = 16 * 1024;
    PGconn* const handle = session_.handle.get();
    const corked_socket cork(PQsocket(handle), !ended_);
    if (!begun_ && !begin())
        return errc::connection_lost;
    for (;;) {
        if (ended_ || isolated_ || unflushed_ > unflushed_at_most) {
            const int left = PQflush(handle);
            if (left < 0)
                return errc::connection_lost;
            unflushed_ = 0;
            pending = left > 0;
            if (pending || ended_)
                return {};
        }
        const bool sound = next_ < stages_.size() ? put(next_) : end();
        if (!sound)
            return errc::connection_lost;
    }
}

bool pipeline_exchange::end() {
    ended_ = true;
    if (isolated_)
        return true;
    if (!put_sync(expected::kind::sync))
        return false;
    return !own_transaction_ || (put_text("commit", expected::kind::commit) && put_sync(expected::kind::sync));
}

// Nobody waits for the rest: what was begun is given an end, or the server would wait for one.
void pipeline_exchange::leave() {
    if (begun_ && !ended_ && !isolated_) {
        sync_pipeline(session_);
        if (own_transaction_ &&
            PQsendQueryParams(session_.handle.get(), "rollback", 0, nullptr, nullptr, nullptr, nullptr, 0) == 1)
            sync_pipeline(session_);
    }
    for (const used_statement& one : statements_) {
        if (one.parsed_by != no_stage && !one.parsed && !one.failed) // it is there or not
            session_.prepared.add_surplus(one.prepared.name);
    }
}

bool pipeline_exchange::put(std::size_t index) {
    ++next_;
    stage& one = stages_[index];
    one.now = stage::progress::sent;
    const std::size_t before = expected_.size();
    unflushed_ += size_of(one.step->work);
    bool sound = false;
    switch (one.step->what) {
    case pipeline_step::action::run: sound = put_run(index); break;
    case pipeline_step::action::prepare: sound = put_prepare(index); break;
    case pipeline_step::action::close: sound = put_close(index); break;
    }
    if (sound && expected_.size() == before) { // there was nothing to do
        one.now = stage::progress::answered;
        one.settled = true;
        return true;
    }
    return sound && (!isolated_ || put_sync(expected::kind::stage_sync, index));
}

// Copies: what the session has prepared changes while the answers come in.
std::size_t pipeline_exchange::find(const std::string& key) {
    if (const auto used = known_.find(key); used != known_.end())
        return used->second;
    const prepared_statement* const prepared = forgotten_ ? nullptr : session_.prepared.find(key);
    return prepared ? use(*prepared) : no_stage;
}

std::size_t pipeline_exchange::use(const prepared_statement& prepared) {
    used_statement added;
    added.prepared = prepared;
    added.parsed = true;
    statements_.push_back(std::move(added));
    known_.emplace(prepared.key, statements_.size() - 1);
    return statements_.size() - 1;
}

bool pipeline_exchange::put_parse(std::size_t index, const wire_parameters& parameters, std::string key) {
    used_statement added;
    added.prepared.name = session_.prepared.next_name();
    added.prepared.key = std::move(key);
    added.parsed_by = index;
    if (PQsendPrepare(session_.handle.get(), added.prepared.name.c_str(), stages_[index].step->work.sql().c_str(),
                      parameters.count(), parameters.types.data()) != 1)
        return false;
    expect(expected::kind::parse, index, statements_.size());
    known_.insert_or_assign(added.prepared.key, statements_.size());
    statements_.push_back(std::move(added));
    return true;
}

bool pipeline_exchange::put_run(std::size_t index) {
    const statement& work = stages_[index].step->work;
    const wire_parameters parameters(work, *types_);
    std::size_t used = no_stage;
    bool prepares = false;
    if (work.prepare() != false && session_.prepared.capacity() != 0) {
        std::string key = statement_cache::key_of(work.sql(), parameters.types);
        used = find(key);
        prepares = used == no_stage && is_preparable(session_, work);
        if (prepares) {
            used = statements_.size();
            if (!put_parse(index, parameters, std::move(key)))
                return false;
        }
    }
    if (used == no_stage) {
        if (!put_unprepared(session_, work, parameters))
            return false;
        if (changes_definitions(first_word_of(work.sql()))) {
            known_.clear();
            forgotten_ = true;
        }
    } else if (!put_prepared(session_, statements_[used].prepared, work, parameters)) {
        return false;
    }
    expect(expected::kind::run, index, used);
    return true;
}

bool pipeline_exchange::put_prepare(std::size_t index) {
    const statement& work = stages_[index].step->work;
    if (session_.prepared.capacity() == 0)
        return true;
    const wire_parameters parameters(work, *types_);
    std::string key = statement_cache::key_of(work.sql(), parameters.types);
    if (find(key) != no_stage)
        return true;
    const std::size_t added = statements_.size();
    if (!put_parse(index, parameters, std::move(key)) ||
        PQsendDescribePrepared(session_.handle.get(), statements_[added].prepared.name.c_str()) != 1)
        return false;
    expect(expected::kind::describe, index, added);
    return true;
}

bool pipeline_exchange::put_close(std::size_t index) {
    const std::string& text = stages_[index].step->work.sql();
    for (const prepared_statement& each : session_.prepared.with_text(text)) {
        if (!known_.contains(each.key))
            use(each);
    }
    for (const auto& [key, used] : known_) {
        if (used == no_stage || statement_cache::text_of(key) != text)
            continue;
        const std::string& name = statements_[used].prepared.name;
#ifdef LIBPQ_HAS_CLOSE_PREPARED
        const int sent = PQsendClosePrepared(session_.handle.get(), name.c_str());
#else
        const int sent = PQsendQueryParams(session_.handle.get(), ("deallocate " + name).c_str(), 0, nullptr, nullptr,
                                           nullptr, nullptr, 0);
#endif
        if (sent != 1)
            return false;
        expect(expected::kind::close, index, used);
    }
    for (auto& [key, used] : known_) {
        if (statement_cache::text_of(key) == text)
            used = no_stage;
    }
    return true;
}

} // namespace coropq::detail
