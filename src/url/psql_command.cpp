// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/keyword_values.hpp"
#include "url/representation.hpp"
#include "url/text.hpp"

#include <coropq/url.hpp>

#include <algorithm>
#include <optional>

namespace coropq {

namespace {

using namespace detail;

constexpr auto npos = std::string_view::npos;

using command_words = std::vector<secret_buffer>;

/// Splits a command as a POSIX shell does (Shell Command Language, 2.2 "Quoting"), without any expansion.
command_words split_command(std::string_view text) {
    command_words result;
    bool in_word = false;
    char quote = '\0';
    const auto put = [&](char c) {
        if (!in_word)
            result.emplace_back();
        in_word = true;
        if (c != '\0')
            result.back().push_back(c);
    };
    for (std::size_t i = 0; i != text.size(); ++i) {
        const char c = text[i];
        const char next = i + 1 != text.size() ? text[i + 1] : '\0';
        if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (c == '\\' && quote != '\'' &&
                   (quote == '\0' ? next != '\0' : std::string_view("$`\"\\\n").find(next) != npos)) {
            ++i;
            if (next != '\n') // otherwise the command goes on in the next line
                put(next);
        } else if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
            put('\0'); // even if nothing stands between the quotes
        } else if (quote == '\0' && is_space(c)) {
            in_word = false;
        } else if (quote == '\0' && c == ';' && trim(text.substr(i + 1)).empty()) {
            break;
        } else if (quote == '\0' && std::string_view(";&|<>()$`").find(c) != npos) {
            throw_problem(problems::shell_operator);
        } else {
            put(c);
        }
    }
    if (quote != '\0')
        throw_problem(problems::shell_quote);
    return result;
}

/// True if a new `keyword=` begins here, the line breaks in it left out of account.
bool starts_with_keyword(std::string_view text) {
    constexpr std::size_t longest = 40; // more than the longest keyword
    std::string keyword;
    for (char c : text.substr(0, 2 * longest)) {
        if (c == '=')
            return is_libpq_keyword(trim(keyword));
        if (c != '\r' && c != '\n')
            keyword += c;
    }
    return false;
}

/// Removes the line breaks that a copied connection text got on its way. A break that fell on a space between two
/// parameters becomes one again; any other one is in the middle of a keyword or a value, which are joined.
secret_buffer join_lines(std::string_view text, bool keyword_values) {
    secret_buffer result;
    result.reserve(2 * text.size());
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        const std::string_view line = trim(text.substr(0, end));
        if (!line.empty()) {
            if (!result.empty() && result.back() == '\\') // a line that was continued inside quotes
                result.pop_back();
            // In the middle of a keyword if nothing since the last space has a "=".
            const auto word = std::find_if(result.rbegin(), result.rend(), is_space).base();
            const bool between = std::find(word, result.end(), '=') != result.end();
            if (keyword_values && between && starts_with_keyword(text))
                result.push_back(' ');
            result.insert(result.end(), line.begin(), line.end());
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

/// The keyword for a variable in front of the command, "PGPASSWORD=… psql …".
std::string_view keyword_of_variable(std::string_view name) noexcept {
    constexpr std::pair<std::string_view, std::string_view> variables[] = {{"PGHOST", "host"},
                                                                           {"PGPORT", "port"},
                                                                           {"PGUSER", "user"},
                                                                           {"PGDATABASE", "dbname"},
                                                                           {"PGPASSWORD", "password"},
                                                                           {"PGSSLMODE", "sslmode"},
                                                                           {"PGSSLROOTCERT", "sslrootcert"}};
    for (const auto& [variable, keyword] : variables) {
        if (name == variable)
            return keyword;
    }
    return {};
}

/// The keyword for an option with a value.
std::string_view keyword_of_option(std::string_view option) noexcept {
    constexpr std::pair<std::string_view, std::string_view> options[] = {
        {"-h", "host"}, {"--host", "host"},     {"-p", "port"},   {"--port", "port"},
        {"-U", "user"}, {"--username", "user"}, {"-d", "dbname"}, {"--dbname", "dbname"}};
    for (const auto& [name, keyword] : options) {
        if (option == name)
            return keyword;
    }
    return {};
}

bool is_psql(std::string_view word) noexcept {
    word = word.substr(word.find_last_of("/\\") + 1); // npos + 1 is 0
    return word == "psql" || word == "psql.exe";
}

bool is_url(std::string_view text) noexcept {
    const std::size_t scheme_end = text.find("://");
    return scheme_end != npos && text.substr(0, scheme_end).find_first_of("= \t\r\n") == npos;
}

/// What a psql command says, in the order in which later things win.
struct command {
    std::vector<keyword_value> entries;
    std::optional<secret_buffer> address; ///< A URL.
};

void add(command& out, std::string_view keyword, std::string_view value) {
    out.entries.push_back({std::string(keyword), secret_buffer(value.begin(), value.end())});
}

/// -d and the first argument: a database, a URL or keyword/value text.
void add_database(command& out, std::string_view text) {
    if (is_url(text)) {
        out.address = join_lines(text, false);
    } else if (text.find('=') != npos) {
        const secret_buffer joined = join_lines(text, true);
        for (keyword_value& entry : parse_keyword_values(view(joined)))
            out.entries.push_back(std::move(entry));
    } else {
        add(out, "dbname", text);
    }
}

/// "PGPASSWORD=… PGHOST=…"
void read_variables(command& out, const command_words& arguments, std::size_t count) {
    for (std::size_t i = 0; i != count; ++i) {
        const std::string_view assignment = view(arguments[i]);
        const std::size_t equals = assignment.find('=');
        const std::string_view keyword = keyword_of_variable(assignment.substr(0, equals));
        if (equals == npos || keyword.empty())
            throw_problem(problems::not_psql);
        add(out, keyword, assignment.substr(equals + 1));
    }
}

/// What follows the word psql, in the order in which psql itself takes it: first options, then what is left is the
/// database and the user, unless options gave them.
void read_arguments(command& out, const command_words& arguments, std::size_t first) {
    std::optional<std::string_view> database;
    std::optional<std::string_view> user;
    std::vector<std::string_view> rest;
    for (std::size_t i = first; i < arguments.size(); ++i) {
        const std::string_view word = view(arguments[i]);
        if (word == "-w" || word == "-W" || word == "--no-password" || word == "--password")
            continue;
        if (word.size() < 2 || word.front() != '-') {
            rest.push_back(word);
            continue;
        }
        // "-h host", "-hhost", "--host host", "--host=host"
        const bool is_long = word.starts_with("--");
        const std::size_t name_size = is_long ? std::min(word.find('='), word.size()) : 2;
        const std::string_view keyword = keyword_of_option(word.substr(0, name_size));
        if (keyword.empty())
            throw_problem(problems::psql_option);
        std::string_view value = word.substr(std::min(name_size + (is_long ? 1 : 0), word.size()));
        if (name_size == word.size()) {
            if (++i == arguments.size())
                throw_problem(problems::psql_option_value);
            value = view(arguments[i]);
        }
        if (keyword == "dbname")
            database = value;
        else if (keyword == "user")
            user = value;
        else
            add(out, keyword, value);
    }
    for (std::string_view word : rest) {
        if (!database)
            database = word;
        else if (!user && word.find('=') == npos)
            user = word;
        else
            throw_problem(problems::psql_arguments);
    }
    if (user)
        add(out, "user", *user);
    if (database)
        add_database(out, *database);
}

} // namespace

url url::from_psql_command(std::string_view text) {
    text = trim(text);
    refuse_nul(text);
    if (text.starts_with("$ ")) // a copied prompt
        text.remove_prefix(2);
    const command_words arguments = split_command(text);
    const auto psql =
        std::find_if(arguments.begin(), arguments.end(), [](const secret_buffer& word) { return is_psql(view(word)); });
    if (psql == arguments.end())
        throw_problem(problems::not_psql);
    const auto position = static_cast<std::size_t>(psql - arguments.begin());
    command parsed;
    read_variables(parsed, arguments, position);
    read_arguments(parsed, arguments, position + 1);
    const url options = from_entries(parsed.entries);
    if (!parsed.address)
        return options;

    // As with psql, options count where the URL says nothing.
    const url address = parse(view(*parsed.address));
    url_changes changes;
    if (const auto& user = options.user(); user && !address.user())
        changes.user = *user;
    if (const auto& password = options.password(); password && !address.password())
        changes.password = *password;
    if (const auto& database = options.database(); database && !address.database())
        changes.database = *database;
    if (address.hosts().empty() && !options.hosts().empty())
        changes.hosts = options.hosts();
    else if (const auto port = options.port(); port && !address.port() && address.parts_->authority.size() == 1)
        changes.port = *port;
    query_parameters query = options.query();
    for (const query_parameter& parameter : address.query()) {
        std::erase_if(query, [&](const query_parameter& each) { return each.key == parameter.key; });
        query.push_back(parameter);
    }
    changes.query = std::move(query);
    return address.set(std::move(changes));
}

} // namespace coropq
