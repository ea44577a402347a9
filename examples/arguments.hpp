// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_ARGUMENTS_HPP
#define COROPQ_EXAMPLES_ARGUMENTS_HPP

// The arguments of the larger examples: options, and the URL of a database as the only argument without a name.

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <optional>
#include <stdexcept>
#include <string>

namespace example {

/// What can't be understood of a command line. Repeats no argument: one of them may hold a password.
struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws `usage_error`. The argument without a name becomes "url".
boost::program_options::variables_map parse_arguments(int argc, const char* const* argv,
                                                      boost::program_options::options_description all);

/// "url" or else COROPQ_URL of the environment, not parsed. Throws `usage_error` when there is neither.
std::string url_text(const boost::program_options::variables_map& given);

} // namespace example

#endif
