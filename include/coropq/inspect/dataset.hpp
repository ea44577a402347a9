// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_DATASET_HPP
#define COROPQ_INSPECT_DATASET_HPP

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>

namespace coropq::reflected {

/// A dataset of Adobe Experience Platform, as `SHOW TABLES` of Query Service lists them. A session that is limited to a
/// database or schema only says `name` and `type`.
struct dataset {
    std::string name;                       ///< Of the table.
    std::optional<std::string> id;          ///< Of the dataset.
    std::optional<std::string> title;       ///< The dataset's own name.
    std::optional<std::string> description; ///< Empty or missing if it has none.
    std::optional<bool> resolved;           ///< As the server says; nothing if it says something else.
    std::optional<std::string> type;

    friend bool operator==(const dataset&, const dataset&) = default;
};
BOOST_DESCRIBE_STRUCT(dataset, (), (name, id, title, description, resolved, type))

std::ostream& operator<<(std::ostream& stream, const dataset& value);

} // namespace coropq::reflected

#endif
