// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_DIALECT_PROTOCOL_CHOICE_HPP
#define COROPQ_SRC_DIALECT_PROTOCOL_CHOICE_HPP

#include <coropq/options.hpp>
#include <coropq/statement.hpp>

namespace coropq::detail {

/// Whether nothing is sent in pipeline mode.
inline bool avoids_pipelines(const statement_options& options) noexcept {
    return options.simple_protocol() || options.simple_without_parameters();
}

/// Whether a statement is sent with the simple protocol. One that asks for what that doesn't have isn't.
inline bool goes_simply(const statement_options& options, const statement& work) noexcept {
    return work.simple_protocol() || options.simple_protocol() ||
           (options.simple_without_parameters() && work.parameter_count() == 0 && work.prepare() != true &&
            work.results() != result_format::binary);
}

} // namespace coropq::detail

#endif
