// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Every C++ type without parts, from any bytes.

#include "fuzz/decode_scalars.hpp"

#include <coropq/types/bit_string.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/chrono_codecs.hpp>
#include <coropq/types/date_time.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/geometry.hpp>
#include <coropq/types/identifiers.hpp>
#include <coropq/types/money.hpp>
#include <coropq/types/scalar_codecs.hpp>

#include <array>
#include <bitset>
#include <chrono>

namespace coropq::fuzz {
namespace {

using namespace std::chrono;

// New ones go to the end of their list: seeds name them by their number.
std::span<const decoder> simple() {
    return decoders_of<bool, std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
                       std::int64_t, std::uint64_t, float, double, std::string, std::string_view, char, decimal, money,
                       std::vector<std::byte>, std::span<const std::byte>, std::array<std::byte, 4>, bit_string,
                       std::bitset<13>, coropq::oid, xid, xid8, tid, pg_lsn, point, line, line_segment, box, path,
                       polygon, circle>();
}

std::span<const decoder> times() {
    return decoders_of<date, time_of_day, time_of_day_tz, timestamp, timestamptz, interval, sys_days, local_days,
                       year_month_day, hh_mm_ss<microseconds>, local_time<nanoseconds>, local_time<seconds>,
                       sys_time<microseconds>, sys_time<nanoseconds>, sys_time<hours>, microseconds, nanoseconds, hours,
                       duration<std::int32_t>, duration<double>>();
}

} // namespace
} // namespace coropq::fuzz

using namespace coropq::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::span<const decoder> families[] = {simple(), times(), decoders_of_boost()};
    choices choice(data, size);
    decode_one(choice, families, coropq::type_catalog::built_in());
    return 0;
}
