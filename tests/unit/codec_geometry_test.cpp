// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/geometry.hpp>

#include "codec_support.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace codec_support;
namespace type_oid = coropq::type_oid;

TEST(codec_geometry, shapes) {
    using namespace coropq;
    const path closed{{{0, 0}, {1, 2}}, true};
    EXPECT_EQ(hex(encoded(closed)), "0100000002000000000000000000000000000000003ff00000000000004000000000000000");
    EXPECT_EQ(hex(encoded(circle{{1, 2}, 3})), "3ff000000000000040000000000000004008000000000000");
    EXPECT_EQ(hex(encoded(box{{3, 4}, {1, 2}})), "400800000000000040100000000000003ff00000000000004000000000000000");
    EXPECT_EQ(to_string(closed), "((0,0),(1,2))");
    EXPECT_EQ(to_string(path{{{0, 0}, {1, 2}}}), "[(0,0),(1,2)]");
    EXPECT_EQ(to_string(circle{{1, 2}, 3}), "<(1,2),3>");
    EXPECT_EQ(to_string(line{1, -1, 0.5}), "{1,-1,0.5}");
    EXPECT_EQ(from_text<box>("(3,4),(1,2)", type_oid::box), (box{{3, 4}, {1, 2}}));
    expect_round_trip(point{-0.1, HUGE_VAL});
    expect_round_trip(line{1, 2, 3});
    expect_round_trip(line_segment{{1, 2}, {3, 4}});
    expect_round_trip(polygon{{{1, 2}, {3, 4}, {5, 6}}});
    expect_round_trip(closed);
    EXPECT_THROW(encoded(polygon()), value_error);
    EXPECT_THROW(encoded(path()), value_error);
    EXPECT_THROW(from_hex<polygon>("7fffffff", type_oid::polygon), value_error);
    EXPECT_THROW(from_hex<polygon>("ffffffff", type_oid::polygon), value_error);
    expect_total<point>(encoded(point()), type_oid::point);
    expect_total<line>(encoded(line{1, 2, 3}), type_oid::line);
    expect_total<line_segment>(encoded(line_segment()), type_oid::lseg);
    expect_total<box>(encoded(box()), type_oid::box);
    expect_total<path>(encoded(closed), type_oid::path);
    expect_total<polygon>(encoded(polygon{{{1, 2}}}), type_oid::polygon);
    expect_total<circle>(encoded(circle()), type_oid::circle);
}

} // namespace
