// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_INTEGRATION_SQLALCHEMY_COMPARISON_HPP
#define COROPQ_TESTS_INTEGRATION_SQLALCHEMY_COMPARISON_HPP

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::test {

/// A place where two answers are not the same.
struct difference {
    /// The way to it: database, "schemas", schema, "columns", table, column, "type" … The last is "(order)" where two
    /// lists contain the same in another order.
    std::vector<std::string> path;
    std::optional<boost::json::value> ours;   ///< Nothing: it isn't there.
    std::optional<boost::json::value> theirs; ///< Likewise.

    /// Whether that is among the steps of the path.
    bool is_in(std::string_view step) const;
    /// A step of the path, counted from its end: 0 is the last. Empty if there are fewer.
    std::string_view last(std::size_t n = 0) const;
    std::string text() const;
};

/// Makes texts of expressions comparable: the server writes them with more or fewer parentheses and line breaks,
/// depending on which of its functions is asked. Both are left out, except between quotes, of all that is known to be
/// SQL.
void normalise_sql(boost::json::value& answers);

/// All of them. Objects are compared by their keys; lists of objects with names by these, other lists as sets.
std::vector<difference> differences(std::string name, const boost::json::value& ours, const boost::json::value& theirs);

} // namespace coropq::test

#endif
