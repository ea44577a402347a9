// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "type_text_queries.hpp"

namespace coropq::test {

namespace {

const from_sql queries[] = {
    {"boolean", "select * from unnest('{t,f}'::bool[]) v", 2},
    {"smallint", "select v::int2 from generate_series(-32768, 32767, 7) v"},
    {"integer", "select * from unnest('{0,-1,2147483647,-2147483648}'::int4[]) v union all "
                "select (any_bits() >> 32)::int4 >> n % 32 from generate_series(1, 4000) n"},
    {"bigint", "select * from unnest('{0,-1,9223372036854775807,-9223372036854775808}'::int8[]) v union all "
               "select any_bits() >> n % 64 from generate_series(1, 4000) n"},
    {"numeric", "select any_numeric(n) v from generate_series(1, 6000) n"},
    {"numeric_edges",
     "select v::numeric from unnest(array['NaN', 'Infinity', '-Infinity', '0', '0.0', '0.000', '-0.00', '1e131071', "
     "'-1e131071', '1e-16383', '-1e-16383', '9999', '10000', '9999.9999', '10000.00010000', '0.0001', '0.00001', "
     "'0.000100', '0.00000000000000000001', '1e4', '1e5', '1e8', '123456789012345678901234567890.0123456789']) v "
     "union all select repeat('9', 131072)::numeric union all select ('0.' || repeat('9', 16383))::numeric "
     "union all select (repeat('12345', 26214) || '.' || repeat('0', 16382) || '1')::numeric",
     25},
    {"text", "select any_text() v from generate_series(1, 3000)"},
    {"varchar", "select any_text()::varchar v from generate_series(1, 3000)"},
    {"bpchar", "select any_text()::char(20) v from generate_series(1, 3000)"},
    {"name", "select any_text()::name v from generate_series(1, 3000)"},
    {"char", R"(select v::"char" from generate_series(-128, 127) v)", 256},
    {"json", "select json_build_object(any_text(), any_text(), 'n', n) v from generate_series(1, 3000) n"},
    {"jsonb", "select jsonb_build_object(any_text(), any_text(), 'n', n / 8.0, 'l', array[null, n]) v "
              "from generate_series(1, 3000) n"},
    {"bytea", "select substr(any_bytes() || any_bytes(), 1, n % 33) v from generate_series(1, 3000) n"},
    {"bit", "select any_bits()::bit(64)::bit(13) v from generate_series(1, 3000)"},
    {"varbit", "select substring(any_bits()::bit(64), 1, n % 65)::varbit v from generate_series(1, 3000) n"},
    {"inet4", "select set_masklen('0.0.0.0'::inet + ((any_bits() >> 1) & 4294967295), n % 33) v "
              "from generate_series(1, 3000) n"},
    {"cidr4", "select set_masklen('0.0.0.0'::inet + (any_bits() & 4294967295), n % 33)::cidr v "
              "from generate_series(1, 3000) n"},
    {"inet6", "select set_masklen(any_address()::inet, n % 129) v from generate_series(1, 6000) n"},
    {"cidr6", "select set_masklen(any_address()::inet, n % 129)::cidr v from generate_series(1, 6000) n"},
    {"inet_edges",
     "select v::inet from unnest('{::,::1,::2,::ffff:1.2.3.4,::1.2.3.4,::1:0,::ffff:0:0,1::,1:0:0:2::,::1:2:3:4:5:6,"
     "1:2:3:4:5:6::,0:1::,1:0:2:0:3:0:4:0,::/0,0.0.0.0/0,255.255.255.255,::ffff:0:0/96,::0.0.1.0}'::text[]) v",
     18},
    {"path", "select any_path(n) v from generate_series(1, 3000) n"},
    {"polygon", "select pclose(any_path(n))::polygon v from generate_series(1, 3000) n"},
    {"int2vector", "select '0 -1 32767 -32768'::int2vector v union all select ''::int2vector union all "
                   "select array_to_string(array(select any_bits() % 32768 from generate_series(1, n % 9)), ' ')"
                   "::int2vector from generate_series(1, 3000) n"},
    {"oidvector", "select array_to_string(array(select any_bits() & 4294967295 from generate_series(1, n % 9)), ' ')"
                  "::oidvector v from generate_series(1, 3000) n"},
    {"void", "select pg_sleep(0) v from generate_series(1, 3)", 3},
    {"refcursor", "select any_text()::refcursor v from generate_series(1, 3000)"},

    {"integers", "select array(select nullif(any_bits() >> 32, n) from generate_series(1, n % 7))::int[] v "
                 "from generate_series(1, 3000) n"},
    {"texts", "select array(select any_text_or_null() from generate_series(1, n % 7)) v "
              "from generate_series(1, 5000) n"},
    {"texts_2", "select array[[any_text(), any_text_or_null()], [any_text(), any_text()], [null, any_text()]] v "
                "from generate_series(1, 3000)"},
    {"array_edges",
     R"(select v::text[] from unnest(array['{}', '{NULL}', '{"NULL"}', '{""}', '{"null",nUlL}', '[2:3]={a,b}',)"
     R"('[-2:-1][0:2]={{a,b,c},{d,e,f}}', '{{{{{{a}}}}}}', '{{{{{{a,b}}}},{{{{c,d}}}}}}', '[2147483646:2147483646]={x}',)"
     R"('{"a\"b","c\\d","{","}",",",";"," a","a ","\n"}', '[1:1][0:0]={{1}}', '[-2147483648:-2147483647]={x,y}'])v)",
     13},
    {"boxes", "select array(select box(point(any_bits() % 100, 1.5), point(n, any_bits() / 8.0)) "
              "from generate_series(1, n % 4)) v from generate_series(1, 3000) n"},
    {"numerics", "select array[any_numeric(n), null, any_numeric(n + 1)] v from generate_series(1, 3000) n"},
    {"byteas", "select array[any_bytes(), ''] v from generate_series(1, 3000)"},
    {"timestamps", "select array['epoch'::timestamptz + n * interval '1.000123 day', '-infinity'] v "
                   "from generate_series(1, 3000) n"},
    {"jsonbs", "select array[jsonb_build_object(any_text(), any_text())] v from generate_series(1, 3000)"},
    {"vectors", "select array['1 2'::int2vector, ''] v", 1},

    {"int4range", "select int4range(least(a, b), greatest(a, b), any_brackets()) v from (select nullif(n % 50, 0) a, "
                  "nullif((any_bits() % 1000)::int, 0) b from generate_series(1, 3000) n) s"},
    {"int8range", "select int8range(any_bits() / 2 - 4611686018427387904, null, any_brackets()) v "
                  "from generate_series(1, 3000)"},
    {"numrange", "select numrange(least(a, b), greatest(a, b), any_brackets()) v from (select any_numeric(n) a, "
                 "nullif(any_numeric(n + 1), 0) b from generate_series(1, 3000) n) s"},
    {"tsrange", "select tsrange('epoch'::timestamp - n * interval '1.3 years', 'infinity', any_brackets()) v "
                "from generate_series(1, 3000) n"},
    {"tstzrange", "select tstzrange(null, 'epoch'::timestamptz - n * interval '2.000001 days', any_brackets()) v "
                  "from generate_series(1, 3000) n"},
    {"daterange", "select daterange('-infinity', '2000-01-01'::date - n * 300, any_brackets()) v "
                  "from generate_series(1, 3000) n"},
    {"text_range",
     "select text_range(least(a, b), greatest(a, b), any_brackets()) v from (select any_text_or_null() a, "
     "any_text_or_null() b from generate_series(1, 5000)) s"},
    {"texts_range", "select texts_range(array[any_text()], null, '(]') v from generate_series(1, 3000)"},
    {"int4multirange", "select int4multirange(int4range(n, n + 2), int4range(-n, 0), int4range(2 * n + 9, null)) v "
                       "from generate_series(1, 3000) n union all select '{}' union all select '{(,)}'"},
    {"text_multirange", "select text_multirange(text_range(least(a, b), greatest(a, b), any_brackets()), "
                        "text_range(b, greatest(a, b), '[]')) v "
                        "from (select any_text() a, any_text() b from generate_series(1, 3000)) s"},
    {"range_arrays", "select array[text_range(any_text(), null), 'empty'] v from generate_series(1, 3000)"},

    {"address", "select any_address_row() v from generate_series(1, 3000)"},
    {"person", "select any_person(n) v from generate_series(1, 3000) n"},
    {"persons", "select array[any_person(n), null, row(null, null, null, null, null, null)::person] v "
                "from generate_series(1, 3000) n"},
    {"composite_edges",
     R"sql(select v::pair from unnest(array['(,)', '("","")', '(a,)', '(,b)', '("""","\\\\")', '(" ","(")',)sql"
     R"sql('(")",",")']) v)sql",
     7},
    {"table_row", "select t v from dropped_column t", 2},
    {"domain", "select n::small v from generate_series(1, 3000) n"},
    {"domains", "select array[n::small, null] v from generate_series(1, 3000) n"},
    {"domain_of_array", "select array[any_text(), null]::words v from generate_series(1, 3000)"},
    {"domains_of_arrays", R"sql(select ('{' || to_json(array[any_text(), null]::text) || ',"{}"}')::words[] v
                             from generate_series(1, 3000))sql"},
    {"mood", "select (enum_range(null::mood))[1 + n % 4] v from generate_series(1, 3000) n"},
    {"moods", "select enum_range(null::mood) v", 1},
    {"hstore", "select hstore(any_text(), any_text_or_null()) || hstore(any_text(), any_text_or_null()) v "
               "from generate_series(1, 3000) union all select ''"},
    {"hstores", "select array[hstore(any_text(), any_text_or_null())] v from generate_series(1, 3000)"},
    {"citext", "select any_text()::citext v from generate_series(1, 3000)"},
    {"citexts", "select array[any_text()::citext, null] v from generate_series(1, 3000)"},
};

} // namespace

std::span<const from_sql> type_queries() { return queries; }

} // namespace coropq::test
