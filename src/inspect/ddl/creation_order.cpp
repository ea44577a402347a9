// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/ddl/creation_order.hpp"

#include <functional>
#include <queue>

namespace coropq::detail {

creation_order order_of_creation(const std::vector<std::vector<std::size_t>>& needs) {
    std::vector<std::vector<std::size_t>> needed_by(needs.size());
    std::vector<std::size_t> waits_for(needs.size(), 0);
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t each = 0; each != needs.size(); ++each) {
        for (const std::size_t other : needs[each]) {
            if (other == each)
                continue;
            needed_by[other].push_back(each);
            ++waits_for[each];
        }
        if (waits_for[each] == 0)
            ready.push(each);
    }
    creation_order found;
    while (!ready.empty()) {
        const std::size_t each = ready.top();
        ready.pop();
        found.order.push_back(each);
        for (const std::size_t other : needed_by[each])
            if (--waits_for[other] == 0)
                ready.push(other);
    }
    for (std::size_t each = 0; each != needs.size(); ++each)
        if (waits_for[each] != 0)
            found.stuck.push_back(each);
    found.order.insert(found.order.end(), found.stuck.begin(), found.stuck.end());
    return found;
}

} // namespace coropq::detail
