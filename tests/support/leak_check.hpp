// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_SUPPORT_LEAK_CHECK_HPP
#define COROPQ_TESTS_SUPPORT_LEAK_CHECK_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace coropq::test {

/// The longest piece of the secret, of at least that many bytes, that stands in the text; empty when there is none. A
/// secret shorter than a piece is looked for as a whole.
///
///     EXPECT_EQ(leaked_piece(token, error.what()), "");
///
/// Pieces, since what escapes is seldom the whole: libpq prints what follows the first `:` or `/` for instance.
std::string leaked_piece(std::string_view secret, std::string_view text, std::size_t piece_size = 8);

/// A token that stands out: three base64url parts, of that many characters in all (at least 100), with no piece of
/// eight characters twice. The same for the same seed.
std::string marked_token(std::size_t size = 1634, unsigned seed = 1);

} // namespace coropq::test

#endif
