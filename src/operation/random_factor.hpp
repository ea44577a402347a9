// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_OPERATION_RANDOM_FACTOR_HPP
#define COROPQ_SRC_OPERATION_RANDOM_FACTOR_HPP

namespace coropq::detail {

/// Between 0.5 and 1.5: what a delay is multiplied by, so that those who failed together don't all come back together.
double random_factor();

} // namespace coropq::detail

#endif
