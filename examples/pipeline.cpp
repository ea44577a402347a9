// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Pipelines: several statements in one round trip. Accounts are opened, each by itself; then money moves between them,
// all or nothing:
//
//     pipeline postgresql://user:password@host:5432/database
//
// Makes tables of its own and drops them. Without an argument the URL is taken from COROPQ_URL.

#include "run_example.hpp"

#include <iostream>
#include <string>
#include <vector>

namespace asio = boost::asio;

// Isolated stages: what goes wrong with one of the accounts is nothing to the others.
asio::awaitable<void> open_accounts(coropq::engine bank, std::vector<std::string> owners) {
    coropq::pipeline work(coropq::pipeline_mode::isolated);
    for (const std::string& owner : owners)
        work.execute("insert into coropq_account values ($1, 100)", owner);
    const auto count = work.fetch_value<int>("select count(*)::int from coropq_account");
    const coropq::pipeline_results done = co_await bank.run_pipeline(work); // one round trip
    for (std::size_t i = 0; i != owners.size(); ++i) {
        const coropq::stage_outcome& opened = done.outcome(i);
        if (opened.status == coropq::stage_status::done)
            std::cout << "opened: " << owners[i] << '\n';
        else if (opened.error == coropq::sqlstate::unique_violation)
            std::cout << "not opened: " << owners[i] << " has one already\n";
        else
            coropq::throw_error(opened.error, opened.details);
    }
    std::cout << done[count] << " accounts\n";
}

// One transaction, and still one round trip: what could go wrong is for the server to notice, by the constraints of the
// tables, so that nobody has to look at a balance before the money moves. (Where an answer decides on what comes next,
// write a transaction: see transfer.cpp.)
asio::awaitable<void> transfer(coropq::engine bank, std::string from, std::string to, int amount) {
    coropq::pipeline work(coropq::pipeline_mode::all_or_nothing);
    const auto less = work.fetch_optional<int>(
        "update coropq_account set balance = balance - $2 where owner = $1 returning balance", from, amount);
    const auto more = work.fetch_optional<int>(
        "update coropq_account set balance = balance + $2 where owner = $1 returning balance", to, amount);
    const auto booking = work.execute("insert into coropq_booking values ($1, $2, $3)", from, to, amount);
    const coropq::pipeline_results done = co_await bank.run_pipeline(work);
    std::cout << amount << " from " << from << " to " << to << ": ";
    if (done.error(less) == coropq::sqlstate::check_violation)
        std::cout << "refused, that is more than there is\n";
    else if (done.error(booking) == coropq::sqlstate::foreign_key_violation)
        std::cout << "refused, there is no such account\n";
    else // throws the error of the stage, where it has another one
        std::cout << "done, they have " << done[less].value() << " and " << done[more].value() << '\n';
}

asio::awaitable<void> run_example(coropq::url url) {
    coropq::engine bank = coropq::create_engine(co_await asio::this_coro::executor, url);
    co_await bank.execute_script("drop table if exists coropq_booking, coropq_account;"
                                 "create table coropq_account (owner text primary key,"
                                 " balance int not null check (balance >= 0));"
                                 "create table coropq_booking (\"from\" text not null references coropq_account,"
                                 " \"to\" text not null references coropq_account, amount int not null)");
    const std::vector<std::string> owners = {"Ada", "Grace", "Ada", "Alan"};
    co_await open_accounts(bank, owners);
    co_await transfer(bank, "Ada", "Grace", 30);
    co_await transfer(bank, "Ada", "Alan", 80);
    co_await transfer(bank, "Ada", "nobody", 10);
    const coropq::result accounts = co_await bank.execute("select owner, balance from coropq_account order by owner");
    for (const auto& [owner, balance] : accounts.rows<std::string, int>())
        std::cout << owner << " has " << balance << '\n';
    co_await bank.execute("drop table coropq_booking, coropq_account");
    co_await bank.dispose();
}
