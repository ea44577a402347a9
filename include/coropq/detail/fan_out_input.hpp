// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_FAN_OUT_INPUT_HPP
#define COROPQ_DETAIL_FAN_OUT_INPUT_HPP

// Where the statements of a fan-out come from, whatever it is: a range, a function, or an asynchronous function. Not
// for users.

#include <coropq/detail/described.hpp>
#include <coropq/diagnostics.hpp>
#include <coropq/error.hpp>
#include <coropq/named.hpp>
#include <coropq/statement.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::detail {

/// A statement, or why there is none.
struct fan_out_item {
    std::optional<statement> work;
    boost::system::error_code code;
    diagnostics details;
};

/// One call at a time. Not called again after the end or an exception.
class fan_out_input {
public:
    fan_out_input() = default;
    fan_out_input(const fan_out_input&) = delete;
    fan_out_input& operator=(const fan_out_input&) = delete;
    virtual ~fan_out_input();

    /// False at the end. Of one that isn't asynchronous.
    virtual bool next(fan_out_item& item);
    /// The same, of one that is.
    virtual boost::asio::awaitable<bool> next_later(fan_out_item& item);

    virtual bool is_asynchronous() const noexcept { return false; }
    /// How many there are, if that is known.
    virtual std::optional<std::size_t> size() const { return std::nullopt; }
};

template <typename T>
inline constexpr bool is_awaitable = false;
template <typename T, typename Executor>
inline constexpr bool is_awaitable<boost::asio::awaitable<T, Executor>> = true;

/// A function that gives the next element, and nothing at the end.
template <typename Input>
concept pull_function = std::invocable<Input&> && is_optional<std::remove_cvref_t<std::invoke_result_t<Input&>>>;

template <typename Input>
concept awaited_pull_function = std::invocable<Input&> && is_awaitable<std::invoke_result_t<Input&>> &&
                                is_optional<typename std::invoke_result_t<Input&>::value_type>;

/// A stream of rows.
template <typename Input>
concept awaited_reader = requires(Input& input) {
    requires is_awaitable<decltype(input.next())>;
    requires is_optional<typename decltype(input.next())::value_type>;
};

template <typename Input>
concept fan_out_inputs =
    std::ranges::input_range<Input> || pull_function<Input> || awaited_pull_function<Input> || awaited_reader<Input>;

// Elements of a container of our own can be moved from; what a view refers to is somebody else's.
template <typename Range>
decltype(auto) element_at(std::ranges::iterator_t<Range>& position) {
    if constexpr (!std::ranges::view<Range> && std::is_lvalue_reference_v<std::ranges::range_reference_t<Range>>)
        return std::ranges::iter_move(position);
    else
        return *position;
}

template <typename Input>
struct element_of;
template <std::ranges::input_range Input>
struct element_of<Input> {
    using type = decltype(element_at<Input>(std::declval<std::ranges::iterator_t<Input>&>()));
};
template <pull_function Input>
    requires(!std::ranges::input_range<Input>)
struct element_of<Input> {
    using type = typename std::remove_cvref_t<std::invoke_result_t<Input&>>::value_type;
};
template <awaited_pull_function Input>
    requires(!std::ranges::input_range<Input>)
struct element_of<Input> {
    using type = typename std::invoke_result_t<Input&>::value_type::value_type;
};
template <awaited_reader Input>
    requires(!std::ranges::input_range<Input> && !pull_function<Input> && !awaited_pull_function<Input>)
struct element_of<Input> {
    using type = typename decltype(std::declval<Input&>().next())::value_type::value_type;
};

/// A statement of each element: it is one, or its text.
struct as_statement {
    template <typename Element>
        requires std::constructible_from<statement, Element>
    statement operator()(Element&& element) const {
        return statement(std::forward<Element>(element));
    }
};

/// A statement with the same text for each row of values.
class as_values_of {
public:
    explicit as_values_of(std::string sql) : sql_(std::move(sql)) {}

    template <typename Row>
    statement operator()(const Row& row) const {
        if constexpr (is_tuple<Row>)
            return std::apply([this](const auto&... values) { return statement(sql_, values...); }, row);
        else if constexpr (has_named_members<Row>)
            return statement(sql_, named(row));
        else
            return statement(sql_, row);
    }

private:
    std::string sql_;
};

// What can't be a statement is an outcome, not the end of the source.
template <typename Make, typename Element>
void make_item(const Make& make, Element&& element, fan_out_item& item) {
    try {
        item.work.emplace(make(std::forward<Element>(element)));
    } catch (const error& problem) {
        item.code = problem.code();
        item.details = problem.details();
    }
}

template <typename Range, typename Make>
class range_input final : public fan_out_input {
public:
    range_input(Range range, Make make) : range_(std::move(range)), make_(std::move(make)) {}

    bool next(fan_out_item& item) override {
        if (position_)
            ++*position_;
        else
            position_.emplace(std::ranges::begin(range_));
        if (*position_ == std::ranges::end(range_))
            return false;
        make_item(make_, element_at<Range>(*position_), item);
        return true;
    }

    std::optional<std::size_t> size() const override {
        if constexpr (std::ranges::sized_range<const Range>)
            return static_cast<std::size_t>(std::ranges::size(range_));
        else
            return std::nullopt;
    }

private:
    Range range_;
    Make make_;
    std::optional<std::ranges::iterator_t<Range>> position_;
};

template <typename Function, typename Make>
class function_input final : public fan_out_input {
public:
    function_input(Function function, Make make) : function_(std::move(function)), make_(std::move(make)) {}

    bool next(fan_out_item& item) override {
        auto element = function_();
        if (!element)
            return false;
        make_item(make_, std::move(*element), item);
        return true;
    }

private:
    Function function_;
    Make make_;
};

template <typename Source, typename Make>
class awaited_input final : public fan_out_input {
public:
    awaited_input(Source source, Make make) : source_(std::move(source)), make_(std::move(make)) {}

    bool is_asynchronous() const noexcept override { return true; }

    boost::asio::awaitable<bool> next_later(fan_out_item& item) override {
        auto pending = begin();
        auto element = co_await std::move(pending);
        if (!element)
            co_return false;
        make_item(make_, std::move(*element), item);
        co_return true;
    }

private:
    auto begin() {
        if constexpr (awaited_pull_function<Source>)
            return source_();
        else
            return source_.next();
    }

    Source source_;
    Make make_;
};

/// What is kept of what the caller gave. A list in braces refers to the caller's.
template <typename Input>
struct kept_input {
    using type = Input;
};
template <typename Element>
struct kept_input<std::initializer_list<Element>> {
    using type = std::vector<Element>;
};
template <typename Input>
using kept_input_t = typename kept_input<std::decay_t<Input>>::type;

} // namespace coropq::detail

#endif
