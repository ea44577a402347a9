// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_DOMAIN_STEPS_HPP
#define COROPQ_SRC_INSPECT_DOMAIN_STEPS_HPP

#include <coropq/inspect/data_type.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace coropq::detail {

/// A recursive query for a `with recursive` list: `step(origin, depth, type, modifier, dimensions)`, where each of the
/// types of the query `used(type)` leads, domain by domain. Depth 1: what the type itself, or what its elements, are
/// made of.
extern const std::string_view domain_steps_query;

/// What types are made of, by their OIDs.
class domain_steps {
public:
    void add(std::uint32_t origin, int depth, reflected::data_type type) { found_[origin][depth] = std::move(type); }
    /// A type vanished while it was read.
    void add_vanished(std::uint32_t origin) { vanished_.insert(origin); }

    /// Fills in `bases`. False: something that it is made of vanished.
    bool complete(reflected::data_type& type) const;

private:
    std::unordered_map<std::uint32_t, std::map<int, reflected::data_type>> found_;
    std::set<std::uint32_t> vanished_;
};

} // namespace coropq::detail

#endif
