// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_URL_WIPING_RESOURCE_HPP
#define COROPQ_SRC_URL_WIPING_RESOURCE_HPP

#include "url/wipe.hpp"

#include <boost/json/memory_resource.hpp>

#include <cstddef>
#include <new>

namespace coropq::detail {

/// Memory for the JSON parser and its values, overwritten as it is given back.
class wiping_resource final : public boost::json::memory_resource {
    // Boost.JSON 1.81 gives the memory of keys back with another alignment than it has asked for; none of them is
    // larger than what any memory has.
    void* do_allocate(std::size_t size, std::size_t /*alignment*/) override { return ::operator new(size); }

    void do_deallocate(void* memory, std::size_t size, std::size_t /*alignment*/) override {
        wipe(memory, size);
        ::operator delete(memory);
    }

    bool do_is_equal(const boost::json::memory_resource& other) const noexcept override { return this == &other; }
};

} // namespace coropq::detail

#endif
