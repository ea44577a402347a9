// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_POOL_NUMBERED_QUEUE_HPP
#define COROPQ_SRC_POOL_NUMBERED_QUEUE_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace coropq::detail {

/// A queue of values with numbers, each higher than the last, that most leave in front and any may leave from anywhere.
/// Entering and leaving in front take constant time, finding one elsewhere by its number logarithmic time.
template <typename Value>
class numbered_queue {
public:
    using number = std::uint64_t;

    bool empty() const noexcept { return count_ == 0; }
    std::size_t size() const noexcept { return count_; }

    void push(number id, Value value) {
        places_.push_back({id, std::move(value)});
        ++count_;
    }

    number first() const { return places_.front().id; }
    const Value& front() const { return *places_.front().value; }

    /// Null if it isn't there.
    Value* find(number id) {
        place* const found = find_place(id);
        return found ? &*found->value : nullptr;
    }

    /// The value, if it was there.
    std::optional<Value> take(number id) {
        place* const found = find_place(id);
        if (!found)
            return std::nullopt;
        std::optional<Value> taken = std::exchange(found->value, std::nullopt);
        --count_;
        while (!places_.empty() && !places_.front().value)
            places_.pop_front();
        // While one in front stays, thousands may come and go behind it.
        if (places_.size() > 2 * count_ + few)
            std::erase_if(places_, [](const place& one) { return !one.value; });
        return taken;
    }

    /// How many of those that come first have a number less than this one, counted up to `most`.
    std::size_t count_before(number id, std::size_t most) const {
        std::size_t count = 0;
        for (auto each = places_.begin(); each != places_.end() && each->id < id && count != most; ++each)
            count += each->value ? 1 : 0;
        return count;
    }

private:
    static constexpr std::size_t few = 64;

    struct place {
        number id;
        std::optional<Value> value; ///< None: it has left. Never so in front.
    };

    place* find_place(number id) {
        if (count_ == 0 || id < places_.front().id)
            return nullptr;
        const auto found = id == places_.front().id
                               ? places_.begin()
                               : std::lower_bound(places_.begin(), places_.end(), id,
                                                  [](const place& one, number wanted) { return one.id < wanted; });
        return found != places_.end() && found->id == id && found->value ? &*found : nullptr;
    }

    std::deque<place> places_;
    std::size_t count_ = 0;
};

} // namespace coropq::detail

#endif
