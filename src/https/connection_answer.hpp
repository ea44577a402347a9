// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_HTTPS_CONNECTION_ANSWER_HPP
#define COROPQ_SRC_HTTPS_CONNECTION_ANSWER_HPP

#include <coropq/https/connection_parameters.hpp>

#include "https/https_get.hpp"

#include <string>
#include <string_view>

namespace coropq::detail {

/// The body of an answer with status 200. Throws `authentication_error`, which names the member and shows nothing of
/// the body; `where` begins its text.
query_service::connection_parameters parse_connection_parameters(std::string_view body, const std::string& where);

/// What to say about an answer with another status: the status, and the message in the body if it is JSON and has one.
/// The secrets, and pieces of them, are left out of that.
[[noreturn]] void refuse_answer(const https_answer& answer, const std::string& where, const secret& token,
                                const secret& key);

} // namespace coropq::detail

#endif
