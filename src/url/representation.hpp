// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_REPRESENTATION_HPP
#define COROPQ_SRC_URL_REPRESENTATION_HPP

#include <coropq/url.hpp>

#include <optional>
#include <string>
#include <vector>

namespace coropq {

/// The parts of a URL in the form in which they are kept, checked by `url::create`.
struct url::representation {
    std::string drivername;
    std::optional<std::string> user;
    std::optional<secret> password;
    std::vector<host_port> authority; ///< What stands in front of the database.
    std::optional<std::string> host;  ///< The first host of `authority`, absent if it is empty and the only one.
    std::optional<std::string> database;
    query_parameters query;       ///< Each name once.
    std::vector<host_port> hosts; ///< What `url::hosts` gives.
};

} // namespace coropq

#endif
