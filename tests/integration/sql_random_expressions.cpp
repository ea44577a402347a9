// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Random expressions, which the server has to compute as C++ does: each has its parentheses where they are needed.

#include "api_support.hpp"

#include <coropq/coropq.hpp>
#include <coropq/sql/sql.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace coropq::sql;
using namespace coropq::test;

using number = std::optional<int>;
using truth = std::optional<bool>; // nothing: unknown

/// An expression, and what it is.
template <typename T>
struct known {
    expression<T> sql;
    T result;
};

truth both(truth left, truth right) {
    if (left == false || right == false)
        return false;
    return left && right ? truth(true) : std::nullopt;
}
truth negated(truth operand) { return operand ? truth(!*operand) : std::nullopt; }
truth either(truth left, truth right) { return negated(both(negated(left), negated(right))); }

class generator {
public:
    explicit generator(unsigned seed) : random_(seed) {}

    known<number> make_number(int depth) {
        if (depth == 0)
            return leaf();
        switch (pick(8)) {
        case 0: return leaf();
        case 1: return calculated(depth, [](const auto& a, const auto& b) { return a + b; });
        case 2: return calculated(depth, [](const auto& a, const auto& b) { return a - b; });
        case 3: {
            // Small, so that nothing overflows.
            const known<number> a = make_number(depth - 1);
            const known<number> b = make_number(depth - 1);
            const int divisor = 7 + pick(5);
            return {a.sql % divisor * (b.sql % 3),
                    a.result && b.result ? number(*a.result % divisor * (*b.result % 3)) : std::nullopt};
        }
        case 4: {
            const known<number> a = make_number(depth - 1);
            return {-a.sql, a.result ? number(-*a.result) : std::nullopt};
        }
        case 5: {
            const known<number> a = make_number(depth - 1);
            const int divisor = 2 + pick(3);
            return {a.sql / divisor, a.result ? number(*a.result / divisor) : std::nullopt};
        }
        case 6: {
            const known<number> a = make_number(depth - 1);
            const known<number> b = make_number(depth - 1);
            return {coalesce(a.sql, b.sql), a.result ? a.result : b.result};
        }
        default: {
            const known<truth> condition = make_truth(depth - 1);
            const known<number> a = make_number(depth - 1);
            const known<number> b = make_number(depth - 1);
            return {case_when(condition.sql, a.sql).otherwise(b.sql), condition.result == true ? a.result : b.result};
        }
        }
    }

    known<truth> make_truth(int depth) {
        if (depth == 0)
            return compared(0);
        switch (pick(8)) {
        case 0: return compared(depth - 1);
        case 1: {
            const auto [a, b] = truths(depth);
            return {a.sql && b.sql, both(a.result, b.result)};
        }
        case 2: {
            const auto [a, b] = truths(depth);
            return {a.sql || b.sql, either(a.result, b.result)};
        }
        case 3: {
            const known<truth> a = make_truth(depth - 1);
            return {!a.sql, negated(a.result)};
        }
        case 4: {
            const auto [a, b] = truths(depth);
            return {a.sql == b.sql, a.result && b.result ? truth(*a.result == *b.result) : std::nullopt};
        }
        case 5: {
            const auto [a, b] = truths(depth);
            return {as_truth(a.sql.is_distinct_from(b.sql)), a.result != b.result};
        }
        case 6: {
            const known<truth> a = make_truth(depth - 1);
            if (pick(2) == 0)
                return {as_truth(a.sql.is_null()), !a.result};
            return {as_truth(a.sql.is_not_true()), a.result != true};
        }
        default: {
            const known<number> a = make_number(depth - 1);
            const known<number> low = make_number(depth - 1);
            const known<number> high = make_number(depth - 1);
            const truth inside = both(at_most(low.result, a.result), at_most(a.result, high.result));
            if (pick(2) == 0)
                return {a.sql.between(low.sql, high.sql), inside};
            return {a.sql.not_between(low.sql, high.sql), negated(inside)};
        }
        }
    }

private:
    int pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }

    static expression<truth> as_truth(const expression<bool>& given) { return expression<truth>(given.node()); }
    static truth at_most(number left, number right) { return left && right ? truth(*left <= *right) : std::nullopt; }

    known<number> leaf() {
        const number result = pick(8) == 0 ? std::nullopt : number(pick(100) - 50);
        return {value(result), result};
    }
    std::pair<known<truth>, known<truth>> truths(int depth) {
        known<truth> first = make_truth(depth - 1);
        known<truth> second = make_truth(depth - 1);
        return {std::move(first), std::move(second)};
    }
    template <typename Operation>
    known<number> calculated(int depth, const Operation& operation) {
        const known<number> a = make_number(depth - 1);
        const known<number> b = make_number(depth - 1);
        return {operation(a.sql, b.sql), a.result && b.result ? number(operation(*a.result, *b.result)) : std::nullopt};
    }
    known<truth> compared(int depth) {
        const known<number> a = make_number(depth);
        const known<number> b = make_number(depth);
        const bool is_known = a.result && b.result;
        const auto answer = [&](bool result) { return is_known ? truth(result) : std::nullopt; };
        const int left = a.result.value_or(0);
        const int right = b.result.value_or(0);
        switch (pick(6)) {
        case 0: return {a.sql == b.sql, answer(left == right)};
        case 1: return {a.sql != b.sql, answer(left != right)};
        case 2: return {a.sql < b.sql, answer(left < right)};
        case 3: return {a.sql > b.sql, answer(left > right)};
        case 4: return {a.sql <= b.sql, answer(left <= right)};
        default: return {a.sql >= b.sql, answer(left >= right)};
        }
    }

    std::mt19937 random_;
};

TEST(sql_random_expressions, are_what_they_are_in_cpp) {
    asio::io_context context;
    coropq::connection conn(context);
    run(context, conn.connect(plain_address()));
    for (unsigned seed = 0; seed != 40; ++seed) {
        generator random(seed);
        const known<number> counted = random.make_number(4);
        const known<truth> decided = random.make_truth(5);
        const auto query = select(counted.sql, decided.sql);
        const auto row = run(context, conn.fetch_one(query));
        EXPECT_EQ(std::get<0>(row), counted.result) << seed << ": " << coropq::statement(query).sql();
        EXPECT_EQ(std::get<1>(row), decided.result) << seed << ": " << coropq::statement(query).sql();
    }
    run(context, conn.close());
}

} // namespace
