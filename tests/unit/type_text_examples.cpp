// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "type_text_examples.hpp"

#include <coropq/types/type_oid.hpp>

#include <memory>

namespace coropq::test {

namespace {

namespace oid = example_oid;
using namespace type_oid;

type_description describe(std::uint32_t type_number, std::string type_name, type_kind kind, std::uint32_t element = 0) {
    type_description type;
    type.oid = type_number;
    type.name = std::move(type_name);
    type.kind = kind;
    type.element = element;
    return type;
}

std::shared_ptr<const type_catalog> make_types() {
    type_description citext = describe(oid::citext, "citext", type_kind::base);
    citext.has_text_bytes = true;
    type_description hstore = describe(oid::hstore, "hstore", type_kind::base);
    hstore.is_hstore = true;
    type_description pair = describe(oid::pair, "pair", type_kind::composite);
    pair.attributes = {{"a", text}, {"b", oid::small}};
    type_description nested = describe(oid::nested, "nested", type_kind::composite);
    nested.attributes = {{"one", oid::pair}, {"more", oid::pair_array}};
    type_description itself = describe(oid::composite_of_itself, "itself", type_kind::composite);
    itself.attributes = {{"a", oid::composite_of_itself}, {"b", oid::composite_of_itself}};
    return type_catalog::built_in().with(
        {describe(oid::mood, "mood", type_kind::enumeration), citext, hstore,
         describe(oid::small, "small", type_kind::domain, int4),
         describe(oid::small_array, "small[]", type_kind::array, oid::small), pair,
         describe(oid::pair_array, "pair[]", type_kind::array, oid::pair), nested,
         describe(oid::text_range, "text_range", type_kind::range, text),
         describe(oid::text_multirange, "text_multirange", type_kind::multirange, oid::text_range),
         describe(oid::no_attributes, "no_attributes", type_kind::composite),
         describe(oid::circle_a, "circle_a", type_kind::domain, oid::circle_b),
         describe(oid::circle_b, "circle_b", type_kind::domain, oid::circle_a),
         describe(oid::array_of_itself, "array_of_itself", type_kind::array, oid::array_of_itself),
         describe(oid::range_of_itself, "range_of_itself", type_kind::range, oid::range_of_itself), itself});
}

constexpr std::uint32_t int4_array = 1007, text_array = 1009, box_array = 1020;

const example all_examples[] = {
    {boolean, "t", "01"},
    {boolean, "f", "00"},
    {int2, "0", "0000"},
    {int2, "32767", "7fff"},
    {int2, "-32768", "8000"},
    {int4, "-1", "ffffffff"},
    {int4, "2147483647", "7fffffff"},
    {int4, "-2147483648", "80000000"},
    {int8, "9223372036854775807", "7fffffffffffffff"},
    {int8, "-9223372036854775808", "8000000000000000"},
    {type_oid::oid, "4294967295", "ffffffff"},
    {xid, "0", "00000000"},
    {cid, "3000000000", "b2d05e00"},
    {xid8, "18446744073709551615", "ffffffffffffffff"},
    {tid, "(4294967295,65535)", "ffffffff ffff"},
    {tid, "(0,1)", "00000000 0001"},
    {float4, "0", "00000000"},
    {float4, "-0", "80000000"},
    {float4, "1.5", "3fc00000"},
    {float4, "0.1", "3dcccccd"},
    {float4, "123456", "47f12000"},
    {float4, "1e+06", "49742400"},
    {float4, "0.0001", "38d1b717"},
    {float4, "1e-05", "3727c5ac"},
    {float4, "3.4028235e+38", "7f7fffff"},
    {float4, "1e-45", "00000001"},
    {float4, "Infinity", "7f800000"},
    {float4, "-Infinity", "ff800000"},
    {float4, "NaN", "7fc00000"},
    {float8, "0", "0000000000000000"},
    {float8, "-0", "8000000000000000"},
    {float8, "0.1", "3fb999999999999a"},
    {float8, "100000000000000", "42d6bcc41e900000"},
    {float8, "1e+15", "430c6bf526340000"},
    {float8, "-1.25e+100", "d4b6dc186ef9f45c"},
    {float8, "9.999999999999999e+22", "44b52d02c7e14af6"}, // 1e23 lies between two numbers
    {float8, "1.7976931348623157e+308", "7fefffffffffffff"},
    {float8, "5e-324", "0000000000000001"},
    {float8, "Infinity", "7ff0000000000000"},
    {float8, "-Infinity", "fff0000000000000"},
    {float8, "NaN", "7ff8000000000000"},
    {numeric, "0", "0000 0000 0000 0000"},
    {numeric, "0.00", "0000 0000 0000 0002"},
    {numeric, "1", "0001 0000 0000 0000 0001"},
    {numeric, "-1", "0001 0000 4000 0000 0001"},
    {numeric, "10000", "0001 0001 0000 0000 0001"},
    {numeric, "100000000.00", "0001 0002 0000 0002 0001"},
    {numeric, "0.0001", "0001 ffff 0000 0004 0001"},
    {numeric, "0.00001", "0001 fffe 0000 0005 03e8"},
    {numeric, "-12345.678900", "0003 0001 4000 0006 0001 0929 1a85"},
    {numeric, "1000000000001.000000000001", "0007 0003 0000 000c 0001 0000 0000 0001 0000 0000 0001"},
    {numeric, "NaN", "0000 0000 c000 0000"},
    {numeric, "Infinity", "0000 0000 d000 0020"},
    {numeric, "-Infinity", "0000 0000 f000 0020"},
    {text, "", ""},
    {text, "a\"\\ b", "61 22 5c 20 62"},
    {varchar, "x", "78"},
    {bpchar, "x  ", "782020"},
    {name, "x", "78"},
    {unknown_literal, "x", "78"},
    {cstring, "x", "78"},
    {refcursor, "x", "78"},
    {json, "{ \"a\" : 1 }", "7b20226122203a2031207d"},
    {jsonb, "{\"a\": 1}", "01 7b2261223a20317d"},
    {char_type, "", "00"},
    {char_type, "a", "61"},
    {char_type, "\\", "5c"},
    {char_type, "\\200", "80"},
    {char_type, "\\377", "ff"},
    {bytea, "\\x", ""},
    {bytea, "\\x00ff5c27", "00ff5c27"},
    {bit, "101", "00000003 a0"},
    {bit, "11111111", "00000008 ff"},
    {varbit, "", "00000000"},
    {varbit, "000000001", "00000009 0080"},
    {uuid, "00010203-0405-0607-0809-0a0b0c0d0eff", "000102030405060708090a0b0c0d0eff"},
    {pg_lsn, "0/0", "0000000000000000"},
    {pg_lsn, "FFFFFFFF/ABCDEF", "ffffffff00abcdef"},
    {date, "2000-01-01", "00000000"},
    {date, "1999-12-31", "ffffffff"},
    {date, "2024-02-29", "00002279"},
    {date, "1900-02-28", "ffff718e"},
    {date, "0001-01-01", "fff4dbf9"},
    {date, "0001-12-31 BC", "fff4dbf8"},
    {date, "4714-11-24 BC", "ffda97a7"},
    {date, "5874897-12-31", "7fda970c"},
    {date, "infinity", "7fffffff"},
    {date, "-infinity", "80000000"},
    {type_oid::time, "00:00:00", "0000000000000000"},
    {type_oid::time, "23:59:59.999999", "000000141dd75fff"},
    {type_oid::time, "24:00:00", "000000141dd76000"},
    {type_oid::time, "01:02:03.05", "00000000dde93c10"},
    {timetz, "00:00:00+00", "0000000000000000 00000000"},
    {timetz, "12:00:00+05:30", "0000000a0eebb000 ffffb2a8"},
    {timetz, "12:00:00-15:59:59", "0000000a0eebb000 0000e0ff"},
    {timetz, "12:00:00-00:00:01", "0000000a0eebb000 00000001"},
    {timestamp, "2000-01-01 00:00:00", "0000000000000000"},
    {timestamp, "1999-12-31 23:59:59.999999", "ffffffffffffffff"},
    {timestamp, "4714-11-24 00:00:00 BC", "fd0f7cc1411fa000"},
    {timestamp, "294276-12-31 23:59:59.999999", "7fffff5bb3b29fff"},
    {timestamp, "infinity", "7fffffffffffffff"},
    {timestamp, "-infinity", "8000000000000000"},
    {timestamptz, "2000-01-01 00:00:01.5+00", "000000000016e360"},
    {timestamptz, "4714-11-24 00:00:00+00 BC", "fd0f7cc1411fa000"},
    {timestamptz, "294276-12-31 23:59:59.999999+00", "7fffff5bb3b29fff"},
    {timestamptz, "-infinity", "8000000000000000"},
    {interval, "00:00:00", "0000000000000000 00000000 00000000"},
    {interval, "1 year 2 mons 3 days 04:05:06.7", "000000036c966ee0 00000003 0000000e"},
    {interval, "-1 years -2 mons +3 days -04:05:06", "fffffffc93743f80 00000003 fffffff2"},
    {interval, "-1 days +00:00:00.000001", "0000000000000001 ffffffff 00000000"},
    {interval, "1 mon -1 days", "0000000000000000 ffffffff 00000001"},
    {interval, "-178956970 years -8 mons", "0000000000000000 00000000 80000000"},
    {interval, "-2562047788:00:54.775808", "8000000000000000 00000000 00000000"},
    {interval, "2562047788:00:54.775807", "7fffffffffffffff 00000000 00000000"},
    {interval, "infinity", "7fffffffffffffff 7fffffff 7fffffff"},
    {interval, "-infinity", "8000000000000000 80000000 80000000"},
    {inet, "1.2.3.4", "02 20 00 04 01020304"},
    {inet, "1.2.3.4/0", "02 00 00 04 01020304"},
    {inet, "::", "03 80 00 10 00000000000000000000000000000000"},
    {inet, "::ffff:1.2.3.4/96", "03 60 00 10 00000000000000000000ffff01020304"},
    {inet, "1:0:0:2::", "03 80 00 10 00010000000000020000000000000000"},
    {cidr, "10.0.0.0/8", "02 08 01 04 0a000000"},
    {cidr, "::1/128", "03 80 01 10 00000000000000000000000000000001"},
    {macaddr, "08:00:2b:01:02:ff", "08002b0102ff"},
    {macaddr8, "08:00:2b:ff:fe:01:02:03", "08002bfffe010203"},
    {point, "(1.5,-2)", "3ff8000000000000 c000000000000000"},
    {point, "(NaN,-Infinity)", "7ff8000000000000 fff0000000000000"},
    {line, "{1,-1,0}", "3ff0000000000000 bff0000000000000 0000000000000000"},
    {lseg, "[(0,0),(1,1)]", "0000000000000000 0000000000000000 3ff0000000000000 3ff0000000000000"},
    {box, "(1,1),(0,0)", "3ff0000000000000 3ff0000000000000 0000000000000000 0000000000000000"},
    {path, "[(0,0)]", "00 00000001 0000000000000000 0000000000000000"},
    {path, "((0,0),(1,1))", "01 00000002 0000000000000000 0000000000000000 3ff0000000000000 3ff0000000000000"},
    {polygon, "((1,1))", "00000001 3ff0000000000000 3ff0000000000000"},
    {circle, "<(0,0),1>", "0000000000000000 0000000000000000 3ff0000000000000"},
    {int2vector, "", "00000001 00000000 00000015 00000000 00000000"},
    {int2vector, "1 -2", "00000001 00000000 00000015 00000002 00000000 00000002 0001 00000002 fffe"},
    {oidvector, "23", "00000001 00000000 0000001a 00000001 00000000 00000004 00000017"},
    {void_type, "", ""},

    {int4_array, "{}", "00000000 00000000 00000017"},
    {int4_array, "{1,NULL}", "00000001 00000001 00000017 00000002 00000001 00000004 00000001 ffffffff"},
    {int4_array, "[-1:0]={1,2}", "00000001 00000000 00000017 00000002 ffffffff 00000004 00000001 00000004 00000002"},
    {int4_array, "[2147483646:2147483647]={1,2}",
     "00000001 00000000 00000017 00000002 7ffffffe 00000004 00000001 00000004 00000002"},
    {int4_array, "[1:2][0:0]={{1},{2}}",
     "00000002 00000000 00000017 00000002 00000001 00000001 00000000 00000004 00000001 00000004 00000002"},
    {int4_array, "{{{{{{1}}}}}}",
     "00000006 00000000 00000017 00000001 00000001 00000001 00000001 00000001 00000001 00000001 00000001 00000001 "
     "00000001 00000001 00000001 00000004 00000001"},
    {text_array, R"x({NULL,"NULL","null","",a,"a b","a,b","\"","\\","{"})x",
     "00000001 00000001 00000019 0000000a 00000001 ffffffff 00000004 4e554c4c 00000004 6e756c6c 00000000 00000001 61 "
     "00000003 612062 00000003 612c62 00000001 22 00000001 5c 00000001 7b"},
    {box_array, "{(1,1),(0,0);(1,1),(0,0)}",
     "00000001 00000000 0000025b 00000002 00000001 "
     "00000020 3ff0000000000000 3ff0000000000000 0000000000000000 0000000000000000 "
     "00000020 3ff0000000000000 3ff0000000000000 0000000000000000 0000000000000000"},

    {int4range, "empty", "01"},
    {int4range, "(,)", "18"},
    {int4range, "[1,3)", "02 00000004 00000001 00000004 00000003"},
    {int4range, "[1,)", "12 00000004 00000001"},
    {int4range, "(,3)", "08 00000004 00000003"},
    {numrange, "(1.50,2]", "04 0000000c 0002 0000 0000 0002 0001 1388 0000000a 0001 0000 0000 0000 0002"},
    {tsrange, "[\"2000-01-01 00:00:00\",infinity]", "06 00000008 0000000000000000 00000008 7fffffffffffffff"},
    {int4multirange, "{}", "00000000"},
    {int4multirange, "{[1,2),[3,)}",
     "00000002 00000011 02 00000004 00000001 00000004 00000002 00000009 12 00000004 00000003"},
    {oid::text_range, R"x(["a""b","c\\d"))x", "02 00000003 612262 00000003 635c64"},
    {oid::text_range, R"x(["",")"])x", "06 00000000 00000001 29"},
    {oid::text_multirange, R"x({["]",a),[b,)})x",
     "00000002 0000000b 02 00000001 5d 00000001 61 00000006 12 00000001 62"},

    {oid::pair, "(,)", "00000002 00000019 ffffffff 00004e26 ffffffff"},
    {oid::pair, "(\"\",1)", "00000002 00000019 00000000 00004e26 00000004 00000001"},
    {oid::pair, R"x(("a""b\\c ",1))x", "00000002 00000019 00000006 6122625c6320 00004e26 00000004 00000001"},
    {oid::pair_array, R"x({"(a,1)",NULL})x",
     "00000001 00000001 00004e28 00000002 00000001 "
     "00000019 00000002 00000019 00000001 61 00004e26 00000004 00000001 ffffffff"},
    {oid::nested, R"x(("(,)","{""(\\""x y\\"",)""}"))x",
     "00000002 00004e28 00000014 00000002 00000019 ffffffff 00004e26 ffffffff "
     "00004e29 0000002f 00000001 00000000 00004e28 00000001 00000001 "
     "00000017 00000002 00000019 00000003 782079 00004e26 ffffffff"},
    {oid::no_attributes, "()", "00000000"},
    {oid::small, "7", "00000007"},
    {oid::small_array, "{7}", "00000001 00000000 00004e26 00000001 00000001 00000004 00000007"},
    {oid::mood, "very \"happy\"", "7665727920226861707079 22"},
    {oid::citext, "A", "41"},
    {oid::hstore, "", "00000000"},
    {oid::hstore, R"x("a"=>"1", "b"=>NULL, "\"\\"=>"")x",
     "00000003 00000001 61 00000001 31 00000001 62 ffffffff 00000002 225c 00000000"},
};

const spelling spellings[] = {
    {boolean, "true", "t"},
    {boolean, "false", "f"},
    {float8, "1e23", "9.999999999999999e+22"},
    {float8, "0.1000000000000000055511151231257827021181583404541015625", "0.1"},
    {float8, "100", "1e2"},
    {float4, "0.100000001", "0.1"},
    {numeric, "007.50", "7.50"},
    {numeric, "-0.0", "0.0"},
    {numeric, ".5", "0.5"},
    {numeric, "5.", "5"},
    {bytea, "\\xFFaB", "\\xffab"},
    {bytea, "a\\\\b\\000\\377'", "\\x615c6200ff27"},
    {bytea, "", "\\x"},
    {uuid, "ABCDEF03-0405-0607-0809-0A0B0C0D0EFF", "abcdef03-0405-0607-0809-0a0b0c0d0eff"},
    {timestamp, "2026-07-04T12:34:56", "2026-07-04 12:34:56"},
    {timestamp, "2026-07-04 12:34:56.1000000", "2026-07-04 12:34:56.1"},
    {timestamp, "2026-07-03 24:00:00", "2026-07-04 00:00:00"},
    {timestamptz, "2026-07-04 05:30:00+05:30", "2026-07-04 00:00:00+00"},
    {timestamptz, "2026-07-03 20:47:15-03:12:45", "2026-07-04 00:00:00+00"},
    {timestamptz, "0001-01-01 00:30:00+01", "0001-12-31 23:30:00+00 BC"},
    {timestamptz, "294277-01-01 05:29:59.999999+05:30", "294276-12-31 23:59:59.999999+00"},
    {timestamptz, "4714-11-23 23:00:00-01 BC", "4714-11-24 00:00:00+00 BC"},
    {timetz, "12:00:00+05:30:00", "12:00:00+05:30"},
    {interval, "PT0S", "00:00:00"},
    {interval, "@ 0", "00:00:00"},
    {interval, "P1Y-2M3DT-4H-5M-6.7S", "10 mons 3 days -04:05:06.7"},
    {interval, "PT-0.5S", "-00:00:00.5"},
    {interval, "@ 1 year 2 mons 3 days 4 hours 5 mins 6.7 secs ago", "-1 years -2 mons -3 days -04:05:06.7"},
    {interval, "@ 1 mon -2 days 1 hour ago", "-1 mons +2 days -01:00:00"},
    {interval, "@ 2562047788 hours 54.775808 secs ago", "-2562047788:00:54.775808"},
    {interval, "@ 0.5 secs", "00:00:00.5"},
    {inet, "0:0:0:0:0:0:0:1", "::1"},
    {macaddr, "08:00:2B:01:02:FF", "08:00:2b:01:02:ff"},
    {pg_lsn, "00000001/0000000a", "1/A"},
    {int4_array, " { 1 , \"2\" , null } ", "{1,2,NULL}"},
    {int4_array, "[1:2]={1,2}", "{1,2}"},
    {int4_array, "[2]={1,2}", "{1,2}"},
    {int4_array, "{{},{}}", "{}"},
    {text_array, R"x({ a b , \N\U\L\L, \ , "x\y" })x", R"x({"a b","NULL"," ","xy"})x"},
    {oid::text_range, R"x([a\,b,"c""d"e))x", R"x(["a,b","c\"de"))x"},
    {oid::text_range, "EMPTY", "empty"},
    {int4range, "[,]", "(,)"},
    {oid::pair, R"x(("a"b\,c,"1"))x", R"x(("ab,c",1))x"},
    {oid::hstore, R"x( a=>1,"b" => null )x", R"x("a"=>"1", "b"=>NULL)x"},
    {oid::hstore, R"x("b"=>"NULL")x", R"x("b"=>"NULL")x"},
};

} // namespace

const type_catalog& example_types() {
    static const std::shared_ptr<const type_catalog> types = make_types();
    return *types;
}

std::span<const example> examples() { return all_examples; }
std::span<const spelling> other_spellings() { return spellings; }

std::string from_hex(std::string_view digits) {
    std::string bytes;
    int half = -1;
    for (const char digit : digits) {
        if (digit == ' ')
            continue;
        const int value = digit <= '9' ? digit - '0' : digit - 'a' + 10;
        if (half < 0) {
            half = value;
        } else {
            bytes.push_back(static_cast<char>(static_cast<unsigned char>(16 * half + value)));
            half = -1;
        }
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string hex;
    for (const char byte : bytes) {
        hex.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        hex.push_back(digits[static_cast<unsigned char>(byte) & 15]);
    }
    return hex;
}

} // namespace coropq::test
