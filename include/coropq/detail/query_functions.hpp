// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_DETAIL_QUERY_FUNCTIONS_HPP
#define COROPQ_DETAIL_QUERY_FUNCTIONS_HPP

#include <coropq/result.hpp>
#include <coropq/statement.hpp>
#include <coropq/stream.hpp>

#include <boost/asio/awaitable.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq::detail {

template <typename T>
boost::asio::awaitable<std::vector<T>> fetch_all(boost::asio::awaitable<result> pending) {
    const result rows = co_await std::move(pending);
    co_return rows.all<T>();
}

template <typename T>
boost::asio::awaitable<T> fetch_one(boost::asio::awaitable<result> pending) {
    const result rows = co_await std::move(pending);
    co_return rows.one<T>();
}

template <typename T>
boost::asio::awaitable<std::optional<T>> fetch_optional(boost::asio::awaitable<result> pending) {
    const result rows = co_await std::move(pending);
    co_return rows.one_or_none<T>();
}

// Tuples and described structs are one value here, a composite one, not a row.
template <typename T>
boost::asio::awaitable<T> fetch_value(boost::asio::awaitable<result> pending) {
    const result rows = co_await std::move(pending);
    const std::tuple<T> only = rows.one<std::tuple<T>>();
    co_return std::get<0>(only);
}

template <typename T>
boost::asio::awaitable<stream<T>> open_stream(boost::asio::awaitable<row_stream> pending) {
    row_stream rows = co_await std::move(pending);
    co_return stream<T>(std::move(rows));
}

boost::asio::awaitable<std::vector<result>> all_results(boost::asio::awaitable<result> pending);

/// A statement that knows what its rows become: those of <coropq/sql/sql.hpp>.
template <typename T>
concept typed_query = requires { typename T::row_type; } && !std::is_void_v<typename T::row_type> &&
                      std::convertible_to<const T&, statement>;

/// What can run statements: `connection` and `engine`. `Derived` has `execute(statement)` and `stream_rows(statement,
/// stream_options)`, which own what they are given.
template <typename Derived>
class query_functions {
public:
    /// Runs a statement from its text and the values of `$1`, `$2`, … (or of `named` parameters), and gives all of its
    /// rows. The values are encoded before this returns. Throws `option_error` at once for what can't be encoded.
    template <typename... Arguments>
    boost::asio::awaitable<result> execute(std::string_view sql, const Arguments&... arguments) const {
        return self().execute(statement(sql, arguments...));
    }

    /// Runs a text with any number of statements, without parameters, in one message of the simple protocol: all of
    /// them in one transaction, unless the text says otherwise. Gives the result of each. After an error, none of them
    /// has had an effect, and the ones behind it haven't run. Errors as for `execute`.
    boost::asio::awaitable<std::vector<result>> execute_script(std::string_view sql) const {
        return all_results(self().execute(statement(sql).simple_protocol(true)));
    }

    /// Runs a statement and gives its rows as objects of their own: described structs, tuples, or values of the only
    /// column (see `row::as`). Errors as for `execute`, and `result_error` when the rows don't fit.
    template <typename T>
    boost::asio::awaitable<std::vector<T>> fetch(statement work) const {
        check_owning<T>();
        return fetch_all<T>(self().execute(std::move(work)));
    }
    template <typename T, typename... Arguments>
    boost::asio::awaitable<std::vector<T>> fetch(std::string_view sql, const Arguments&... arguments) const {
        return fetch<T>(statement(sql, arguments...));
    }
    /// The same with a statement of <coropq/sql/sql.hpp>, which says itself what its rows become.
    template <typed_query Query>
    boost::asio::awaitable<std::vector<typename Query::row_type>> fetch(const Query& query) const {
        return fetch<typename Query::row_type>(statement(query));
    }

    /// The only row. Errors as for `fetch`; `result_error` (`errc::no_row`, `errc::several_rows`).
    template <typename T>
    boost::asio::awaitable<T> fetch_one(statement work) const {
        check_owning<T>();
        return detail::fetch_one<T>(self().execute(std::move(work)));
    }
    template <typename T, typename... Arguments>
    boost::asio::awaitable<T> fetch_one(std::string_view sql, const Arguments&... arguments) const {
        return fetch_one<T>(statement(sql, arguments...));
    }
    template <typed_query Query>
    boost::asio::awaitable<typename Query::row_type> fetch_one(const Query& query) const {
        return fetch_one<typename Query::row_type>(statement(query));
    }

    /// The only row; nothing if there is none. Errors as for `fetch`; `result_error` (`errc::several_rows`).
    template <typename T>
    boost::asio::awaitable<std::optional<T>> fetch_optional(statement work) const {
        check_owning<T>();
        return detail::fetch_optional<T>(self().execute(std::move(work)));
    }
    template <typename T, typename... Arguments>
    boost::asio::awaitable<std::optional<T>> fetch_optional(std::string_view sql, const Arguments&... arguments) const {
        return fetch_optional<T>(statement(sql, arguments...));
    }
    template <typed_query Query>
    boost::asio::awaitable<std::optional<typename Query::row_type>> fetch_optional(const Query& query) const {
        return fetch_optional<typename Query::row_type>(statement(query));
    }

    /// The only column of the only row. Where it can be NULL, T is a `std::optional`. Errors as for `fetch_one`.
    template <typename T>
    boost::asio::awaitable<T> fetch_value(statement work) const {
        check_owning<T>();
        return detail::fetch_value<T>(self().execute(std::move(work)));
    }
    template <typename T, typename... Arguments>
    boost::asio::awaitable<T> fetch_value(std::string_view sql, const Arguments&... arguments) const {
        return fetch_value<T>(statement(sql, arguments...));
    }
    template <typed_query Query>
    boost::asio::awaitable<typename Query::row_type> fetch_value(const Query& query) const {
        return fetch_value<typename Query::row_type>(statement(query));
    }

    /// Runs a statement whose rows are read as the server sends them: memory stays bounded however many there are. See
    /// `stream`. Errors as for `execute`.
    template <typename T>
    boost::asio::awaitable<coropq::stream<T>> stream(statement work, stream_options options = stream_options()) const {
        return open_stream<T>(self().stream_rows(std::move(work), options));
    }
    template <typename T>
    boost::asio::awaitable<coropq::stream<T>> stream(std::string_view sql,
                                                     stream_options options = stream_options()) const {
        return stream<T>(statement(sql), options);
    }
    template <typed_query Query>
    boost::asio::awaitable<coropq::stream<typename Query::row_type>>
    stream(const Query& query, stream_options options = stream_options()) const {
        return stream<typename Query::row_type>(statement(query), options);
    }

protected:
    query_functions() = default;
    query_functions(const query_functions&) = default;
    query_functions& operator=(const query_functions&) = default;
    ~query_functions() = default;

private:
    const Derived& self() const noexcept { return static_cast<const Derived&>(*this); }
};

} // namespace coropq::detail

#endif
