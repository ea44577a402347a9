// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The tables of docs/urls.md say the truth.

#include "url_support.hpp"

#include <fstream>
#include <vector>

namespace coropq::testing {
namespace {

/// The cells of the rows of the table below a comment; code without its back-ticks.
std::vector<std::vector<std::string>> table(const std::string& name) {
    std::ifstream file(COROPQ_URLS_MD);
    EXPECT_TRUE(file) << COROPQ_URLS_MD;
    std::vector<std::vector<std::string>> rows;
    std::string line;
    while (std::getline(file, line) && !line.starts_with("<!-- " + name + ':')) {
    }
    while (std::getline(file, line) && line.starts_with('|')) {
        std::vector<std::string> cells;
        for (std::size_t at = 1; at < line.size();) {
            const std::size_t end = line.find('|', at);
            std::string cell = line.substr(at, end - at);
            std::erase(cell, '`');
            cell.erase(0, cell.find_first_not_of(' '));
            cell.erase(cell.find_last_not_of(' ') + 1);
            cells.push_back(std::move(cell));
            at = end + 1;
        }
        rows.push_back(std::move(cells));
    }
    EXPECT_GT(rows.size(), 10U);
    rows.erase(rows.begin(), rows.begin() + 2); // headings and the line below
    return rows;
}

TEST(url_documentation, accepted) {
    for (const auto& row : table("accepted")) {
        ASSERT_EQ(row.size(), 5U);
        SCOPED_TRACE(row[0]);
        const url parsed = url::parse(row[0]);
        EXPECT_EQ(parsed.user().value_or(""), row[1]);
        EXPECT_EQ(password_of(parsed).value_or(""), row[2]);
        std::string hosts;
        for (const host_port& server : parsed.hosts())
            hosts += (hosts.empty() ? "" : ",") + server.host + (server.port ? ':' + std::to_string(*server.port) : "");
        EXPECT_EQ(hosts, row[3]);
        EXPECT_EQ(parsed.database().value_or(""), row[4]);
        expect_round_trip(parsed);
    }
}

TEST(url_documentation, refused) {
    for (const auto& row : table("refused")) {
        ASSERT_EQ(row.size(), 2U);
        EXPECT_NE(parse_error(row[0]).find(row[1]), std::string::npos) << row[0] << "\n" << parse_error(row[0]);
    }
}

TEST(url_documentation, snippets) {
    const std::string token = "token";
    const url a = url::create({.user = "ABC123@AdobeOrg",
                               .password = token,
                               .host = "acme.platform-query.adobe.io",
                               .port = 80,
                               .database = "prod:all"});
    EXPECT_EQ(a.to_string(), "postgresql://ABC123%40AdobeOrg:***@acme.platform-query.adobe.io:80/prod:all");
    const url b = url::parse("postgresql://ada:secret@db.example.com:5432/app?sslmode=verify-full");
    EXPECT_EQ(b.database(), "app");
    const url c = url::from_keyword_values("host=db.example.com dbname=app user=ada password='it\\'s'");
    EXPECT_EQ(password_of(c), "it's");

    EXPECT_EQ(b.set({.user = "ada", .port = absent}).port(), std::nullopt);
    EXPECT_EQ(a.update_query_string("sslmode=verify-full").to_string(),
              "postgresql://ABC123%40AdobeOrg:***@acme.platform-query.adobe.io:80/prod:all?sslmode=verify-full");
    const url several = a.update_query_dict({{"host", {"h1", "h2"}}});
    EXPECT_EQ(several.update_query_pairs({{"host", "h3"}}, true).hosts().size(), 3U);
    EXPECT_EQ(several.difference_update_query({"sslmode", "host"}), a);
}

} // namespace
} // namespace coropq::testing
