// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_LIBPQ_EXECUTION_HPP
#define COROPQ_SRC_LIBPQ_EXECUTION_HPP

#include "libpq/server_exchange.hpp"
#include "libpq/session_state.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace coropq::detail {

/// The parameters of a statement as libpq wants them. Refers to the statement.
class wire_parameters {
public:
    /// Types without an OID in the catalog stay untyped.
    wire_parameters(const statement& work, const type_catalog& catalog);
    wire_parameters(const wire_parameters&) = delete;
    wire_parameters& operator=(const wire_parameters&) = delete;
    ~wire_parameters() = default;

    int count() const noexcept { return static_cast<int>(types.size()); }

    std::span<const Oid> types;
    std::span<const char* const> values;
    std::span<const int> sizes;
    std::span<const int> formats;

private:
    // Most statements have few, and need no memory of their own for them.
    static constexpr std::size_t most_here = 8;
    struct here {
        Oid types[most_here];
        const char* values[most_here];
        int sizes[most_here];
        int formats[most_here];
    };
    struct elsewhere {
        explicit elsewhere(std::size_t count) : types(count), values(count), sizes(count), formats(count) {}

        std::vector<Oid> types;
        std::vector<const char*> values;
        std::vector<int> sizes;
        std::vector<int> formats;
    };

    template <typename Storage>
    void fill(Storage& storage, const statement& work, const type_catalog& catalog);

    here few_; // of which the first ones are used
    std::unique_ptr<elsewhere> many_;
};

/// Finds the types of parameters that are known by name only, asking the server if need be, and fills them in. A code
/// other than that of `received` means that the session is of no more use.
boost::asio::awaitable<boost::system::error_code> resolve_parameters(session::state& session, statement& work,
                                                                     answer& received);

/// Looks types up that aren't known yet, in one round trip. What the server refuses to tell stays unknown.
boost::asio::awaitable<boost::system::error_code>
look_up_types(session::state& session, const std::vector<std::uint32_t>& oids, const std::vector<std::string>& names);

/// The types of columns that aren't known, added to those that are there.
void add_unknown_columns(const type_catalog& types, const PGresult* received, std::vector<std::uint32_t>& unknown);

/// Looks up what a result has that isn't known.
boost::asio::awaitable<boost::system::error_code> look_up_columns(session::state& session, const PGresult* received);

/// One result after the other, the last one as the value and the others behind it.
result make_result(std::vector<result_handle>& handles, const std::shared_ptr<const type_catalog>& types,
                   bool canonical_text, bool possibly_truncated = false);

/// The columns of an answer, for others that have the same ones.
struct answer_columns {
    struct column {
        std::string name;
        Oid type;
        int format;
        int modifier;
        Oid table;
        int position;
    };

    std::vector<column> columns;
    std::shared_ptr<const PGresult> description; ///< An answer without rows; null if there are no columns.
    std::shared_ptr<const type_catalog> types;   ///< When they were noted.
    bool are_known = false;                      ///< All of their types are in there.
};

/// Whether an answer has exactly these columns; none if `known` is null.
bool has_columns(const PGresult* answer, const answer_columns* known);
result_columns columns_of(const PGresult* answer, const std::shared_ptr<const type_catalog>& types);
/// A copy of an answer that `result_data::is_small`, with those columns, and the types that were known then.
result make_small_result(const PGresult* answer, result_columns columns, bool canonical_text);

/// Prepares a statement and learns its columns, so that the rows can come in binary form. One round trip; none for a
/// statement that has run before.
boost::asio::awaitable<boost::system::error_code> prepare_and_describe(session::state& session, statement& work,
                                                                       answer& received, prepared_statement& prepared);

/// Whether the results of a statement come in binary form, now or the next time, as far as their types allow it.
bool may_be_binary(const session::state& session, const statement& work);

/// Whether all columns have types whose binary form the library reads.
bool is_all_binary(const type_catalog& types, const PGresult* described);

/// Notes what the columns of a prepared statement are, looking up types that aren't known.
boost::asio::awaitable<boost::system::error_code> note_columns(session::state& session, prepared_statement& prepared,
                                                               const PGresult* described);

/// The same where all types are known that can be.
void describe(session::state& session, prepared_statement& prepared, const PGresult* described);

/// Whether dates and intervals in text form can be read: as ISO and as PostgreSQL writes them by default.
bool has_readable_settings(const session::state& session);

/// A synchronisation point came where an answer belongs: nothing on this connection can be trusted any more. Says why
/// it is given up.
void note_missing_answer(session::state& session);

/// What a statement has done to what is remembered.
void note_effects(session::state& session, const answer& received);

/// Makes an error of the answer to a commit by which the server has rolled back.
void check_commit(session::state& session, const statement& work, answer& received);

/// In pipeline mode: sends away what has no place among the prepared statements any more, each with a synchronisation
/// point of its own, of which it adds the number. False if the connection is lost. Nothing within a transaction, which
/// an error would end: somebody else may have deallocated it already.
bool send_deallocations(session::state& session, std::size_t& sync_points);
/// Reads the answers to that.
boost::asio::awaitable<boost::system::error_code> read_deallocations(session::state& session, std::size_t sync_points);
/// The same in a round trip of its own, if there is much of it.
boost::asio::awaitable<boost::system::error_code> drop_surplus(session::state& session);

/// The text for the simple protocol. Empty, with an error in `received`, if there is none.
std::string simple_text(const session::state& session, const statement& work, answer& received);

/// Lets the server's own statement_timeout be what the deadline is, if the options ask for that.
void mirror_deadline(session::state& session, const deadline& limit);
/// The same outside of a transaction, as a statement that is sent by the caller; nothing if the server knows it.
std::optional<std::string> mirrored_timeout(session::state& session, const deadline& limit);

/// A statement with that command tag has run: it may have changed what the server was told.
void note_settings_effect(session::state& session, std::string_view tag);

/// Whether a statement is worth preparing, and can be.
bool is_preparable(const session::state& session, const statement& work);

/// Runs a statement: prepares it or not, in text or in binary, and again if what was prepared doesn't fit any more and
/// nothing has happened yet. The results are in `output`, the last one as the value and the others behind it.
boost::asio::awaitable<boost::system::error_code> execute_statement(session::state& session, statement& work,
                                                                    answer& received, result& output);

} // namespace coropq::detail

#endif
