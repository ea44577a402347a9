// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "operation/random_factor.hpp"

#include <random>

namespace coropq::detail {

double random_factor() {
    thread_local std::minstd_rand generator(std::random_device{}());
    return std::uniform_real_distribution<double>(0.5, 1.5)(generator);
}

} // namespace coropq::detail
