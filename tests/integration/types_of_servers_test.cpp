// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Network addresses, bit strings, shapes, and what the server numbers its own things with.

#include "types_support.hpp"

#include <bitset>
#include <limits>

namespace {

using namespace coropq::test;
using boost::asio::ip::address;
using boost::asio::ip::make_address;
using boost::asio::ip::make_network_v4;
using boost::asio::ip::make_network_v6;
using boost::asio::ip::network_v4;
using boost::asio::ip::network_v6;
using coropq::bit_string;
using coropq::inet;

struct types_of_servers : types_with_generators {
    address any_address() {
        if (below(2) == 0)
            return boost::asio::ip::address_v4(static_cast<std::uint32_t>(bits()));
        boost::asio::ip::address_v6::bytes_type bytes{};
        for (std::size_t i = 0; i != 16; i += 2) // zeros in a row are written in another way
            if (below(2) == 0) {
                bytes[i] = below(2) == 0 ? 0xFF : static_cast<unsigned char>(bits() & 255U);
                bytes[i + 1] = below(2) == 0 ? 0xFF : static_cast<unsigned char>(bits() & 255U);
            }
        return boost::asio::ip::address_v6(bytes);
    }
    double any_double() { return static_cast<double>(static_cast<std::int64_t>(bits()) >> below(64)) / 1024; }
    coropq::point any_point() { return {any_double(), any_double()}; }
    std::vector<coropq::point> any_points() {
        return many([&] { return any_point(); }, 1 + below(5));
    }
    template <typename T>
    void expect_numbers(const std::string& type) {
        using limits = std::numeric_limits<decltype(T().value)>;
        expect_sent<T>(type, {T{0}, T{1}, T{limits::max()}});
        expect_sent(type, many([&] { return T{static_cast<decltype(T().value)>(bits() >> below(64))}; }));
        expect_null<T>(type);
        expect_refused<T>("1", "this type can't be read as");
    }
};

TEST_F(types_of_servers, addresses) {
    expect_value("inet", inet{make_address("10.0.0.1"), 32}, "10.0.0.1");
    expect_value("inet", inet{make_address("10.1.2.3"), 8}, "10.1.2.3/8");
    expect_value("inet", inet{make_address("0.0.0.0"), 0}, "0.0.0.0/0");
    expect_value("inet", inet{make_address("::"), 128}, "::");
    expect_value("inet", inet{make_address("::ffff:1.2.3.4"), 128}, "::ffff:1.2.3.4");
    expect_value("inet", inet{make_address("2001:db8::1"), 0}, "2001:db8::1/0");
    expect_value("cidr", inet{make_address("10.0.0.0"), 8, true}, "10.0.0.0/8");
    expect_value("cidr", inet{make_address("10.0.0.1"), 32, true}, "10.0.0.1/32");
    expect_value("cidr", inet{make_address("2001:db8::"), 32, true}, "2001:db8::/32");
    expect_null<inet>("inet");
    expect_sent("inet", many([&] {
                    const address made = any_address();
                    return inet{made, static_cast<std::uint8_t>(below(made.is_v4() ? 33 : 129))};
                }));
    expect_generated<inet>("inet",
                           "select set_masklen('0.0.0.0'::inet + (pg_temp.any_bits() & 4294967295), n % 33) from "
                           "generate_series(1, 3000) n");
    expect_generated<std::string>("cidr",
                                  "select set_masklen('::'::inet + (pg_temp.any_bits() >> 1 & 1099511627775), n % "
                                  "129)::cidr from generate_series(1, 3000) n");
    for (const way how : all_ways) {
        const auto row = execute(how, coropq::statement("select '10.0.0.0/8'::cidr, '::1'::inet, '10.1.1.1/8'::inet, "
                                                        "'1::/16'::cidr"));
        EXPECT_EQ(row[0][0].as<inet>(), (inet{make_address("10.0.0.0"), 8, true}));
        EXPECT_EQ(row[0][0].as<network_v4>(), make_network_v4("10.0.0.0/8"));
        EXPECT_EQ(row[0][1].as<address>(), make_address("::1"));
        EXPECT_EQ(row[0][2].as<network_v4>(), make_network_v4("10.1.1.1/8"));
        EXPECT_EQ(row[0][3].as<network_v6>(), make_network_v6("1::/16"));
    }
    EXPECT_THROW(coropq::statement("select $1", inet{make_address("10.0.0.0"), 33}), coropq::option_error);
    EXPECT_THROW(execute("select $1", inet{make_address("10.0.0.1"), 8, true}), coropq::server_error);
}

TEST_F(types_of_servers, addresses_of_asio) {
    expect_value("inet", make_address("10.0.0.1"), "10.0.0.1");
    expect_value("inet", make_address("::1"), "::1");
    expect_value("inet", make_network_v4("10.1.2.3/8"), "10.1.2.3/8");
    expect_value("inet", make_network_v6("2001:db8::1/64"), "2001:db8::1/64");
    expect_null<address>("inet");
    expect_null<network_v4>("inet");
    expect_sent("inet", many([&] { return any_address(); }));
    expect_refused<address>("'10.0.0.0/8'::inet");
    expect_refused<network_v4>("'::1'::inet");
    expect_refused<network_v6>("'10.0.0.0/8'::inet");
    expect_refused<address>("'10.0.0.1'::text", "this type can't be read as");
}

TEST_F(types_of_servers, hardware_addresses) {
    expect_value("macaddr", coropq::mac_address{{8, 0, 0x2B, 1, 2, 255}}, "08:00:2b:01:02:ff");
    expect_value("macaddr8", coropq::mac_address8{{8, 0, 0x2B, 1, 2, 3, 4, 255}}, "08:00:2b:01:02:03:04:ff");
    expect_null<coropq::mac_address>("macaddr");
    expect_null<coropq::mac_address8>("macaddr8");
    const auto fill = [&](auto value) {
        for (auto& byte : value.bytes)
            byte = static_cast<std::uint8_t>(bits() & 255U);
        return value;
    };
    expect_sent("macaddr", many([&] { return fill(coropq::mac_address()); }));
    expect_sent("macaddr8", many([&] { return fill(coropq::mac_address8()); }));
    expect_refused<coropq::mac_address>("'08:00:2b:01:02:03:04:05'::macaddr8", "this type can't be read as");
}

TEST_F(types_of_servers, bit_strings) {
    for (const std::string text : {"", "0", "1", "10110011", "101100111", "0000000000000000"})
        expect_value("varbit", bit_string::parse(text), text);
    expect_value("bit(3)", bit_string::parse("101"), "101");
    expect_value("bit(5)", std::bitset<5>("10110"), "10110");
    expect_value("varbit", std::bitset<0>(), "");
    expect_value("varbit", std::bitset<70>("1" + std::string(69, '0')), "1" + std::string(69, '0'));
    expect_null<bit_string>("varbit");
    expect_null<std::bitset<3>>("bit(3)");
    expect_sent("varbit", many([&] {
                    bit_string made;
                    for (std::size_t i = below(70); i != 0; --i)
                        made.push_back(below(2) == 0);
                    return made;
                }));
    expect_generated<bit_string>("bit(13)",
                                 "select pg_temp.any_bits()::bit(64)::bit(13) from generate_series(1, 3000)");
    expect_generated<std::bitset<64>>("bit(64)", "select pg_temp.any_bits()::bit(64) from generate_series(1, 3000)");
    expect_refused<std::bitset<3>>("'10'::varbit");
    expect_refused<bit_string>("'10'::text", "this type can't be read as");
}

TEST_F(types_of_servers, shapes) {
    using namespace coropq;
    expect_value("point", point{1.5, -2}, "(1.5,-2)");
    expect_value("point", point{std::numeric_limits<double>::infinity(), -0.0}, "(Infinity,-0)");
    expect_value("line", line{1, -1, 0}, "{1,-1,0}");
    expect_value("lseg", line_segment{{0, 0}, {1, 1e300}}, "[(0,0),(1,1e+300)]");
    expect_value("box", box{{3, 4}, {1, 2}}, "(3,4),(1,2)");
    expect_value("path", path{{{0, 0}, {1, 1}}, true}, "((0,0),(1,1))");
    expect_value("path", path{{{0, 0}}, false}, "[(0,0)]");
    expect_value("polygon", polygon{{{0, 0}, {1, 0}, {0, 1}}}, "((0,0),(1,0),(0,1))");
    expect_value("circle", circle{{1, 2}, 0.5}, "<(1,2),0.5>");
    expect_null<point>("point");
    expect_null<box>("box");
    expect_null<path>("path");
    expect_null<polygon>("polygon");
    expect_null<circle>("circle");
    expect_null<line>("line");
    expect_null<line_segment>("lseg");
    expect_sent("point", many([&] { return any_point(); }));
    expect_sent("lseg", many([&] { return line_segment{any_point(), any_point()}; }));
    expect_sent("line", many([&] { return line{any_double(), 1.5, any_double()}; }));
    expect_sent("box", many([&] {
                    const point low = any_point();
                    return box{{low.x + static_cast<double>(below(1000)), low.y + 1e20}, low};
                }));
    expect_sent("path", many([&] { return path{any_points(), below(2) == 0}; }));
    expect_sent("polygon", many([&] { return polygon{any_points()}; }));
    expect_sent("circle", many([&] { return circle{any_point(), static_cast<double>(below(1000)) / 7}; }));
    // Whichever corners are given.
    EXPECT_EQ(execute("select $1", box{{1, 4}, {3, 2}})[0][0].as<box>(), (box{{3, 4}, {1, 2}}));
    expect_refused<point>("'(1,1),(0,0)'::box", "this type can't be read as");
    // At least one point, and a radius that isn't negative: said by the library or by the server.
    EXPECT_THROW(execute("select $1", path{}), error);
    EXPECT_THROW(execute("select $1", polygon{}), error);
    EXPECT_THROW(execute("select $1", circle{{0, 0}, -1}), error);
    EXPECT_THROW(execute("select $1", line{0, 0, 1}), error);
}

TEST_F(types_of_servers, numbers_of_its_own) {
    expect_numbers<coropq::oid>("oid");
    expect_numbers<coropq::xid>("xid");
    expect_numbers<coropq::xid8>("xid8");
    expect_numbers<coropq::pg_lsn>("pg_lsn");
    expect_value("oid", coropq::oid{4294967295}, "4294967295");
    expect_value("xid8", coropq::xid8{~std::uint64_t(0)}, "18446744073709551615");
    expect_value("pg_lsn", coropq::pg_lsn{0x16B374D848}, "16/B374D848");
    expect_value("tid", coropq::tid{0, 1}, "(0,1)");
    expect_value("tid", coropq::tid{4294967295, 65535}, "(4294967295,65535)");
    expect_null<coropq::tid>("tid");
    expect_sent("tid", many([&] {
                    return coropq::tid{static_cast<std::uint32_t>(bits()), static_cast<std::uint16_t>(bits())};
                }));
    const auto row = execute("select ctid, xmin, oid, tableoid from pg_class where relname = 'pg_class'");
    EXPECT_EQ(row[0][2].as<coropq::oid>(), coropq::oid{1259});
    EXPECT_GE(row[0][0].as<coropq::tid>().offset, 1);
    EXPECT_GT(row[0][1].as<coropq::xid>().value, 0U);
}

} // namespace
