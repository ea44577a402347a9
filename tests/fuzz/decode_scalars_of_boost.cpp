// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fuzz/decode_scalars.hpp"

#include <coropq/types/json.hpp>
#include <coropq/types/multiprecision.hpp>
#include <coropq/types/network.hpp>
#include <coropq/types/uuid.hpp>

namespace coropq::fuzz {

// New ones go to the end: seeds name them by their number.
std::span<const decoder> decoders_of_boost() {
    return decoders_of<boost::json::value, boost::multiprecision::cpp_dec_float_50,
                       boost::multiprecision::cpp_dec_float_100, boost::uuids::uuid, boost::asio::ip::address,
                       boost::asio::ip::network_v4, boost::asio::ip::network_v6, inet, mac_address, mac_address8>();
}

} // namespace coropq::fuzz
