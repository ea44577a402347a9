// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_CREDENTIALS_CREDENTIALS_TEXT_HPP
#define COROPQ_SRC_CREDENTIALS_CREDENTIALS_TEXT_HPP

#include <coropq/credential_provider.hpp>

#include <string>
#include <string_view>

namespace coropq::detail {

/// Credentials from a text: a password or token as it is, or one of the JSON objects that `credentials_from_file`
/// names. `subject`, for messages: "the credentials file /some/path". Throws `url_error` with
/// `errc::invalid_credentials_file`; the message shows nothing of the text.
credentials parse_credentials(std::string_view text, const std::string& subject);

} // namespace coropq::detail

#endif
