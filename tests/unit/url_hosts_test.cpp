// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Several hosts. The cases are those of SQLAlchemy's MultiHostConnectTest (test_dialect.py), then libpq's and our own.

#include "url_support.hpp"

namespace coropq::testing {
namespace {

std::string hosts(const std::string& rest) { return hosts_of(url::parse("postgresql://" + rest)); }

TEST(url_hosts, sqlalchemy_multi_hosts) {
    const auto check = [](const std::string& query, const char* expected) {
        for (const char* front : {"USER:PASS@/DB?", "/?", "USER:PASS@hostfixed/DB?"})
            EXPECT_EQ(hosts(front + query), expected) << front << query;
    };
    check("host=hostA", "hostA:-");
    check("host=hostA:xyz", "hostA:xyz:-");
    check("host=hostA:123.456", "hostA:123.456:-");
    check("host=192.168.1.50", "192.168.1.50:-");
    check("host=192.168.1.50:", "192.168.1.50:-");
    check("host=192.168.1.50:5678", "192.168.1.50:5678");
    check("host=hostA:", "hostA:-");
    check("host=HOSTNAME", "HOSTNAME:-");
    check("host=HOSTNAME:1234", "HOSTNAME:1234");
    check("host=/cloudsql/my-gcp-project:us-central1:mydbisnstance",
          "/cloudsql/my-gcp-project:us-central1:mydbisnstance:-");
    check("host=/cloudsql/my-gcp-project:4567", "/cloudsql/my-gcp-project:4567:-");
    check("host=hostA:1234", "hostA:1234");
    check("host=hostA&host=hostB&host=hostC", "hostA:-,hostB:-,hostC:-");
    check("host=hostA&host=hostB:222&host=hostC:333", "hostA:-,hostB:222,hostC:333");
    check("host=hostA:111&host=hostB:222&host=hostC:333", "hostA:111,hostB:222,hostC:333");
    check("host=hostA,hostB,hostC&port=111,222,333", "hostA:111,hostB:222,hostC:333");
    check("host=hostA,hostB,&port=111,222,333", "hostA:111,hostB:222,:333");
    check("host=hostA&port=111", "hostA:111");
    EXPECT_EQ(hosts("USER:PASS@hostfixed/DB?port=111"), "hostfixed:111");
    EXPECT_EQ(hosts("USER:PASS@/DB?port=111"), ":111");
}

TEST(url_hosts, non_int_port_disallowed) {
    for (const char* query :
         {"host=hostA:111&host=hostB:vvv&host=hostC:333", "host=hostA,hostB:,hostC&port=111,vvv,333",
          "host=hostA:xyz&host=hostB:123", "host=hostA&port=xyz", "host=hostA&port=0", "host=hostA&port=65536",
          "host=hostA:99999", "port=-1", "host=a,b&port=1,2x"})
        EXPECT_NE(parse_error(std::string("postgresql://USER:PASS@/DB?") + query), "") << query;
}

TEST(url_hosts, num_host_port_doesnt_match) {
    for (const char* rest : {"USER:PASS@/DB?host=hostA,hostC&port=111,222,333", "USER:PASS@/DB?host=hostA&port=111,222",
                             "USER:PASS@/DB?host=hostA,hostB,hostC&port=111,333", "USER:PASS@/DB?port=111,222",
                             "USER:PASS@hostfixed/DB?port=111,222", "a:1,b:2/DB?host=c"})
        EXPECT_NE(parse_error(std::string("postgresql://") + rest).find("don't match"), std::string::npos) << rest;
}

TEST(url_hosts, dont_mix_multihost_formats) {
    for (const char* rest : {"/?host=H&host=H&port=5432,5432", "user:pass@/dbname?host=H&host=H&port=5432,5432",
                             "/?host=H:1&port=2", "/?host=H:1,I&port=2,3"})
        EXPECT_NE(parse_error(std::string("postgresql://") + rest).find("host=h1:p1&host=h2:p2"), std::string::npos)
            << rest;
}

TEST(url_hosts, in_front_of_the_database) {
    EXPECT_EQ(hosts("h1,h2/db"), "h1:-,h2:-");
    EXPECT_EQ(hosts("h1:1,h2:2/db"), "h1:1,h2:2");
    EXPECT_EQ(hosts("h1,h2:2/db"), "h1:-,h2:2");
    EXPECT_EQ(hosts("u:p@h1:1,[::1]:2,%2Ftmp:3/db"), "h1:1,::1:2,/tmp:3");
    EXPECT_EQ(hosts("u:p,q@h1,h2/db"), "h1:-,h2:-");
    EXPECT_EQ(hosts("h1,,h2/db"), "h1:-,:-,h2:-");
    EXPECT_EQ(hosts(",/db"), ":-,:-");
    const url parsed = url::parse("postgresql://h1:1,h2:2/db");
    EXPECT_EQ(parsed.host(), "h1");
    EXPECT_EQ(parsed.port(), 1);
    for (const char* rest : {"h1:1,h2:2", "h1,,h2", ",", "h1:1,[fe80::1%25eth0]:2,%2Ftmp:3", ":1,:2"})
        expect_round_trip(url::parse(std::string("postgresql://") + rest));
    for (const char* rest : {"h1:1,h2:x/db", "h1:0,h2", "h1,h 2", "h1,[::1"})
        EXPECT_NE(parse_error(std::string("postgresql://") + rest), "") << rest;
}

TEST(url_hosts, one_port_is_for_all_as_with_libpq) {
    EXPECT_EQ(hosts("/db?host=a,b,c&port=5433"), "a:5433,b:5433,c:5433");
    EXPECT_EQ(hosts("a,b/db?port=5433"), "a:5433,b:5433");
    EXPECT_EQ(hosts("h:5433/db?host=a,b"), "a:5433,b:5433");
    EXPECT_EQ(hosts("h:5433/db?host=/tmp"), "/tmp:5433");
    EXPECT_EQ(hosts("h:5433/db?host=a:1"), "a:1");
}

TEST(url_hosts, beyond_sqlalchemy) {
    EXPECT_EQ(hosts("/db?host=a:1,b:2"), "a:1,b:2");
    EXPECT_EQ(hosts("/db?host=[::1]:5&host=[::2]"), "::1:5,::2:-");
    EXPECT_EQ(hosts("/db?host=::1"), "::1:-");
    EXPECT_EQ(hosts("/db?host=::1,fe80::1%25eth0&port=1,2"), "::1:1,fe80::1%eth0:2");
    EXPECT_EQ(hosts("/db?host=a,b&port=,2"), "a:-,b:2");
    EXPECT_EQ(hosts("/db?host="), "");
    EXPECT_EQ(hosts("h/db?port="), "h:-");
    for (const char* query : {"host=[::1", "host=[abc]:5", "host=[::1]x"})
        EXPECT_NE(parse_error(std::string("postgresql:///db?") + query), "") << query;
}

TEST(url_hosts, query_stays_as_it_was_written) {
    const url parsed = url::parse("postgresql://fixed:1/db?host=a:2&host=b");
    EXPECT_EQ(parsed.host(), "fixed");
    EXPECT_EQ(parsed.port(), 1);
    EXPECT_EQ(*parsed.query("host"), (std::vector<std::string>{"a:2", "b"}));
    EXPECT_EQ(hosts_of(parsed.difference_update_query({"host"})), "fixed:1");
    EXPECT_EQ(hosts_of(parsed.update_query_dict({{"host", "/tmp"}})), "/tmp:1");
    EXPECT_NE(error_of([&] { parsed.update_query_pairs({{"port", "5"}}); }), "");
}

} // namespace
} // namespace coropq::testing
