// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

#include <set>
#include <sstream>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace {

using coropq::diagnostics;
using coropq::errc;
using coropq::error_code;
using coropq::sqlstate;
using coropq::detail::diagnostics_fields;

template <typename Error>
bool thrown_as(error_code code, const diagnostics& details = {}) {
    try {
        coropq::throw_error(code, details);
    } catch (const coropq::error& problem) {
        EXPECT_EQ(problem.code(), code);
        return typeid(problem) == typeid(Error);
    }
    return false;
}

std::string text_of(error_code code, diagnostics_fields fields) { return diagnostics(code, std::move(fields)).what(); }

TEST(error, each_code_has_its_class) {
    EXPECT_TRUE(thrown_as<coropq::url_error>(errc::invalid_url));
    EXPECT_TRUE(thrown_as<coropq::url_error>(errc::invalid_credentials_file));
    EXPECT_TRUE(thrown_as<coropq::option_error>(errc::invalid_option));
    EXPECT_TRUE(thrown_as<coropq::option_error>(errc::invalid_parameter));
    for (const errc code : {errc::host_not_found, errc::connect_failed, errc::connect_timeout, errc::tls_failed,
                            errc::not_postgresql, errc::connection_lost})
        EXPECT_TRUE(thrown_as<coropq::connection_error>(code));
    EXPECT_TRUE(thrown_as<coropq::authentication_error>(errc::authentication_failed));
    EXPECT_TRUE(thrown_as<coropq::timeout_error>(errc::timeout));
    EXPECT_TRUE(thrown_as<coropq::pool_timeout>(errc::pool_timeout));
    for (const errc code :
         {errc::null_value, errc::wrong_type, errc::unknown_column, errc::ambiguous_column, errc::row_out_of_range})
        EXPECT_TRUE(thrown_as<coropq::result_error>(code));
    for (const errc code : {errc::not_connected, errc::already_connected, errc::operation_in_progress,
                            errc::engine_disposed, errc::unsupported})
        EXPECT_TRUE(thrown_as<coropq::error>(code));
    EXPECT_TRUE(thrown_as<coropq::server_error>(sqlstate::unique_violation));
    EXPECT_TRUE(thrown_as<coropq::server_error>(sqlstate::invalid_password)) << "SET ROLE can fail as well";
    EXPECT_TRUE(thrown_as<coropq::error>(boost::asio::error::operation_aborted));
}

TEST(error, what_a_server_says_while_connecting_is_a_connection_error) {
    diagnostics_fields fields;
    fields.attempts.push_back({"host", "127.0.0.1", "5432", sqlstate::invalid_password, "refused"});
    const diagnostics details(sqlstate::invalid_password, fields);
    EXPECT_TRUE(thrown_as<coropq::authentication_error>(sqlstate::invalid_password, details));
    EXPECT_TRUE(thrown_as<coropq::authentication_error>(sqlstate::invalid_authorization_specification, details));
    EXPECT_TRUE(thrown_as<coropq::connection_error>(sqlstate::cannot_connect_now, details));
    EXPECT_TRUE(thrown_as<coropq::connection_error>(sqlstate::invalid_catalog_name, details));
}

TEST(error, classes_form_a_tree) {
    static_assert(std::is_base_of_v<boost::system::system_error, coropq::error>);
    static_assert(std::is_base_of_v<coropq::connection_error, coropq::authentication_error>);
    static_assert(std::is_base_of_v<coropq::timeout_error, coropq::pool_timeout>);
    static_assert(!std::is_base_of_v<coropq::server_error, coropq::connection_error>);
    static_assert(std::is_nothrow_copy_constructible_v<coropq::server_error>);
    static_assert(std::is_nothrow_copy_constructible_v<diagnostics>);
    try {
        coropq::throw_error(errc::pool_timeout, {});
    } catch (const boost::system::system_error& problem) {
        EXPECT_EQ(problem.code(), errc::pool_timeout);
        EXPECT_STREQ(problem.what(), "no connection became free in time [pool_timeout]");
    }
}

TEST(error, names_are_stable_and_stand_in_every_message) {
    std::set<std::string> names;
    for (int value = 1; value <= static_cast<int>(errc::row_out_of_range); ++value) {
        const error_code code = static_cast<errc>(value);
        const std::string text = code.message();
        const auto bracket = text.rfind(" [");
        ASSERT_NE(bracket, std::string::npos) << text;
        EXPECT_EQ(text.back(), ']');
        EXPECT_TRUE(names.insert(text.substr(bracket)).second) << text;
        EXPECT_EQ(text.find("unknown error"), std::string::npos) << value;
        // Also with a message of its own.
        EXPECT_EQ(coropq::detail::make_diagnostics(code, "mine").to_string(), "mine" + text.substr(bracket));
    }
    EXPECT_NE(error_code(999, coropq::client_category()).message(), "");
    EXPECT_STREQ(coropq::client_category().name(), "coropq");
}

TEST(error, copies_share_their_text) {
    const coropq::error original(errc::unsupported, coropq::detail::make_diagnostics(errc::unsupported, "text"));
    const coropq::error copy = original; // NOLINT: the copy is the subject
    EXPECT_EQ(copy.what(), original.what());
    const coropq::error without(errc::unsupported, diagnostics());
    EXPECT_STREQ(without.what(), "this operation can't do that [unsupported]");
}

TEST(diagnostics, an_empty_one_answers_everything) {
    const diagnostics nothing;
    EXPECT_TRUE(nothing.empty());
    EXPECT_EQ(nothing.to_string(), "");
    EXPECT_STREQ(nothing.what(), "");
    EXPECT_EQ(nothing.position(), 0u);
    EXPECT_TRUE(nothing.attempts().empty());
    for (const auto member :
         {&diagnostics::message, &diagnostics::severity, &diagnostics::sqlstate, &diagnostics::detail,
          &diagnostics::hint, &diagnostics::context, &diagnostics::schema_name, &diagnostics::table_name,
          &diagnostics::column_name, &diagnostics::data_type_name, &diagnostics::constraint_name,
          &diagnostics::statement, &diagnostics::host, &diagnostics::port, &diagnostics::user, &diagnostics::database})
        EXPECT_EQ((nothing.*member)(), "");
}

TEST(diagnostics, the_text_has_all_that_helps) {
    diagnostics_fields fields;
    fields.severity = "ERROR";
    fields.sqlstate = "23505";
    fields.message = "it is there already";
    fields.detail = "the detail";
    fields.hint = "the hint";
    fields.context = "the context";
    fields.statement = "insert";
    const diagnostics details(sqlstate::unique_violation, fields);
    EXPECT_EQ(details.to_string(), "ERROR: it is there already [23505]\n"
                                   "detail: the detail\n"
                                   "hint: the hint\n"
                                   "context: the context\n"
                                   "statement: insert");
    std::ostringstream out;
    out << details;
    EXPECT_EQ(out.str(), details.to_string());
    EXPECT_FALSE(details.empty());
}

TEST(diagnostics, attempts_are_listed_one_on_a_line) {
    diagnostics_fields fields;
    fields.message = "no";
    fields.attempts = {{"db.example", "192.0.2.1", "5432", errc::connect_failed, "refused"},
                       {"db.example", "", "5433", errc::host_not_found, "unknown"},
                       {"", "192.0.2.2", "80", errc::connect_timeout, "silent"},
                       {"/run", "/run", "5432", errc::connect_failed, "absent"}};
    EXPECT_EQ(text_of(errc::connect_failed, fields), "no [connect_failed]\n"
                                                     "  db.example (192.0.2.1), port 5432: refused\n"
                                                     "  db.example, port 5433: unknown\n"
                                                     "  192.0.2.2, port 80: silent\n"
                                                     "  /run, port 5432: absent");
}

std::string pointing_at(std::string statement, std::size_t position) {
    diagnostics_fields fields;
    fields.message = "x";
    fields.statement = std::move(statement);
    fields.position = position;
    const std::string text = text_of(sqlstate::syntax_error, fields);
    return text.substr(text.find('\n') + 1);
}

TEST(diagnostics, the_mark_stands_below_the_place) {
    EXPECT_EQ(pointing_at("select nope", 8), "statement: select nope\n"
                                             "                  ^");
    EXPECT_EQ(pointing_at("nope", 1), "statement: nope\n"
                                      "           ^");
    EXPECT_EQ(pointing_at("select (", 9), "statement: select (\n"
                                          "                   ^");
    // The line of the place only; characters count, not bytes; tabs stay, so that the mark moves with them.
    EXPECT_EQ(pointing_at("select 1,\n\t'\xC3\xA4\xC3\xB6', nope\nfrom t", 18),
              "statement: \t'\xC3\xA4\xC3\xB6', nope\n"
              "           \t      ^");
    EXPECT_EQ(pointing_at("a\nb\nc", 1), "statement: a\n           ^");
    EXPECT_EQ(pointing_at("a\nb\nc", 3), "statement: b\n           ^");
    EXPECT_EQ(pointing_at("a\nb\nc", 5), "statement: c\n           ^");
    EXPECT_EQ(pointing_at("a\nb", 2), "statement: a\n            ^");
    EXPECT_EQ(pointing_at("a\n", 3), "statement: \n           ^");
    EXPECT_EQ(pointing_at("several\nlines", 0), "statement: several\nlines");
}

// Any position gives a text; servers may send nonsense.
TEST(diagnostics, impossible_positions_are_survived) {
    for (const char* statement : {"", "a", "\n", "\n\n", "a\nb", "\xC3\xA4", "\x80\x80"}) {
        for (const std::size_t position : {std::size_t(0), std::size_t(1), std::size_t(2), std::size_t(3),
                                           std::size_t(1000), static_cast<std::size_t>(-1)})
            EXPECT_NO_THROW(pointing_at(statement[0] ? statement : "b", position));
    }
}

} // namespace
