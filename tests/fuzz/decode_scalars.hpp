// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TESTS_FUZZ_DECODE_SCALARS_HPP
#define COROPQ_TESTS_FUZZ_DECODE_SCALARS_HPP

#include "fuzz/decoder.hpp"

#include <span>

namespace coropq::fuzz {

std::span<const decoder> decoders_of_boost();

} // namespace coropq::fuzz

#endif
