// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_TYPES_UUID_HPP
#define COROPQ_TYPES_UUID_HPP

#include <coropq/detail/one_type.hpp>
#include <coropq/types/codec.hpp>

#include <boost/uuid/uuid.hpp>

namespace coropq {

/// boost::uuids::uuid ↔ uuid
template <>
struct codec<boost::uuids::uuid> : detail::one_type<type_oid::uuid> {
    static void encode(const boost::uuids::uuid& value, value_writer& writer);
    static boost::uuids::uuid decode(const value_view& value);
};

} // namespace coropq

#endif
