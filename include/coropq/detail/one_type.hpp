// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_ONE_TYPE_HPP
#define COROPQ_DETAIL_ONE_TYPE_HPP

#include <coropq/types/codec.hpp>

#include <cstdint>

namespace coropq::detail {

/// The part of a codec that says: parameters are of that type, and columns of that type only are read.
template <std::uint32_t Type>
struct one_type {
    static constexpr type_reference type() { return Type; }
    static bool accepts(std::uint32_t type, const type_catalog&) { return type == Type; }
};

} // namespace coropq::detail

#endif
