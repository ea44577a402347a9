// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Every C++ type with parts, and those with OIDs of their own in each database, from any bytes.

#include "fuzz/decoder.hpp"

#include <coropq/types/array.hpp>
#include <coropq/types/bytea.hpp>
#include <coropq/types/composite.hpp>
#include <coropq/types/date_time.hpp>
#include <coropq/types/decimal.hpp>
#include <coropq/types/enumeration.hpp>
#include <coropq/types/geometry.hpp>
#include <coropq/types/hstore.hpp>
#include <coropq/types/range.hpp>
#include <coropq/types/scalar_codecs.hpp>
#include <coropq/types/variant.hpp>

#include "unit/type_text_examples.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace coropq::fuzz {
namespace {

enum class mood { sad, ok, very_happy };
BOOST_DESCRIBE_ENUM(mood, sad, ok, very_happy)

struct pair {
    std::optional<std::string> a;
    std::optional<int> b;
};
BOOST_DESCRIBE_STRUCT(pair, (), (a, b))

struct nested {
    std::optional<pair> one;
    std::vector<std::optional<pair>> more;
};
BOOST_DESCRIBE_STRUCT(nested, (), (one, more))

struct nothing {};
BOOST_DESCRIBE_STRUCT(nothing, (), ())

template <typename T>
using cube = std::vector<std::vector<std::vector<T>>>;
using optional_text = std::optional<std::string>;

// New ones go to the end of their list: seeds name them by their number.
std::span<const decoder> arrays() {
    return decoders_of<std::vector<int>, std::vector<std::optional<std::int64_t>>, std::vector<bool>,
                       std::vector<std::string>, std::vector<std::string_view>, std::vector<std::vector<int>>,
                       cube<optional_text>, std::array<double, 3>, std::array<std::vector<short>, 2>, array<int>,
                       array<std::optional<decimal>>, array<optional_text>, std::vector<box>,
                       std::vector<std::vector<std::byte>>, std::vector<mood>, std::vector<pair>, array<range<int>>,
                       std::vector<timestamptz>, std::vector<hstore>, array<std::variant<int, std::string>>>();
}

std::span<const decoder> ranges() {
    return decoders_of<range<int>, range<std::int64_t>, range<decimal>, range<date>, range<timestamp>,
                       range<timestamptz>, range<std::string>, multirange<int>, multirange<decimal>, multirange<date>,
                       multirange<std::string>, range<std::vector<int>>>();
}

std::span<const decoder> composites() {
    return decoders_of<mood, hstore, pair, nested, nothing, std::tuple<>, std::tuple<int>,
                       std::tuple<optional_text, std::optional<int>>, std::pair<std::string, pair>,
                       std::tuple<pair, std::vector<pair>>, std::tuple<std::tuple<std::optional<std::tuple<int>>>>,
                       std::pair<std::vector<std::optional<mood>>, std::vector<std::byte>>,
                       std::tuple<std::string_view, double, bool>>();
}

std::span<const decoder> variants() {
    return decoders_of<std::monostate, std::variant<std::monostate, bool, int, double, decimal, std::string>,
                       std::variant<std::vector<int>, range<int>, pair, std::string>,
                       std::variant<int, std::string_view>, std::variant<std::int64_t, decimal>>();
}

} // namespace
} // namespace coropq::fuzz

using namespace coropq::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::span<const decoder> families[] = {arrays(), ranges(), composites(), variants()};
    choices choice(data, size);
    decode_one(choice, families, coropq::test::example_types());
    return 0;
}
