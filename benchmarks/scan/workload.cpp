// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "scan/workload.hpp"

namespace coropq::bench {

std::string drop_tables() { return "drop table if exists coropq_bench_narrow, coropq_bench_wide, coropq_bench_arrays"; }

std::vector<std::string> make_tables(const sizes& size) {
    std::string wide_columns;
    std::string wide_values;
    for (std::size_t group = 0; group != wide_groups; ++group) {
        const std::string number = std::to_string(group);
        const std::string comma = group == 0 ? "" : ", ";
        wide_columns += comma + "i" + number + " int not null, l" + number + " bigint not null, d" + number +
                        " double precision not null, t" + number + " text not null";
        wide_values += comma + "g + " + number + ", g::bigint * 1000000007 + " + number + ", g * 0.5 + " + number +
                       ", 'value ' || g || ' of group " + number + "'";
    }
    const auto series = [](std::int64_t count) { return " from generate_series(1, " + std::to_string(count) + ") g"; };
    // Unlogged: how fast the server writes isn't the question.
    return {
        drop_tables(),
        "create unlogged table coropq_bench_narrow "
        "(id int not null, quantity int not null, price int not null, filler char(84) not null)",
        "insert into coropq_bench_narrow select g, g % 1000, g % 100003, md5(g::text)" + series(size.narrow_rows),
        "alter table coropq_bench_narrow add primary key (id)",
        "create unlogged table coropq_bench_wide (" + wide_columns + ")",
        "insert into coropq_bench_wide select " + wide_values + series(size.wide_rows),
        "create unlogged table coropq_bench_arrays (id int not null, numbers int[] not null, texts text[] not null)",
        "insert into coropq_bench_arrays select g, array(select g + n from generate_series(1, 100) n), "
        "array(select 'element ' || g + n from generate_series(1, 10) n)" +
            series(size.array_rows),
        "vacuum analyze coropq_bench_narrow, coropq_bench_wide, coropq_bench_arrays",
    };
}

} // namespace coropq::bench
