// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_PROBLEM_HPP
#define COROPQ_SRC_URL_PROBLEM_HPP

namespace coropq::detail {

/// What is wrong with a URL or connection string, and what to write instead. Both are literals, so nothing of the
/// input, which may hold a password, can get into an error.
struct problem {
    const char* message;
    const char* hint;
};

/// Throws `url_error` with `errc::invalid_url`.
[[noreturn]] void throw_problem(const problem& what);

namespace problems {

inline constexpr const char* encode_credentials =
    "write %40 for @ in the user name, or use url::create; only the @ in front of the host stands for itself, and in a "
    "password also / is written %2F and ? is written %3F";

inline constexpr problem null_pointer{"the text of the URL is a null pointer", "is an environment variable unset?"};
inline constexpr problem no_scheme{"the URL doesn't begin with a scheme and ://",
                                   "write postgresql://user:password@host:port/database"};
inline constexpr problem unknown_scheme{"the scheme of the URL isn't one of PostgreSQL's",
                                        "write postgresql://, postgres:// or queryservice://, each also with +name"};
inline constexpr problem ambiguous{"the URL can be read in two ways, because a character that separates its parts "
                                   "also stands inside one",
                                   encode_credentials};
inline constexpr problem too_many_at_signs{"the URL has too many @ signs", encode_credentials};
inline constexpr problem user_separator{"the user name in front of the @ contains a / or ?", encode_credentials};
inline constexpr problem bad_escape{"a % isn't followed by two hexadecimal digits",
                                    "write %25 for a percent sign, or use url::create"};
inline constexpr problem nul{"the text contains a NUL byte", "remove it: no part of an address can contain one"};
inline constexpr problem control_character{"the text contains a line break, tab or other control character",
                                           "remove it, or percent-encode it (a line break is %0A)"};
inline constexpr problem bad_port{"a port isn't a whole number from 1 to 65535",
                                  "write host:port/database, for example localhost:5432/postgres; if it was meant as "
                                  "part of the user name or the password, write %40 for @, %2F for / and %3F for ? "
                                  "there, or use url::create"};
inline constexpr problem bad_host{
    "a host contains characters that no host name has",
    "give a name, an address or a socket directory, and the port apart from it; if an @ stands in the user name or "
    "the password, write %40 for it, or use url::create"};
inline constexpr problem adobe_host{"what stands in the place of the host is the end of an IMS organization id",
                                    "write %40 for @ in the user name, or use url::create"};
inline constexpr problem bare_ipv6{"a host has several colons", "write an IPv6 address in brackets: [::1]:5432"};
inline constexpr problem bad_ipv6{"what stands in brackets isn't an IPv6 address",
                                  "write [::1], and with a zone [fe80::1%25eth0]"};
inline constexpr problem host_and_port_mixed{"the query gives ports both inside host and as port",
                                             R"(write either "host=h1,h2&port=p1,p2" or "host=h1:p1&host=h2:p2")"};
inline constexpr problem host_count{"the number of hosts and the number of ports don't match",
                                    "give one port for each host, or one for all, or none"};
inline constexpr problem host_and_hosts{"both hosts and host or port are given", "give one of them"};
inline constexpr problem query_no_value{
    "a query parameter has no value",
    "write key=value; if it belongs to the name of the database, write %3F for the ? in front of it"};
inline constexpr problem query_no_key{"a query parameter has no name", "write key=value"};
inline constexpr problem query_too_early{"a flag without a value needs a database that it belongs to",
                                         "write /database?FLAG, or key=value"};
inline constexpr problem keyword_no_equals{"a keyword isn't followed by =",
                                           "write keyword=value; put quotes around a value with spaces: 'my value'"};
inline constexpr problem keyword_name{
    "what stands in front of an = isn't a keyword",
    "write keyword=value with keywords like host, port, user, password, dbname; put quotes around a value with spaces"};
inline constexpr problem keyword_quote{"a quoted value has no closing quote",
                                       R"(close it with '; write \' for a quote inside a value)"};
inline constexpr problem not_psql{"the text doesn't begin with the command psql",
                                  "paste the whole command, or use url::from_keyword_values or url::parse"};
inline constexpr problem shell_quote{"a quote of the command isn't closed", "paste the whole command"};
inline constexpr problem shell_operator{
    "the command contains a character that a shell would act on, outside quotes",
    "put single quotes around the connection text: psql 'host=... user=... password=...'"};
inline constexpr problem psql_option{"the command has an option that isn't part of a connection",
                                     "leave only -h, -p, -U, -d, -w, -W and the connection text"};
inline constexpr problem psql_option_value{"the last option of the command has no value", "paste the whole command"};
inline constexpr problem psql_arguments{"the command has too many arguments",
                                        "put single quotes around the connection text"};

} // namespace problems

} // namespace coropq::detail

#endif
