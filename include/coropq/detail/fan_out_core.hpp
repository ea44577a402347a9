// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_FAN_OUT_CORE_HPP
#define COROPQ_DETAIL_FAN_OUT_CORE_HPP

// What a fan-out does, whatever is made of its results: compiled once, in the library. Not for users.

#include <coropq/engine.hpp>
#include <coropq/fan_out/options.hpp>
#include <coropq/fan_out/outcome.hpp>
#include <coropq/fan_out/source.hpp>
#include <coropq/mapping.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::detail {

class fan_out_core;

/// Makes the value of a result. Throws `result_error`.
using fan_out_mapping = erased_value (*)(const result& rows);

/// The value of a statement: its result, or its rows as objects.
template <typename T>
using fan_out_value = std::conditional_t<std::is_same_v<T, result>, result, std::vector<T>>;

template <typename T>
erased_value map_rows(const result& rows) {
    return erased_value(new std::vector<T>(rows.all<T>()),
                        [](void* mapped) { delete static_cast<std::vector<T>*>(mapped); });
}

template <typename T>
constexpr fan_out_mapping mapping_for() {
    if constexpr (std::is_same_v<T, result>) {
        return nullptr;
    } else {
        check_owning<T>();
        return &map_rows<T>;
    }
}

/// A fan-out that hasn't begun. The handles to it are one: who destroys it cancels what runs.
class fan_out_handle {
public:
    fan_out_handle(const engine& used, statement_source source, fan_out_options options, fan_out_mapping mapping,
                   bool unlimited);
    explicit fan_out_handle(std::shared_ptr<fan_out_core> core) noexcept : core_(std::move(core)) {}
    fan_out_handle(fan_out_handle&&) noexcept = default;
    fan_out_handle& operator=(fan_out_handle&& other) noexcept;
    fan_out_handle(const fan_out_handle&) = delete;
    fan_out_handle& operator=(const fan_out_handle&) = delete;
    ~fan_out_handle();

    const std::shared_ptr<fan_out_core>& core() const noexcept { return core_; }
    fan_out_progress progress() const;
    void cancel();

private:
    std::shared_ptr<fan_out_core> core_;
};

/// The next outcome; false at the end. Throws what the source threw, behind the last one. Cancelled: cancels the
/// fan-out, and throws.
boost::asio::awaitable<bool> next_outcome(std::shared_ptr<fan_out_core> core, fan_out_record& record);

/// Cancels the fan-out, and waits until nothing of it runs any more.
boost::asio::awaitable<void> close_fan_out(std::shared_ptr<fan_out_core> core);

/// All outcomes, in the order of the statements. Throws as the policy says.
boost::asio::awaitable<std::vector<fan_out_record>> all_outcomes(fan_out_handle run);

template <typename Value>
boost::asio::awaitable<std::vector<fan_out_outcome<Value>>>
typed_outcomes(boost::asio::awaitable<std::vector<fan_out_record>> pending) {
    std::vector<fan_out_record> records = co_await std::move(pending);
    std::vector<fan_out_outcome<Value>> outcomes;
    outcomes.reserve(records.size());
    for (fan_out_record& each : records)
        outcomes.emplace_back(std::move(each));
    co_return outcomes;
}

template <typename Value>
boost::asio::awaitable<std::optional<fan_out_outcome<Value>>> typed_outcome(std::shared_ptr<fan_out_core> core) {
    fan_out_record record;
    const bool more = co_await next_outcome(std::move(core), record);
    std::optional<fan_out_outcome<Value>> outcome;
    if (more)
        outcome.emplace(std::move(record));
    co_return outcome;
}

} // namespace coropq::detail

#endif
