// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_SQLALCHEMY_SHAPE_HPP
#define COROPQ_TESTS_INTEGRATION_SQLALCHEMY_SHAPE_HPP

#include <coropq/inspect/inspector.hpp>

#include <boost/json/value.hpp>

#include <map>
#include <optional>
#include <vector>

namespace coropq::test {

/// The types that a database's users have made, by their real names: SQLAlchemy puts what they are into each column.
struct types_of_users {
    std::map<reflected::qualified_name, reflected::enum_type> enums;
    std::map<reflected::qualified_name, reflected::domain_type> domains;
};

// What SQLAlchemy's Inspector would make of the same: the keys of its dictionaries, and its words. Where it leaves
// something out, so do these only if it is known from the rest; what it doesn't know at all, such as that a foreign key
// isn't validated, gets a key of our own.

boost::json::value shape_of(const reflected::data_type& type, const types_of_users& types);
boost::json::value shape_of(const std::vector<reflected::column>& columns, const types_of_users& types);
boost::json::value shape_of(const std::optional<reflected::primary_key>& key);
boost::json::value shape_of(const std::vector<reflected::foreign_key>& keys);
boost::json::value shape_of(const std::vector<reflected::unique_constraint>& constraints);
boost::json::value shape_of(const std::vector<reflected::check_constraint>& constraints);
boost::json::value shape_of(const std::vector<reflected::index>& indexes);
boost::json::value shape_of(const std::optional<std::string>& comment);
boost::json::value shape_of(const reflected::table_options& options);
boost::json::value shape_of(const std::vector<reflected::enum_type>& enums);
boost::json::value shape_of(const std::vector<reflected::domain_type>& domains);

} // namespace coropq::test

#endif
