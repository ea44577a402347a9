// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/uuid.hpp>

#include "types/reading.hpp"

#include <cstring>

namespace coropq {

void codec<boost::uuids::uuid>::encode(const boost::uuids::uuid& value, value_writer& writer) {
    for (const std::uint8_t byte : value)
        writer.write(byte);
}

boost::uuids::uuid codec<boost::uuids::uuid>::decode(const value_view& value) {
    boost::uuids::uuid result{};
    if (value.size() != boost::uuids::uuid::static_size())
        detail::senseless();
    std::memcpy(&*result.begin(), value.text().data(), boost::uuids::uuid::static_size());
    return result;
}

} // namespace coropq
