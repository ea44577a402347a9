// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Compares with libpq's own parser, PQconninfoParse, on thousands of generated URLs and keyword/value texts. Where we
// differ on purpose, a rule below says so by name; docs/decisions.md, "URLs", gives the reasons. A text that no rule
// applies to must be accepted by both with the same meaning, or refused by both.

#include "url_support.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace coropq::testing {
namespace {

/// What both parsers say, in one form. libpq doesn't tell empty from absent, so neither does this.
struct meaning {
    std::vector<std::pair<std::string, std::string>> hosts; ///< Names and ports, "" for the default.
    std::map<std::string, std::string> others;              ///< By libpq's keywords, without empty ones.

    friend bool operator==(const meaning&, const meaning&) = default;
};

void PrintTo(const meaning& value, std::ostream* out) {
    for (const auto& [host, port] : value.hosts)
        *out << "[host '" << host << "' port '" << port << "']";
    for (const auto& [key, text] : value.others)
        *out << ' ' << key << "='" << text << '\'';
}

std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> result(1);
    for (char c : list) {
        if (c == ',')
            result.emplace_back();
        else
            result.back() += c;
    }
    return result;
}

/// libpq pairs hosts with ports when it connects (connectOptions2 in fe-connect.c): one port is for all hosts, and
/// without hosts it is addresses that count. Nothing if the numbers don't match.
std::optional<meaning> pair_hosts(std::map<std::string, std::string> values) {
    meaning result;
    std::vector<std::string> hosts = split(values["host"]);
    if (values["host"].empty() && !values["hostaddr"].empty())
        hosts.resize(split(values["hostaddr"]).size());
    const std::vector<std::string> ports = split(values["port"]);
    if (ports.size() != 1 && ports.size() != hosts.size())
        return std::nullopt;
    for (std::size_t i = 0; i != hosts.size(); ++i) {
        const std::string port = ports[ports.size() == 1 ? 0 : i];
        result.hosts.emplace_back(hosts[i], port.substr(std::min(port.find_first_not_of('0'), port.size())));
    }
    if (result.hosts.size() == 1 && result.hosts.front().first.empty() && result.hosts.front().second.empty())
        result.hosts.clear();
    values.erase("host");
    values.erase("port");
    std::erase_if(values, [](const auto& each) { return each.second.empty(); });
    result.others = std::move(values);
    return result;
}

/// What libpq stores; nothing if it refuses the text.
std::optional<std::map<std::string, std::string>> ask_libpq(const std::string& input) {
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
        PQconninfoParse(input.c_str(), &message), &PQconninfoFree);
    PQfreemem(message);
    if (!options)
        return std::nullopt;
    std::map<std::string, std::string> values;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr && *option->val != '\0')
            values[option->keyword] = option->val;
    }
    return values;
}

std::optional<meaning> ask_us(const std::string& input, url (*read)(std::string_view)) {
    try {
        const url parsed = read(input);
        expect_round_trip(parsed);
        meaning result;
        for (const host_port& server : parsed.hosts())
            result.hosts.emplace_back(server.host, server.port ? std::to_string(*server.port) : "");
        const auto put = [&](const char* key, std::string_view value) {
            result.others[key] = value; // the query comes last and wins, as with libpq
            if (value.empty())
                result.others.erase(key);
        };
        put("user", parsed.user().value_or(""));
        put("dbname", parsed.database().value_or(""));
        if (parsed.password())
            put("password", parsed.password()->expose());
        for (const query_parameter& parameter : parsed.query()) {
            if (parameter.key != "host" && parameter.key != "port")
                put(parameter.key.c_str(), parameter.values.back());
        }
        return result;
    } catch (const url_error&) {
        return std::nullopt;
    }
}

// The deliberate differences. Each gets the text and what libpq stored for it.

using libpq_values = std::optional<std::map<std::string, std::string>>;

struct rule {
    const char* name;
    std::function<bool(const std::string& input, const libpq_values& values)> applies;
};

std::string value_of(const libpq_values& values, const char* key) {
    if (!values)
        return {};
    const auto found = values->find(key);
    return found == values->end() ? std::string() : found->second;
}

bool is_port(const std::string& text) {
    return !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos &&
           std::stoi(text) >= 1 && std::stoi(text) <= 65535;
}

bool is_plain_host(const std::string& text) {
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
               std::string::npos &&
           text != "AdobeOrg";
}

bool is_known_ipv6(const std::string& text) {
    return text == "::1" || text == "2001:db8::5" || text == "fe80::1%eth0"; // those that the generators use
}

bool has_strange_host(const libpq_values& values) {
    const auto hosts = split(value_of(values, "host"));
    return std::any_of(hosts.begin(), hosts.end(), [](const std::string& host) {
        return !host.starts_with('/') && !host.starts_with('@') && !is_plain_host(host) && !is_known_ipv6(host);
    });
}

/// The parameters of a URL's query as they are written.
std::vector<std::string> query_items(const std::string& input) {
    std::vector<std::string> result;
    const std::size_t question = input.find('?');
    if (question == std::string::npos)
        return result;
    std::string item;
    for (char c : input.substr(question + 1) + '&') {
        if (c != '&')
            item += c;
        else
            result.push_back(std::exchange(item, {}));
    }
    return result;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

const std::vector<rule>& shared_rules() {
    static const std::vector<rule> rules = {
        {"ports are whole numbers from 1 to 65535",
         [](const std::string&, const libpq_values& values) {
             const auto ports = split(value_of(values, "port"));
             return std::any_of(ports.begin(), ports.end(),
                                [](const std::string& port) { return !port.empty() && !is_port(port); });
         }},
        {"hosts are names, addresses or sockets",
         [](const std::string&, const libpq_values& values) { return has_strange_host(values); }},
        {"the numbers of hosts and ports are compared at once",
         [](const std::string&, const libpq_values& values) { return values && !pair_hosts(*values); }},
        {"passwords lose white space at the ends and line breaks",
         [](const std::string&, const libpq_values& values) {
             const std::string password = value_of(values, "password");
             return !password.empty() && (is_space(password.front()) || is_space(password.back()) ||
                                          password.find_first_of("\r\n") != std::string::npos);
         }},
    };
    return rules;
}

const std::vector<rule>& url_rules() {
    static const std::vector<rule> rules = [] {
        std::vector<rule> all = shared_rules();
        all.push_back({"the @ that ends the credentials isn't just the first one",
                       [](const std::string& input, const libpq_values&) {
                           const std::string rest = input.substr(std::min(input.find("//") + 2, input.size()));
                           const std::size_t at = rest.find('@');
                           return at != std::string::npos &&
                                  (rest.find('@', at + 1) != std::string::npos || at > rest.find_first_of("/?"));
                       }});
        all.push_back({"schemes in capitals, with a driver, or of Query Service",
                       [](const std::string& input, const libpq_values&) {
                           return !input.starts_with("postgresql://") && !input.starts_with("postgres://");
                       }});
        all.push_back({"white space around the URL is ignored, control characters in it are refused",
                       [](const std::string& input, const libpq_values&) {
                           return is_space(input.front()) || is_space(input.back()) ||
                                  std::any_of(input.begin(), input.end(),
                                              [](char c) { return static_cast<unsigned char>(c) < ' '; });
                       }});
        all.push_back({"a parameter in capitals without a value belongs to the database, empty ones are ignored",
                       [](const std::string& input, const libpq_values&) {
                           const auto items = query_items(input);
                           return std::any_of(items.begin(), items.end(), [](const std::string& item) {
                               return item.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") ==
                                      std::string::npos;
                           });
                       }});
        all.push_back({"a value may contain =", [](const std::string& input, const libpq_values&) {
                           const auto items = query_items(input);
                           return std::any_of(items.begin(), items.end(), [](const std::string& item) {
                               return std::count(item.begin(), item.end(), '=') > 1;
                           });
                       }});
        all.push_back({"+ in a query is a space", [](const std::string& input, const libpq_values&) {
                           const auto items = query_items(input);
                           return std::any_of(items.begin(), items.end(), [](const std::string& item) {
                               return item.find('+') != std::string::npos;
                           });
                       }});
        all.push_back({"which parameters there are is for the connection, ssl=true is not another name of sslmode",
                       [](const std::string& input, const libpq_values& values) {
                           const auto items = query_items(input);
                           return std::any_of(items.begin(), items.end(), [&](const std::string& item) {
                               const std::string key = item.substr(0, item.find('='));
                               return (!values && key != "sslmode" && key != "application_name" && key != "host") ||
                                      key == "ssl";
                           });
                       }});
        all.push_back({"a repeated host is another host, and may have its own port",
                       [](const std::string& input, const libpq_values&) {
                           const auto items = query_items(input);
                           std::size_t hosts = 0;
                           bool port = false;
                           for (const std::string& item : items) {
                               hosts += item.starts_with("host=");
                               port = port || (item.starts_with("host=") && item.find(':') != std::string::npos);
                           }
                           return hosts > 1 || port;
                       }});
        all.push_back({"hosts in front of the database are checked even if those of the query win",
                       [](const std::string& input, const libpq_values&) {
                           const std::string front = input.substr(0, input.find('?'));
                           const auto items = query_items(input);
                           return std::any_of(items.begin(), items.end(),
                                              [](const std::string& item) { return item.starts_with("host="); }) &&
                                  has_strange_host(ask_libpq(front));
                       }});
        all.push_back({"what stands in brackets is an IPv6 address", [](const std::string& input, const libpq_values&) {
                           for (const char* good : {"[::1]", "[2001:db8::5]", "[fe80::1%25eth0]"}) {
                               if (input.find(good) != std::string::npos &&
                                   std::count(input.begin(), input.end(), '[') == 1)
                                   return false;
                           }
                           return input.find('[') != std::string::npos;
                       }});
        return all;
    }();
    return rules;
}

const std::vector<rule>& keyword_rules() {
    static const std::vector<rule> rules = [] {
        std::vector<rule> all = shared_rules();
        all.push_back(
            {"which keywords there are is for the connection", [](const std::string& input, const libpq_values&) {
                 char* message = nullptr;
                 PQconninfoFree(PQconninfoParse(input.c_str(), &message));
                 const std::string text = message ? message : "";
                 PQfreemem(message);
                 return text.find("invalid connection option") != std::string::npos;
             }});
        all.push_back({"white space around a port of a list is ignored, as libpq does when it connects",
                       [](const std::string&, const libpq_values& values) {
                           const std::string ports = value_of(values, "port");
                           return std::any_of(ports.begin(), ports.end(), is_space);
                       }});
        return all;
    }();
    return rules;
}

/// Counts how often each thing happened, and is told what the test wants of that.
struct tally {
    int both_accept = 0;
    int both_refuse = 0;
    std::map<std::string, int> differ;
};

void compare(const std::string& input, url (*read)(std::string_view), const std::vector<rule>& rules, tally& counts) {
    const libpq_values values = ask_libpq(input);
    const std::optional<meaning> theirs = values ? pair_hosts(*values) : std::nullopt;
    const std::optional<meaning> ours = ask_us(input, read);
    if (ours == theirs) {
        ++(ours ? counts.both_accept : counts.both_refuse);
        return;
    }
    for (const rule& each : rules) {
        if (each.applies(input, values)) {
            ++counts.differ[each.name];
            return;
        }
    }
    const bool is_url = read == static_cast<url (*)(std::string_view)>(&url::parse);
    const std::string error = is_url ? parse_error(input) : error_of([&] { read(input); });
    ADD_FAILURE() << "no rule explains the difference\ninput: " << input
                  << "\nlibpq: " << (theirs ? ::testing::PrintToString(*theirs) : "refuses it")
                  << "\nours:  " << (ours ? ::testing::PrintToString(*ours) : error);
}

using generator = std::mt19937;

template <class Container>
const auto& pick(generator& random, const Container& choices) {
    return choices[random() % std::size(choices)];
}

std::string random_text(generator& random, std::string_view characters, std::size_t longest) {
    std::string result;
    for (std::size_t size = random() % (longest + 1); size != 0; --size)
        result += pick(random, characters);
    return result;
}

constexpr std::string_view letters = "abcXYZ019._-~";
constexpr std::string_view printable = "abcXYZ019._-~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}";

std::string random_host(generator& random) {
    static const std::string hosts[] = {
        "h", "db.example.com", "127.0.0.1", "[::1]", "[2001:db8::5]", "[fe80::1%25eth0]", "%2Ftmp%2Fsock",
        "",  "localhost",      "h_1-x"};
    return pick(random, hosts);
}

std::string random_url(generator& random) {
    static const std::string schemes[] = {"postgresql", "postgres", "postgresql",
                                          "postgresql", "POSTGRES", "postgresql+x"};
    static const std::string ports[] = {"", ":", ":5432", ":1", ":65535", ":80", ":0", ":70000", ":x"};
    static const std::string keys[] = {"sslmode", "application_name", "connect_timeout", "options", "host",
                                       "user",    "password",         "dbname",          "ssl",     "unknown"};
    std::string result = pick(random, schemes) + "://";
    const bool mostly_clean = random() % 4 != 0;
    const std::string_view characters = mostly_clean ? letters : printable;
    const auto text = [&](std::size_t longest) {
        std::string made = random_text(random, characters, longest);
        if (random() % 4 == 0)
            made += pick(random, std::vector<std::string>{"%40", "%3A", "%2F", "%20", "%C3%A9", "%25", "%3f"});
        return made;
    };
    if (random() % 2)
        result += text(8) + (random() % 3 ? ":" + text(12) : "") + "@";
    const auto port = [&] { return pick(random, ports).substr(0, mostly_clean && random() % 8 ? 5 : 9); };
    result += random_host(random) + port();
    while (random() % 5 == 0)
        result += "," + random_host(random) + port();
    if (random() % 3)
        result += "/" + text(10);
    for (auto count = random() % 4; count != 0 && random() % 3 != 0; --count)
        result += (result.find('?') == std::string::npos ? "?" : "&") + pick(random, keys).substr(0) + "=" +
                  (random() % 6 ? text(8) : "h2");
    return result;
}

TEST(url_libpq_property, generated_urls) {
    generator random(20240601);
    tally counts;
    for (int i = 0; i != 20000; ++i)
        compare(random_url(random), &url::parse, url_rules(), counts);
    EXPECT_GT(counts.both_accept, 3000);
    EXPECT_GT(counts.both_refuse, 500);
    for (const auto& [name, count] : counts.differ)
        RecordProperty(name, count);
}

TEST(url_libpq_property, mutated_urls) {
    generator random(20240602);
    tally counts;
    for (int i = 0; i != 20000; ++i) {
        std::string input = random_url(random);
        const std::size_t at = std::min<std::size_t>(13 + random() % 30, input.size());
        if (random() % 2)
            input.insert(at, 1, pick(random, printable));
        else
            input.erase(at, 1);
        compare(input, &url::parse, url_rules(), counts);
    }
    EXPECT_GT(counts.both_accept, 2000);
    EXPECT_GT(counts.both_refuse, 500);
}

TEST(url_libpq_property, what_we_write_libpq_reads) {
    generator random(20240603);
    std::string any_byte;
    for (int c = 1; c != 256; ++c)
        any_byte += static_cast<char>(c);
    for (int i = 0; i != 5000; ++i) {
        url_parts parts;
        parts.drivername = random() % 2 ? "postgresql" : "postgres";
        if (random() % 3)
            parts.user = random_text(random, any_byte, 12);
        if (random() % 3)
            parts.password = random_text(random, any_byte, 20);
        if (random() % 3)
            parts.database = random_text(random, any_byte, 12);
        static const std::string hosts[] = {"h", "::1", "fe80::1%eth0", "/tmp/a b", "@abstract", "1.2.3.4", ""};
        for (auto count = random() % 4; count != 0; --count)
            parts.hosts.push_back({pick(random, hosts),
                                   random() % 2
                                       ? std::optional<std::uint16_t>(static_cast<std::uint16_t>(1 + random() % 65535))
                                       : std::nullopt});
        if (random() % 2)
            parts.query.emplace_back("options", random_text(random, any_byte, 12));
        if (random() % 2)
            parts.query.emplace_back("application_name", random_text(random, any_byte, 12));
        const url made = url::create(std::move(parts));
        const std::string shown = made.to_string(show_password);
        const libpq_values values = ask_libpq(shown);
        ASSERT_TRUE(values) << shown;
        std::optional<meaning> theirs = pair_hosts(*values);
        const std::optional<meaning> ours = ask_us(shown, &url::parse);
        ASSERT_TRUE(ours);
        ASSERT_EQ(theirs, ours) << shown;
    }
}

std::string random_keyword_text(generator& random) {
    static const std::string keywords[] = {"user",    "password",         "dbname",  "host",    "port",
                                           "options", "application_name", "sslmode", "hostaddr"};
    static const std::string hosts[] = {"h", "a,b", "/tmp", "::1", "1.2.3.4", "", "a,b,c", "db.example.com"};
    static const std::string ports[] = {"5432", "1", "1,2", "", ",2", "1,2,3", "0", "x", "70000", "' 5 '"};
    static const std::string spaces[] = {" ", "  ", "\t", "\n", " \r\n ", ""};
    std::string result;
    for (auto count = random() % 5; count != 0; --count) {
        const std::string& keyword = pick(random, keywords);
        result +=
            keyword + (random() % 4 ? "" : pick(random, spaces)) + "=" + (random() % 4 ? "" : pick(random, spaces));
        if (keyword == "host") {
            result += pick(random, hosts);
        } else if (keyword == "port") {
            result += pick(random, ports);
        } else if (keyword == "hostaddr") {
            result += "1.2.3.4";
        } else if (random() % 2) {
            result += "'";
            for (char c : random_text(random, "abc\\' =\n@:/?%&", 10))
                result += (c == '\'' || c == '\\') && random() % 8 ? std::string("\\") + c : std::string(1, c);
            result += "'";
        } else {
            result += random_text(random, "abc123\\'=@:/?%&._-", 10);
        }
        result += random() % 6 ? " " : pick(random, spaces);
    }
    return result;
}

TEST(url_libpq_property, generated_keyword_texts) {
    generator random(20240604);
    tally counts;
    for (int i = 0; i != 20000; ++i)
        compare(random_keyword_text(random), &url::from_keyword_values, keyword_rules(), counts);
    EXPECT_GT(counts.both_accept, 3000);
    EXPECT_GT(counts.both_refuse, 500);
}

TEST(url_libpq_property, mutated_keyword_texts) {
    generator random(20240605);
    tally counts;
    for (int i = 0; i != 20000; ++i) {
        std::string input = random_keyword_text(random);
        const std::size_t at = random() % (input.size() + 1);
        if (random() % 2)
            input.insert(at, 1, pick(random, std::string_view("'\\= \n\tab,")));
        else if (at != input.size())
            input.erase(at, 1);
        compare(input, &url::from_keyword_values, keyword_rules(), counts);
    }
    EXPECT_GT(counts.both_accept, 2000);
    EXPECT_GT(counts.both_refuse, 500);
}

/// Every rule is there for a difference that exists.
TEST(url_libpq_property, rules_are_needed) {
    const std::pair<const char*, const char*> examples[] = {
        {"ports are whole numbers from 1 to 65535", "postgresql://h:70000"},
        {"hosts are names, addresses or sockets", "postgresql://a b"},
        {"the numbers of hosts and ports are compared at once", "postgresql://h:1,i:2/?host=a,b,c"},
        {"passwords lose white space at the ends and line breaks", "postgresql://u:p%20@h"},
        {"the @ that ends the credentials isn't just the first one", "postgresql://u:p@q@h"},
        {"schemes in capitals, with a driver, or of Query Service", "POSTGRESQL://h"},
        {"white space around the URL is ignored, control characters in it are refused", "postgresql://h/d\n"},
        {"a parameter in capitals without a value belongs to the database, empty ones are ignored",
         "postgresql://h/d?FLAG"},
        {"a value may contain =", "postgresql://h/?options=-c a=b"},
        {"+ in a query is a space", "postgresql://h/?options=a+b"},
        {"which parameters there are is for the connection, ssl=true is not another name of sslmode",
         "postgresql://h/?ssl=true"},
        {"a repeated host is another host, and may have its own port", "postgresql:///?host=a&host=b"},
        {"hosts in front of the database are checked even if those of the query win", "postgresql://a b/?host=c"},
        {"what stands in brackets is an IPv6 address", "postgresql://[x]/db"},
    };
    ASSERT_EQ(std::size(examples), url_rules().size());
    for (std::size_t i = 0; i != std::size(examples); ++i) {
        const auto& [name, input] = examples[i];
        const rule& tested =
            *std::find_if(url_rules().begin(), url_rules().end(),
                          [&, wanted = std::string_view(name)](const rule& each) { return each.name == wanted; });
        const libpq_values values = ask_libpq(input);
        EXPECT_TRUE(tested.applies(input, values)) << name;
        const std::string_view wanted = name;
        if (wanted == "the numbers of hosts and ports are compared at once")
            EXPECT_TRUE(values && !ask_us(input, &url::parse));
        else
            EXPECT_NE(values ? pair_hosts(*values) : std::nullopt, ask_us(input, &url::parse)) << name;
    }
}

} // namespace
} // namespace coropq::testing
