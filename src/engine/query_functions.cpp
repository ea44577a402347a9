// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/query_functions.hpp>

#include "result/result_data.hpp"

#include <algorithm>

namespace coropq::detail {

boost::asio::awaitable<std::vector<result>> all_results(boost::asio::awaitable<result> pending) {
    const result last = co_await std::move(pending);
    std::vector<result> results;
    for (std::shared_ptr<const result_data> data = last.data(); data; data = data->previous()) {
        if (!data->command_tag().empty()) // the answer to a text without a statement has none
            results.emplace_back(data);
    }
    std::reverse(results.begin(), results.end());
    co_return results;
}

} // namespace coropq::detail
