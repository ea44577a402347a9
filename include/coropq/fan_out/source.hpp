// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_FAN_OUT_SOURCE_HPP
#define COROPQ_FAN_OUT_SOURCE_HPP

#include <coropq/detail/fan_out_input.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

namespace coropq {

/// What statements can be read from: a range of statements or of their texts (a vector, a view, a generator: any input
/// range), a function that gives a `std::optional<statement>`, empty at the end, or one that gives an awaitable of
/// that.
template <typename Input>
concept fan_out_statements =
    detail::fan_out_inputs<detail::kept_input_t<Input>> &&
    std::constructible_from<statement, typename detail::element_of<detail::kept_input_t<Input>>::type>;

/// The statements of a fan-out. They are read one after the other, each when it can be started, so there may be
/// millions of them that are made on the way.
///
/// Owns what it was made from: containers are copied or moved, and functions as well. What a view refers to, or a
/// function has references to, must live until the fan-out has ended. The source is used on the executor of the
/// coroutine that awaits the fan-out, one call at a time, and destroyed when it is at its end or the fan-out is.
///
/// An exception that it throws comes out of the fan-out, once what runs has ended; nothing else is started then. That
/// an element can't be made a statement (`option_error`) is the outcome of that statement.
class statement_source {
public:
    template <typename Input>
        requires(!std::same_as<std::remove_cvref_t<Input>, statement_source> && fan_out_statements<Input>)
    statement_source(Input&& input) : statement_source(std::forward<Input>(input), detail::as_statement()) {}

    /// How many statements there are, if that is known before they are read.
    std::optional<std::size_t> size() const { return input_->size(); }

    /// For the library.
    template <typename Input, typename Make>
    statement_source(Input&& input, Make make) {
        using kept = detail::kept_input_t<Input>;
        if constexpr (std::ranges::input_range<kept>)
            input_ =
                std::make_unique<detail::range_input<kept, Make>>(kept(std::forward<Input>(input)), std::move(make));
        else if constexpr (detail::pull_function<kept>)
            input_ =
                std::make_unique<detail::function_input<kept, Make>>(kept(std::forward<Input>(input)), std::move(make));
        else
            input_ =
                std::make_unique<detail::awaited_input<kept, Make>>(kept(std::forward<Input>(input)), std::move(make));
    }
    std::unique_ptr<detail::fan_out_input> take_input() && noexcept { return std::move(input_); }

private:
    std::unique_ptr<detail::fan_out_input> input_;
};

/// The same text with the values of each row: tuples and pairs are `$1`, `$2`, …; described structs have named
/// parameters (`:name`, see `named`); everything else is `$1`.
///
///     co_await coropq::fan_out(engine, coropq::statements_for("delete from users where id = $1", ids));
///     co_await coropq::fan_out(engine, coropq::statements_for("insert into users values (:id, :name)", users));
///
/// `rows` is what a source of statements can be, with rows instead: a range, a function, an asynchronous function; or a
/// `stream`. A row whose values can't be encoded, or don't fit the text, is an outcome with `option_error`.
template <typename Rows>
    requires detail::fan_out_inputs<detail::kept_input_t<Rows>>
statement_source statements_for(std::string sql, Rows&& rows) {
    return statement_source(std::forward<Rows>(rows), detail::as_values_of(std::move(sql)));
}

} // namespace coropq

#endif
