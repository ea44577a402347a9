// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_QUERY_SERVICE_HPP
#define COROPQ_QUERY_SERVICE_HPP

// Query Service of Adobe Experience Platform, which is Spark SQL behind PostgreSQL's protocol:
//
//     coropq::url url = coropq::query_service::from_psql_command(pasted);     // from the credentials page
//     coropq::engine engine = coropq::create_engine(executor, url,
//     coropq::query_service::engine_options().auto_to_json());
//
// docs/query-service.md leads from the credentials page to a running program.

#include <coropq/options.hpp>
#include <coropq/url.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace coropq {

class credential_provider;
class diagnostics;
class error;

namespace query_service {

/// The name of a database, `prod:all?FLATTEN`: a sandbox, what of it is looked at, and flags. Setters return the
/// object.
///
///     .database = coropq::query_service::database("prod").flatten()
///
/// All functions that take text throw `url_error` (`errc::invalid_url`) for what such a name can't have.
class database {
public:
    /// `target`: `all`, the name of a table or view, the identifier of a dataset, a database, `database.schema`, or
    /// `cja` (data views of Customer Journey Analytics). A single table is quicker and lighter than `all`.
    explicit database(std::string_view sandbox, std::string_view target = "all");

    /// From its text form.
    static database parse(std::string_view name);

    /// Nested columns become columns of their own, whose names have dots: see `path::flattened`. Default: no.
    database& flatten(bool on = true) { return flag("FLATTEN", on); }
    /// Data views of Customer Journey Analytics show identifiers instead of names. Default: no.
    database& use_ids(bool on = true) { return flag("CJA_USE_IDS", on); }
    /// Any flag: capitals, digits and `_`. (How the service takes several at once isn't documented; here they are
    /// joined by `&`, as in a URL.)
    database& flag(std::string_view name, bool on = true);

    const std::string& sandbox() const noexcept { return sandbox_; }
    const std::string& target() const noexcept { return target_; }
    const std::vector<std::string>& flags() const noexcept { return flags_; }

    std::string to_string() const;
    operator std::string() const { return to_string(); } // NOLINT: implicit, for url_parts

    friend bool operator==(const database&, const database&) = default;
    friend std::ostream& operator<<(std::ostream& out, const database& value);

private:
    std::string sandbox_;
    std::string target_;
    std::vector<std::string> flags_;
};

/// The place of a value within a column, from the outside in, in the ways in which Query Service reads it (Adobe,
/// "General guidance for query execution"). Names are as they are, unquoted.
///
///     path{"commerce", "order", "priceTotal"}.dotted()      // commerce.`order`.priceTotal
///
/// What can't be written in such a way is an `option_error` (`errc::invalid_parameter`).
class path {
public:
    /// At least one name, and none empty.
    path(std::initializer_list<std::string_view> names);
    explicit path(std::vector<std::string> names);

    /// From dots and back-ticks: ``commerce.`order`.priceTotal``, `` `a.b`.c``.
    static path parse(std::string_view text);

    const std::vector<std::string>& names() const noexcept { return names_; }

    /// With dots, and back-ticks around names that need them: keywords, and what isn't made of letters, digits and `_`.
    /// (Double quotes don't go together with dots there.)
    std::string dotted() const;
    /// `commerce['order']['priceTotal']`, which also reads maps: ``path{"identityMap", "ECID"}``. No name but the first
    /// may have a quote or a backslash.
    std::string bracketed() const;
    /// `"commerce.order.priceTotal"`: the column of a database with the flag FLATTEN.
    std::string flattened() const;

    friend bool operator==(const path&, const path&) = default;

private:
    std::vector<std::string> names_;
};

/// A name in double quotes, for tables and columns. Throws `option_error` (`errc::invalid_parameter`) for an empty one
/// and NUL bytes.
std::string quote_name(std::string_view name);

/// Options of an engine for Query Service, whatever its host is called; converts to `coropq::engine_options`. What
/// isn't set has the defaults of `dialect::query_service`. Setters return the object.
class engine_options {
public:
    engine_options() : engine_options(coropq::engine_options()) {}
    /// What is set here is added to those.
    explicit engine_options(coropq::engine_options base);

    /// How many sessions there may be at a time. All programs of an organisation share a number of them, which can be
    /// as low as one. Default 1.
    engine_options& sessions(std::size_t limit);
    /// Nested values come as JSON. Default: no, which gives text that can't be taken apart.
    engine_options& auto_to_json(bool on = true);
    /// A file with the certificates of the authorities that are trusted (PEM): DigiCert Global Root G2 has to be among
    /// them. Default: the system's.
    engine_options& root_certificates(std::string_view file);
    /// Where tokens come from: see `connect_options::credentials`. Default: the URL.
    engine_options& credentials(const credential_provider& provider);
    /// See `statement_options::timeout`. Default: none; the service ends statements that give rows after 10 minutes.
    engine_options& statement_timeout(std::chrono::milliseconds limit);
    /// See `connect_options::application_name`. Default `coropq`.
    engine_options& application_name(std::string_view name);

    const coropq::engine_options& get() const noexcept { return options_; }
    operator const coropq::engine_options&() const noexcept { return options_; } // NOLINT: implicit, for create_engine

private:
    template <typename Change>
    engine_options& change(Change&& apply);

    coropq::engine_options options_;
};

/// The URL of the command that the credentials page gives, `psql 'sslmode=require host=… … password=…'`: see
/// `url::from_psql_command`. It must say host, user, password and database. Its `sslmode=require` isn't taken over,
/// because with that the token is given to whoever answers; `url.update_query_string("sslmode=require")` does so.
///
/// Throws `url_error` (`errc::invalid_url`), which names what is missing and repeats nothing.
url from_psql_command(std::string_view command);

/// The URL of a JSON file with credentials, 1 MiB at most, and of what it doesn't say (`rest`, whose host, port, user
/// and database win over those of the file): the answer of `GET /connection_parameters` (`host`, `port`, `dbName`,
/// `username`, `token`), or what the credentials page gives out for non-expiring credentials (`technicalAccountId` and
/// `credential`), which is no more than a password. Reads synchronously.
///
///     url::create({.drivername = "queryservice", .user = "ABC@AdobeOrg", .host = …, .database = "prod:all"})
///
/// Throws `url_error` with `errc::invalid_credentials_file`, which names the file and what is wrong with it or missing,
/// and shows none of the contents. What was read is overwritten.
url from_credentials_file(const std::string& path);
url from_credentials_file(const std::string& path, const url& rest);

/// The same from the contents of such a file. Errors name no file.
url from_credentials_json(std::string_view json);
url from_credentials_json(std::string_view json, const url& rest);

/// What an error of Query Service means, where its code alone doesn't say.
enum class problem : std::uint8_t {
    none,                ///< Nothing in particular, or no error of the server: its code says it all.
    session_limit,       ///< No session is left for the organisation: `session_limit_error`.
    credentials_refused, ///< 28P01: the token has expired, or never was one.
    login_refused,       ///< 28000: the way of logging in, or the address.
    wrong_database,      ///< 42P12: there are no tables in that sandbox or target.
    statement_timeout,   ///< 53400: the statement took more than 10 minutes.
    limit_too_large,     ///< 53400: LIMIT is above 100,000.
    statement_limit,     ///< 53400: one of these two; the message doesn't tell which.
    user_error,          ///< 58000 that is about the statement.
    system_error,        ///< 58000 that may be the service's own; whether the statement has had an effect isn't known.
    not_supported,       ///< 0A000
    unknown_message,     ///< 08P01: a message of the protocol that the server doesn't know.
};

problem problem_of(const error& failure) noexcept;
/// The same for the token forms.
problem problem_of(const diagnostics& details) noexcept;

} // namespace query_service

} // namespace coropq

#endif
