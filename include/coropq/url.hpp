// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_URL_HPP
#define COROPQ_URL_HPP

// Where a server is and who connects, as one immutable value with the habits of SQLAlchemy's `URL`:
//
//     auto url = coropq::url::create({.user = "ABC123@AdobeOrg", .password = token,
//                                     .host = "acme.platform-query.adobe.io", .port = 80, .database = "prod:all"});
//     auto same = coropq::url::parse("postgresql://ABC123%40AdobeOrg:…@acme.platform-query.adobe.io:80/prod:all");
//     auto other = url.set({.database = "prod:all?FLATTEN"}).update_query_string("sslmode=verify-full");
//     std::cout << other;                                          // the password prints as ***
//
// Grammar, quoting and the forms that are accepted: docs/urls.md. Deliberate differences to SQLAlchemy and libpq:
// docs/decisions.md.

#include <coropq/credentials.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq {

/// One server of a URL.
struct host_port {
    /// A name, an IPv4 or IPv6 address (without brackets, the zone after `%`), or a socket: a directory that begins
    /// with `/`, or an abstract name that begins with `@`. Empty means libpq's default.
    std::string host;
    /// Absent means libpq's default, 5432 as a rule.
    std::optional<std::uint16_t> port;

    friend bool operator==(const host_port&, const host_port&) = default;
};

/// One parameter of a URL's query. `?host=a&host=b` is one parameter with two values, in that order. The values of
/// those that `url::to_string` hides are overwritten when it is destroyed or assigned to.
///
///     coropq::query_parameters query = {{"sslmode", "verify-full"}, {"host", {"a", "b"}}};
struct query_parameter {
    std::string key;
    std::vector<std::string> values;

    query_parameter(std::string_view name, std::string_view value);
    query_parameter(std::string_view name, std::initializer_list<std::string_view> several);
    query_parameter(std::string_view name, std::vector<std::string> several);
    query_parameter(const query_parameter&) = default;
    query_parameter(query_parameter&&) noexcept = default;
    query_parameter& operator=(query_parameter other) noexcept;
    ~query_parameter();

    friend bool operator==(const query_parameter&, const query_parameter&) = default;
};

/// The query of a URL. Names are unique in what a `url` gives.
using query_parameters = std::vector<query_parameter>;

/// The parts of a URL for `url::create`, unquoted: nothing is percent-decoded here. What is left out stays absent,
/// which is not the same as empty: `@host` has an empty user, `host` none.
///
/// Don't write it inside a `co_await` expression: GCC 12 destroys temporaries of aggregates twice there.
struct url_parts {
    /// `postgresql`, `postgres` or `queryservice`, any of them with `+something`; upper case is lowered.
    std::string drivername = "postgresql";
    std::optional<std::string> user{};
    /// Surrounding white space is removed, see `url`.
    std::optional<secret> password{};
    /// One host as in `host_port`, or several separated by commas. Empty is the same as absent.
    std::optional<std::string> host{};
    /// 1 to 65535; with several hosts it is the port of all of them.
    std::optional<int> port{};
    std::optional<std::string> database{};
    /// A key may stand here several times; its values are then joined in order.
    query_parameters query{};
    /// Several hosts, each with its own port. Not together with `host` or `port`.
    std::vector<host_port> hosts{};
};

/// Type of `absent`.
struct absent_t {
    explicit absent_t() = default;
};

/// In `url_changes`: takes the part away. `url.set({.password = coropq::absent})`
inline constexpr absent_t absent{};

/// Type of `show_password`.
struct show_password_t {
    explicit show_password_t() = default;
};

/// For `url::to_string`: with everything that is otherwise hidden.
inline constexpr show_password_t show_password{};

/// What to do with one part of a URL: keep it (the default), replace it, or take it away (`absent`).
template <class T>
class url_change {
public:
    url_change() = default;
    url_change(absent_t) : changes_(true) {} // NOLINT: implicit, so that `.port = absent` can be written

    template <class U>
        requires(std::convertible_to<U &&, T> && !std::same_as<std::remove_cvref_t<U>, url_change>)
    url_change(U&& value) // NOLINT: implicit, so that `.port = 80` can be written
        : changes_(true), value_(std::in_place, static_cast<T>(std::forward<U>(value))) {}

    /// False: keep the part.
    bool changes() const noexcept { return changes_; }
    /// The new value if the part changes; no value takes it away.
    const std::optional<T>& value() const noexcept { return value_; }

private:
    bool changes_ = false;
    std::optional<T> value_;
};

/// The parts to change, for `url::set`. What is left out stays as it is; `absent` takes a part away. The meaning of
/// each is that of `url_parts`.
struct url_changes {
    url_change<std::string> drivername{}; ///< `absent` sets the default, `postgresql`.
    url_change<std::string> user{};
    url_change<secret> password{};
    url_change<std::string> host{}; ///< Replaces all hosts; the first port stays.
    url_change<int> port{};         ///< Replaces the port of every host.
    url_change<std::string> database{};
    url_change<query_parameters> query{};       ///< `.query = coropq::query_parameters{{"key", "value"}}`
    url_change<std::vector<host_port>> hosts{}; ///< Replaces all hosts and ports. Not together with `host` or `port`.
};

/// The address of a database and the user to connect as. An immutable value: copies share one representation and never
/// throw, reading from several threads is safe, "changing" functions return a new one.
///
/// Everything that makes a url throws `url_error` with `errc::invalid_url` when the result would be impossible: an
/// unknown scheme, a port outside 1…65535, a NUL byte, a host with impossible characters, hosts and ports that don't
/// match, an input that can be read in two ways. The text says what to write instead, and never repeats the input,
/// which may hold a password.
///
/// However it comes in, the password loses surrounding white space and line breaks, and one that otherwise consists of
/// A-Z, a-z, 0-9, `.`, `_` and `-` (a token) loses line breaks inside: Adobe's sample code and copied commands
/// add them. A password is held in one place that is overwritten at the end.
class url {
public:
    /// From unquoted parts, the way that never needs percent-encoding.
    static url create(url_parts parts);

    /// From `drivername://user:password@host:port/database?key=value`. The whole grammar is in docs/urls.md. Beyond
    /// RFC 3986: several hosts (`h1:p1,h2:p2`), a socket directory as `%2Fdir`, raw `@`, `:`, `/`, `?` in the
    /// password and raw `@` in the user where the text can be read in one way only, raw spaces, and value-less
    /// parameters in capitals (`?FLATTEN`), which belong to the database.
    static url parse(std::string_view text);
    /// The same; a null pointer, as `std::getenv` gives for a variable that isn't set, is a `url_error`.
    static url parse(const char* text);

    /// From libpq's keyword/value text, `host=… port=… user='…'`, with exactly its quoting (PostgreSQL manual,
    /// "Connection Strings"). `user`, `password`, `host`, `port` and `dbname` become parts, the rest the query.
    static url from_keyword_values(std::string_view text);

    /// From a pasted command, as Query Service's credentials page gives it: `psql 'sslmode=require host=… …'`. Line
    /// breaks that were added on the way are removed. Also `psql "postgresql://…"`, and the options -h, -p, -U and
    /// -d with their long forms. The text is read the way a POSIX shell reads it, except that nothing is ever expanded.
    static url from_psql_command(std::string_view text);

    /// As given, in lower case: `postgresql`, `postgres+x`, …
    const std::string& drivername() const noexcept;
    /// The server's kind, from the front of the drivername: `postgresql` (also for `postgres`) or `queryservice`.
    std::string_view backend_name() const noexcept;
    /// What follows the `+` in the drivername; `coropq` without one. Has no effect.
    std::string_view driver_name() const noexcept;

    const std::optional<std::string>& user() const noexcept;
    const std::optional<secret>& password() const noexcept;
    /// The host in front of the database, not the query's: the first one if there are several.
    const std::optional<std::string>& host() const noexcept;
    /// The port that belongs to `host()`.
    std::optional<std::uint16_t> port() const noexcept;
    const std::optional<std::string>& database() const noexcept;
    /// In order of first appearance; each name once.
    const query_parameters& query() const noexcept;
    /// The values of one name; null if it is absent.
    const std::vector<std::string>* query(std::string_view name) const noexcept;

    /// All servers to try, in order, after `host` and `port` in the query, which win over the hosts in front of the
    /// database: `?host=h1:p1&host=h2:p2`, or `?host=h1,h2&port=p1,p2`, or `?host=/socket/directory`. Empty
    /// if the URL names neither host nor port.
    const std::vector<host_port>& hosts() const noexcept;

    /// With some parts replaced or taken away: `url.set({.user = "ada", .port = coropq::absent})`.
    url set(url_changes changes) const;

    /// With the parameters of a query text (`a=1&b=2`, percent-encoded). A key that exists is replaced, or with
    /// `append` gets the values in addition.
    url update_query_string(std::string_view text, bool append = false) const;
    /// The same, from unquoted pairs. A key may stand in several.
    url update_query_pairs(const std::vector<std::pair<std::string, std::string>>& pairs, bool append = false) const;
    /// The same, from unquoted parameters.
    url update_query_dict(const query_parameters& parameters, bool append = false) const;
    /// Without the parameters of these names; names that aren't there are ignored.
    url difference_update_query(const std::vector<std::string>& names) const;
    /// The query sorted by name, as `to_string` writes it.
    query_parameters normalized_query() const;

    /// As a URL that shows no secret: the password, and in the query the values of `password`, `sslpassword`,
    /// `oauth_client_secret`, `scram_client_key` and `scram_server_key`, are `***`. The query is sorted by name.
    std::string to_string() const;
    /// As a URL that `parse` (and libpq) reads back to an equal one. Treat the text as a secret.
    std::string to_string(show_password_t) const;

    /// All parts count, the password too. The order of different query names doesn't.
    friend bool operator==(const url& left, const url& right) noexcept;

    /// Writes `to_string()`, without secrets.
    friend std::ostream& operator<<(std::ostream& out, const url& value);

    /// For the library: what a url holds.
    struct representation;

private:
    explicit url(std::shared_ptr<const representation> parts) noexcept : parts_(std::move(parts)) {}

    // Copied, never moved from: every url has its parts.
    std::shared_ptr<const representation> parts_;

public:
    url(const url&) noexcept = default;
    url& operator=(const url&) noexcept = default;
    ~url() = default;
};

} // namespace coropq

/// Equal urls have equal hashes. No secret goes into it, since hashes find their way into logs and tables.
template <>
struct std::hash<coropq::url> {
    std::size_t operator()(const coropq::url& value) const noexcept;
};

#endif
