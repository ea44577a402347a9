// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_STATEMENT_CACHE_HPP
#define COROPQ_SRC_LIBPQ_STATEMENT_CACHE_HPP

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace coropq::detail {

struct answer_columns;
/// What the answers to a prepared statement have in common.
using result_columns = std::shared_ptr<const answer_columns>;

/// A statement that a session has prepared.
struct prepared_statement {
    std::string name;         ///< On the server.
    std::string key;          ///< See `statement_cache::key_of`.
    std::uint64_t number = 0; ///< Given by the cache, and to no other one.
    /// Every column has a type whose binary form the library reads. The server guards it: it refuses to run a prepared
    /// statement whose columns have changed.
    bool binary_results = false;
    bool described = false;               ///< Whether the columns were seen.
    std::vector<std::uint32_t> own_types; ///< Types of columns that aren't built in.
    result_columns columns;               ///< As its last answer had them; null: not known yet.
};

/// The statements that one session has prepared, the least recently used one first to go. Does no I/O: says what is to
/// be deallocated, and somebody else does that.
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) : capacity_(capacity) {}

    std::size_t capacity() const noexcept { return capacity_; }
    std::size_t size() const noexcept { return order_.size(); }

    /// The same text with parameters of other types is another statement.
    static std::string key_of(std::string_view sql, std::span<const std::uint32_t> types);
    /// The same into a string whose memory is used again.
    static void put_key(std::string& key, std::string_view sql, std::span<const std::uint32_t> types);
    static std::string_view text_of(std::string_view key);

    /// Null if there is none. It counts as used now. Valid until it is removed.
    prepared_statement* find(const std::string& key);
    /// Whether it is the one that was used last: that one, without a key being made. Null says nothing.
    prepared_statement* find_last(std::string_view sql, std::span<const std::uint32_t> types) noexcept;

    /// Those with that text, whatever the types of their parameters.
    std::vector<prepared_statement> with_text(std::string_view sql) const;

    /// A name that no session has used before: behind a pooler, sessions share a server's names.
    std::string next_name();

    /// A statement that the server has prepared. What has no place any more goes to `take_surplus`.
    prepared_statement& add(prepared_statement added);

    /// A statement that the server doesn't have any more, or that is no use any more (`deallocate`).
    void remove(const std::string& key, bool deallocate);

    /// The server has forgotten them all (DISCARD ALL, DEALLOCATE ALL).
    void clear();

    /// Makes room for one more: the least recently used one goes where there is none.
    void make_room();

    /// Names of statements to deallocate, `limit` at most.
    std::vector<std::string> take_surplus(std::size_t limit);
    /// One that may or may not be there: preparing it was cancelled.
    void add_surplus(std::string name) { surplus_.push_back(std::move(name)); }
    std::size_t surplus() const noexcept { return surplus_.size(); }

private:
    using list = std::list<prepared_statement>;

    std::size_t capacity_;
    std::string prefix_;
    std::uint64_t names_ = 0;
    std::uint64_t numbers_ = 0;
    list order_;                                                  ///< The most recently used one in front.
    std::unordered_map<std::string_view, list::iterator> by_key_; ///< The keys are those in the list.
    std::vector<std::string> surplus_;
};

} // namespace coropq::detail

#endif
