// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Transactions: money moves between accounts, ten times at once, and none of it is lost or made:
//
//     transfer postgresql://user:password@host:5432/database
//
// Makes a table of its own and drops it. Without an argument the URL is taken from COROPQ_URL.

#include "run_example.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace asio = boost::asio;

// What moves the money, in somebody's transaction. The balance is checked by the one who reads it, so the transaction
// has to be serializable.
asio::awaitable<int> move_money(coropq::transaction& tx, int from, int to, int amount) {
    const int balance = co_await tx.fetch_value<int>("select balance from coropq_account where id = $1", from);
    if (balance < amount)
        throw std::runtime_error("account " + std::to_string(from) + " has only " + std::to_string(balance));
    co_await tx.execute("update coropq_account set balance = balance - $1 where id = $2", amount, from);
    co_await tx.execute("update coropq_account set balance = balance + $1 where id = $2", amount, to);
    co_return balance - amount;
}

// Runs it until it isn't in anybody's way: the server ends one of two transactions that can't both be right.
asio::awaitable<int> transfer(coropq::engine bank, int from, int to, int amount) {
    auto work = [&](coropq::transaction& tx) -> asio::awaitable<int> { return move_money(tx, from, to, amount); };
    co_return co_await bank.transaction(work, {.retries = 50, .isolation = coropq::isolation::serializable});
}

asio::awaitable<void> transfer_ten_times(coropq::engine bank) {
    const auto executor = co_await asio::this_coro::executor;
    auto one = [&](int from, int to) { return asio::co_spawn(executor, transfer(bank, from, to, 10), asio::deferred); };
    std::vector<decltype(one(1, 2))> transfers;
    for (int i = 0; i != 5; ++i) {
        transfers.push_back(one(1, 2));
        transfers.push_back(one(2, 3));
    }
    auto all = asio::experimental::make_parallel_group(std::move(transfers));
    const auto ended = co_await all.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const std::exception_ptr& problem : std::get<1>(ended)) {
        if (problem)
            std::rethrow_exception(problem);
    }
}

// By hand: what goes wrong in the nested transaction doesn't undo what is around it.
asio::awaitable<void> by_hand(coropq::engine bank) {
    coropq::transaction tx = co_await bank.begin();
    co_await move_money(tx, 3, 1, 1);
    std::string refusal;
    {
        coropq::transaction attempt = co_await tx.begin();
        try {
            co_await move_money(attempt, 3, 1, 1000);
            co_await attempt.commit();
        } catch (const std::runtime_error& problem) {
            refusal = problem.what();
        }
    } // left without a commit: rolled back
    std::cout << "refused: " << refusal << '\n';
    co_await tx.commit();
}

asio::awaitable<void> run_example(coropq::url url) {
    coropq::engine bank = coropq::create_engine(co_await asio::this_coro::executor, url);
    co_await bank.execute_script("drop table if exists coropq_account;"
                                 "create table coropq_account (id int primary key, balance int not null);"
                                 "insert into coropq_account values (1, 100), (2, 100), (3, 100)");
    co_await transfer_ten_times(bank);
    co_await by_hand(bank);
    const coropq::result accounts = co_await bank.execute("select id, balance from coropq_account order by id");
    for (const auto& [id, balance] : accounts.rows<int, int>())
        std::cout << "account " << id << " has " << balance << '\n';
    co_await bank.execute("drop table coropq_account");
    co_await bank.dispose();
}
