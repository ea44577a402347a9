// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "refusal.hpp"

#include <coropq/named.hpp>
#include <coropq/statement.hpp>

#include <boost/describe/class.hpp>

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shop {

struct entity {
    int id = 0;
};
BOOST_DESCRIBE_STRUCT(entity, (), (id))

struct customer : entity {
    std::string firstName;
    std::optional<std::string> mail;
    std::map<int, int> not_a_parameter = {};
};
BOOST_DESCRIBE_STRUCT(customer, (entity), (firstName, mail, not_a_parameter))

struct address {
    std::string street;
    std::string first_name;
    std::string FirstName;
};
BOOST_DESCRIBE_STRUCT(address, (), (street, first_name, FirstName))

} // namespace shop

template <>
struct coropq::column_names<shop::customer> {
    static constexpr std::array renames{coropq::column_name{"mail", "email"}};
};

namespace {

using coropq::named;
using coropq::named_parameter;
using coropq::statement;
using coropq::test::refusal;

// The text and the parameters: `select $1, $2 <- 7, Ada, NULL`.
std::string shown(const statement& made) {
    std::string text = made.sql();
    for (std::size_t i = 0; i != made.parameter_count(); ++i) {
        text += i == 0 ? " <- " : ", ";
        const char* data = made.parameter_data(i);
        if (!data)
            text += "NULL";
        else if (made.parameter_type(i).oid() == coropq::type_oid::int4)
            text += std::to_string(coropq::value_reader({data, made.parameter_size(i)}).read<std::int32_t>());
        else
            text += data;
    }
    return text;
}

TEST(named_parameters, become_numbers) {
    EXPECT_EQ(shown(statement("select :id, :name", named("id", 7), named("name", "Ada"))), "select $1, $2 <- 7, Ada");
    EXPECT_EQ(shown(statement("select :name, :id", named("id", 7), named("name", "Ada"))), "select $1, $2 <- Ada, 7");
    EXPECT_EQ(shown(statement(":a:b :a::int, :b", named("a", 1), named("b", std::nullopt))),
              "$1:b $1::int, $2 <- 1, NULL");
    EXPECT_EQ(shown(statement("select ':a', \":a\", $$:a$$, :a -- :a", named("a", 1))),
              "select ':a', \":a\", $$:a$$, $1 -- :a <- 1");
    EXPECT_EQ(shown(statement("select a[1:upper], x::int", named(shop::customer()))), "select a[1:upper], x::int");
}

TEST(named_parameters, one_name_is_one_parameter) {
    EXPECT_EQ(shown(statement(":b + :a + :b + :a", named("a", 1), named("b", 2))), "$1 + $2 + $1 + $2 <- 2, 1");
}

TEST(named_parameters, without_names_colons_are_left_alone) {
    EXPECT_EQ(shown(statement("select a[:x]")), "select a[:x]");
    EXPECT_EQ(shown(statement("select a[:x], $1", 5)), "select a[:x], $1 <- 5");
}

TEST(named_parameters, in_braces) {
    EXPECT_EQ(shown(statement::with("select :id, :name", {{"id", 7}, {"name", "Ada"}})), "select $1, $2 <- 7, Ada");
    EXPECT_EQ(shown(statement::with("select :id", {{"id", std::optional<int>()}})), "select $1 <- NULL");
    EXPECT_EQ(shown(statement::with("select 1", {})), "select 1");
    EXPECT_EQ(refusal([] { statement::with("select :id", {}); }), "no value is given for parameter :id|");
}

TEST(named_parameters, from_a_list_that_owns_its_values) {
    std::vector<named_parameter> list;
    std::string text = "select 0";
    for (int i = 0; i != 20; ++i) {
        const std::string name = "p" + std::to_string(i);
        list.emplace_back(name, std::string(30, static_cast<char>('a' + i)));
        text += " + :" + name;
    }
    const statement made = statement::with(text, list);
    list.clear();
    ASSERT_EQ(made.parameter_count(), 20u);
    EXPECT_EQ(made.parameter_data(19), std::string(30, 't'));
    EXPECT_NE(made.sql().find("+ $20"), std::string::npos);
}

TEST(named_parameters, keep_their_types) {
    const std::optional<int> nothing;
    const statement made = statement::with("select :a, :b", {{"b", nothing}, {"a", 5}});
    EXPECT_EQ(made.parameter_type(0).oid(), coropq::type_oid::int4);
    EXPECT_EQ(made.parameter_format(0), coropq::wire_format::binary);
    EXPECT_EQ(made.parameter_type(1).oid(), coropq::type_oid::int4);
    EXPECT_EQ(made.parameter_data(1), nullptr);
}

TEST(named_parameters, members_of_a_struct) {
    shop::customer ada;
    ada.id = 7;
    ada.firstName = "Ada";
    const std::string_view sql = "insert into c values (:id, :firstName, :email, :id)";
    EXPECT_EQ(shown(statement(sql, named(ada))), "insert into c values ($1, $2, $3, $1) <- 7, Ada, NULL");
    EXPECT_EQ(shown(statement(":first_name :ID", named(ada))), "$1 $2 <- Ada, 7");
    EXPECT_EQ(shown(statement("update c set id = :id where id = :old", named(ada), named("old", 6))),
              "update c set id = $1 where id = $2 <- 7, 6");
    EXPECT_EQ(statement("select :mail", named(ada)).sql(), "select $1"); // the member's own name
    EXPECT_EQ(refusal([&] { statement("select :emai", named(ada)); }),
              "no value is given for parameter :emai|did you mean :email?");
    EXPECT_EQ(
        refusal([&] { statement("select :not_a_parameter", named(ada)); }),
        "parameter :not_a_parameter: the type of the member can't be a parameter|include the header of its codec, "
        "specialise coropq::codec for it, or describe it");
}

TEST(named_parameters, what_does_not_fit_together) {
    EXPECT_EQ(refusal([] { statement("select :idd", named("id", 7), named("name", 1)); }),
              "no value is given for parameter :idd|did you mean :id?");
    EXPECT_EQ(refusal([] { statement("select :quantity", named("id", 7), named("name", 1)); }),
              "no value is given for parameter :quantity|given are: :id, :name");
    EXPECT_EQ(refusal([] { statement("select :id", named("id", 7), named("nam", 1)); }),
              "the statement has no parameter :nam|it has: :id");
    EXPECT_EQ(refusal([] { statement("select :id, :name", named("id", 7), named("nam", 1)); }),
              "no value is given for parameter :name|did you mean :nam?");
    EXPECT_EQ(refusal([] { statement("select 1", named("id", 7)); }), "the statement has no parameter :id|");
    EXPECT_EQ(refusal([] { statement("select :id", named("id", 7), named("id", 8)); }),
              "parameter :id is given twice|");
    EXPECT_EQ(refusal([] { statement("select :id, $1", named("id", 7)); }),
              "the statement has $1, but its parameters have names|a statement has either named parameters or "
              "positional ones");
    EXPECT_EQ(refusal([] { statement("select :id, $1", named("id", 7), 8); }),
              "the statement is given values with and without names|a statement has either named parameters or "
              "positional ones");
    const std::string twice = "two members have that name, or a member and a value of its own";
    EXPECT_EQ(refusal([] { statement("select :id", named(shop::customer()), named("id", 7)); }),
              "parameter :id is given twice|" + twice);
    EXPECT_EQ(refusal([] { statement("select :firstName", named(shop::address())); }),
              "parameter :firstName is given twice|" + twice);
    EXPECT_EQ(shown(statement("select :first_name", named(shop::address{"s", "f", "F"}))), "select $1 <- f");
}

TEST(named_parameters, texts_whose_meaning_is_open) {
    EXPECT_EQ(refusal([] { statement("select '\\', :a, ''", named("a", 1)); }),
              "where a string of the statement ends depends on the server's standard_conforming_strings|write strings "
              "with backslashes as E'…', with doubled backslashes");
    EXPECT_EQ(refusal([] { statement("select :a, 'x", named("a", 1)); }),
              "the statement has a string, a quoted name or a comment that doesn't end|");
    EXPECT_EQ(shown(statement("select '\\d', :a", named("a", 1))), "select '\\d', $1 <- 1");
}

TEST(named_parameters, messages_have_names_and_no_values) {
    using namespace std::string_literals;
    const std::string expected =
        "parameter :name: contains a NUL byte|PostgreSQL's text types can't hold one; bytea can";
    EXPECT_EQ(refusal([] { statement("select :name", named("name", "secret\0x"s)); }), expected);
    EXPECT_EQ(refusal([] { statement::with("select :name", {{"name", "secret\0x"s}}); }), expected);
    EXPECT_EQ(refusal([] {
                  shop::customer ada;
                  ada.firstName = "secret\0x"s;
                  statement("select :firstName", named(ada));
              }),
              "parameter :firstName: contains a NUL byte|PostgreSQL's text types can't hold one; bytea can");
}

} // namespace
