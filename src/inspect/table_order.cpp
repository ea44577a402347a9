// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "inspect/table_order.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <queue>
#include <utility>

namespace coropq::detail {

namespace {

using edges = std::vector<std::vector<std::size_t>>; // from a table to those that it needs

/// Numbers the circles (strongly connected components) of a graph: Tarjan's algorithm, with a stack of its own, because
/// a chain of tables can be longer than the thread's stack.
class circles {
public:
    explicit circles(const edges& needs)
        : needs_(needs), number_(needs.size(), unseen), low_(needs.size(), 0), circle_(needs.size(), unseen) {
        for (std::size_t table = 0; table != needs.size(); ++table)
            if (number_[table] == unseen)
                visit(table);
    }

    std::size_t of(std::size_t table) const { return circle_[table]; }
    std::size_t count() const noexcept { return count_; }

private:
    static constexpr std::size_t unseen = static_cast<std::size_t>(-1);

    struct frame {
        std::size_t table;
        std::size_t next; ///< The next edge to follow.
    };

    void enter(std::size_t table, std::vector<frame>& path) {
        number_[table] = low_[table] = numbers_++;
        open_.push_back(table);
        path.push_back({table, 0});
    }

    void visit(std::size_t first) {
        std::vector<frame> path;
        enter(first, path);
        while (!path.empty()) {
            const std::size_t table = path.back().table;
            if (path.back().next != needs_[table].size()) {
                const std::size_t other = needs_[table][path.back().next++];
                if (number_[other] == unseen)
                    enter(other, path);
                else if (circle_[other] == unseen)
                    low_[table] = std::min(low_[table], number_[other]);
                continue;
            }
            path.pop_back();
            if (!path.empty())
                low_[path.back().table] = std::min(low_[path.back().table], low_[table]);
            if (low_[table] == number_[table])
                close(table);
        }
    }

    void close(std::size_t root) {
        for (std::size_t table = unseen; table != root;) {
            table = open_.back();
            open_.pop_back();
            circle_[table] = count_;
        }
        ++count_;
    }

    const edges& needs_;
    std::vector<std::size_t> number_;
    std::vector<std::size_t> low_;
    std::vector<std::size_t> circle_;
    std::vector<std::size_t> open_;
    std::size_t numbers_ = 0;
    std::size_t count_ = 0;
};

/// The nodes of a graph without circles, what is needed first; the smallest number where there is a choice.
std::vector<std::size_t> sorted(const edges& needs) {
    edges needed_by(needs.size());
    std::vector<std::size_t> waits_for(needs.size(), 0);
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    for (std::size_t node = 0; node != needs.size(); ++node) {
        waits_for[node] = needs[node].size();
        for (const std::size_t other : needs[node])
            needed_by[other].push_back(node);
        if (needs[node].empty())
            ready.push(node);
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        const std::size_t node = ready.top();
        ready.pop();
        order.push_back(node);
        for (const std::size_t other : needed_by[node])
            if (--waits_for[other] == 0)
                ready.push(other);
    }
    return order;
}

using index_of_name = std::map<reflected::qualified_name, std::size_t>;

// Numbers of the tables are in the order of their names.
struct graph {
    edges needs;   ///< Keys and parents.
    edges parents; ///< Parents only: never a circle.
};

graph graph_of(const std::vector<table_dependencies>& tables, const index_of_name& indexes) {
    graph all{edges(tables.size()), edges(tables.size())};
    for (std::size_t table = 0; table != tables.size(); ++table) {
        const auto add = [&](edges& to, const reflected::qualified_name& name) {
            const auto place = indexes.find(name);
            if (place != indexes.end() && place->second != table)
                to[table].push_back(place->second);
        };
        for (const table_dependencies::foreign_key& key : tables[table].foreign_keys)
            add(all.needs, key.referred);
        for (const reflected::qualified_name& parent : tables[table].parents) {
            add(all.needs, parent);
            add(all.parents, parent);
        }
    }
    return all;
}

std::vector<std::size_t> creation_order(const graph& all) {
    const circles found(all.needs);
    // Circles take their smallest table's place among the others.
    std::vector<std::size_t> rank(found.count(), 0);
    std::vector<bool> ranked(found.count(), false);
    std::vector<std::vector<std::size_t>> members;
    for (std::size_t table = 0; table != all.needs.size(); ++table) {
        const std::size_t circle = found.of(table);
        if (!ranked[circle]) {
            ranked[circle] = true;
            rank[circle] = members.size();
            members.emplace_back();
        }
        members[rank[circle]].push_back(table);
    }
    edges between(members.size());
    for (std::size_t table = 0; table != all.needs.size(); ++table)
        for (const std::size_t other : all.needs[table])
            if (found.of(table) != found.of(other))
                between[rank[found.of(table)]].push_back(rank[found.of(other)]);

    std::vector<std::size_t> order;
    std::vector<std::size_t> place(all.needs.size(), 0);
    for (const std::size_t circle : sorted(between)) {
        const std::vector<std::size_t>& tables = members[circle];
        for (std::size_t i = 0; i != tables.size(); ++i)
            place[tables[i]] = i;
        edges inside(tables.size());
        for (std::size_t i = 0; i != tables.size(); ++i)
            for (const std::size_t parent : all.parents[tables[i]])
                if (found.of(parent) == found.of(tables[i]))
                    inside[i].push_back(place[parent]);
        for (const std::size_t i : sorted(inside))
            order.push_back(tables[i]);
    }
    return order;
}

} // namespace

reflected::table_order order_tables(std::vector<table_dependencies> tables) {
    std::sort(tables.begin(), tables.end(),
              [](const table_dependencies& a, const table_dependencies& b) { return a.table < b.table; });
    index_of_name indexes;
    for (std::size_t table = 0; table != tables.size(); ++table)
        indexes.emplace(tables[table].table, table);

    const std::vector<std::size_t> order = creation_order(graph_of(tables, indexes));
    std::vector<std::size_t> position(tables.size(), 0);
    for (std::size_t i = 0; i != order.size(); ++i)
        position[order[i]] = i;

    reflected::table_order found;
    for (const std::size_t table : order) {
        table_dependencies& each = tables[table];
        reflected::ordered_table& ordered = found.tables.emplace_back();
        for (table_dependencies::foreign_key& key : each.foreign_keys) {
            const auto referred = indexes.find(key.referred);
            if (referred != indexes.end() && position[referred->second] > position[table])
                found.deferred.push_back({each.table, std::move(key.name)});
            else
                ordered.foreign_keys.push_back(std::move(key.name));
        }
        std::sort(ordered.foreign_keys.begin(), ordered.foreign_keys.end());
        ordered.table = std::move(each.table);
    }
    std::sort(found.deferred.begin(), found.deferred.end(),
              [](const auto& a, const auto& b) { return a.table == b.table ? a.name < b.name : a.table < b.table; });
    return found;
}

} // namespace coropq::detail
