// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FAN_OUT_OUTCOME_HPP
#define COROPQ_FAN_OUT_OUTCOME_HPP

#include <coropq/diagnostics.hpp>
#include <coropq/result.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace coropq {

/// How a statement of a fan-out ended.
enum class fan_out_state : std::uint8_t {
    succeeded, ///< There is a value.
    failed,    ///< By itself: an error of the server or of the connection, its own time limit, rows that don't fit.
    cancelled, ///< It had been started, and was cancelled with the fan-out, or with what its policy says.
    not_run,   ///< It was never started.
};

namespace detail {

/// A value of any type.
using erased_value = std::unique_ptr<void, void (*)(void*)>;

struct fan_out_record {
    std::size_t index = 0;
    std::chrono::microseconds elapsed{};
    boost::system::error_code code;
    diagnostics details;
    result output;
    erased_value mapped{nullptr, nullptr}; ///< What was made of the result, where something is.
    int attempts = 0;
    fan_out_state state = fan_out_state::not_run;
    bool may_have_run = false;
};

} // namespace detail

/// What became of a statement of a fan-out, whatever its value is.
class fan_out_status {
public:
    /// Which statement it was, counted from 0, in the order of the source.
    std::size_t index() const noexcept { return record_.index; }

    fan_out_state state() const noexcept { return record_.state; }
    bool succeeded() const noexcept { return record_.state == fan_out_state::succeeded; }

    /// The error, as the operations of an engine give it; none if it succeeded. `asio::error::operation_aborted` if it
    /// was cancelled or not run because of the policy or because the fan-out was cancelled, `errc::timeout` if the time
    /// of all was up. Of repeated ones, it is that of the last attempt.
    const boost::system::error_code& code() const noexcept { return record_.code; }
    const diagnostics& details() const noexcept { return record_.details; }

    /// Whether it didn't succeed, and that it had an effect on the server can't be ruled out: in one of its attempts,
    /// the connection was lost, or it was cancelled or timed out after it was sent, or its rows don't fit.
    bool may_have_run() const noexcept { return record_.may_have_run; }

    /// From its start to its end, with the repetitions and the time between them.
    std::chrono::microseconds elapsed() const noexcept { return record_.elapsed; }

    /// How often it was given to the engine; 0 if it never was.
    int attempts() const noexcept { return record_.attempts; }

    /// Throws the exception of the error (`throw_error`); does nothing if it succeeded.
    void rethrow() const;

protected:
    fan_out_status() = default;
    explicit fan_out_status(detail::fan_out_record record) noexcept : record_(std::move(record)) {}
    fan_out_status(fan_out_status&&) noexcept = default;
    fan_out_status& operator=(fan_out_status&&) noexcept = default;
    ~fan_out_status() = default;

    detail::fan_out_record record_;
};

/// What became of a statement of a fan-out, and its value. Can be moved, not copied.
template <typename Value>
class fan_out_outcome : public fan_out_status {
public:
    using value_type = Value;

    /// Of a statement that wasn't run.
    fan_out_outcome() = default;
    /// For the library.
    explicit fan_out_outcome(detail::fan_out_record record) noexcept : fan_out_status(std::move(record)) {}

    /// The value. Throws as `rethrow` does if there is none.
    const Value& value() const& { return stored(*this); }
    Value& value() & { return stored(*this); }
    Value value() && { return std::move(stored(*this)); }

private:
    template <typename Self>
    static auto& stored(Self& self) {
        self.rethrow();
        if constexpr (std::is_same_v<Value, result>)
            return self.record_.output;
        else
            return *static_cast<std::conditional_t<std::is_const_v<Self>, const Value, Value>*>(
                self.record_.mapped.get());
    }
};

} // namespace coropq

#endif
