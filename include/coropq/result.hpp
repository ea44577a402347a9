// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_RESULT_HPP
#define COROPQ_RESULT_HPP

#include <coropq/row.hpp>
#include <coropq/typed_rows.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq {

/// What the server says about a column of a result. Whether it can be NULL isn't among it: the protocol doesn't tell.
struct column {
    std::string name;
    std::uint32_t type = 0;  ///< The OID of its type; a domain is reported as what it is made of.
    std::string type_name;   ///< `integer`, `mood`, `audit.entry[]` …; "the type with OID …" if it isn't known.
    int type_modifier = -1;  ///< As in `pg_attribute.atttypmod`, for example the length of a varchar plus 4; -1: none.
    std::uint32_t table = 0; ///< The OID of the table that it comes from; 0 for expressions.
    int position_in_table = 0; ///< Its number there (`pg_attribute.attnum`); 0 for expressions.
};

/// Some rows of a result, one after the other. Owns the rows together with the result and its other copies, so it may
/// outlive the result that it was taken from; rows, fields and views don't: they need a result or a range that lives.
///
/// Several threads may read at once.
class row_range {
public:
    using value_type = row;
    using iterator = detail::index_iterator<detail::row_source, row>;

    row_range() noexcept = default;

    /// The number of rows.
    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }

    /// A row, counted from 0. Throws `result_error` (`errc::row_out_of_range`) if there is none.
    row operator[](std::size_t index) const;

    iterator begin() const noexcept { return {detail::row_source{data_.get(), first_}, 0}; }
    iterator end() const noexcept { return {detail::row_source{data_.get(), first_}, count_}; }

    /// The rows as C++ objects, decoded on access: `rows<int, std::string_view>()` gives tuples, `rows<user>()`
    /// described structs, `rows<int>()` the values of the only column. The columns are checked here, once.
    ///
    /// Throws `result_error`: a column is missing, ambiguous or too many, or has a type that doesn't fit; on access:
    /// NULL without `std::optional`, a value that doesn't fit. Each names the column, its type, the C++ type and, on
    /// access, the row.
    template <typename T, typename... Ts>
    auto rows() const {
        if constexpr (sizeof...(Ts) == 0)
            return typed_rows<T>(data_, first_, count_);
        else
            return typed_rows<std::tuple<T, Ts...>>(data_, first_, count_);
    }

    /// All rows as objects of their own. Throws as `rows` does.
    template <typename T, typename... Ts>
    auto all() const {
        const auto objects = rows<T, Ts...>();
        std::vector<typename decltype(objects)::value_type> copies;
        copies.reserve(objects.size());
        for (auto&& object : objects)
            copies.push_back(std::forward<decltype(object)>(object));
        return copies;
    }

    /// The first row; nothing if there is none. Throws as `rows` does.
    template <typename T>
    std::optional<T> first() const {
        const typed_rows<T> objects(borrowed(), first_, count_);
        if (empty())
            return std::nullopt;
        return objects[0];
    }

    /// The only row. Throws `result_error` (`errc::no_row`, `errc::several_rows`), and as `rows` does.
    template <typename T>
    T one() const {
        const typed_rows<T> objects(borrowed(), first_, count_);
        check_one();
        return objects[0];
    }

    /// The only row; nothing if there is none. Throws `result_error` (`errc::several_rows`), and as `rows` does.
    template <typename T>
    std::optional<T> one_or_none() const {
        const typed_rows<T> objects(borrowed(), first_, count_);
        if (empty())
            return std::nullopt;
        check_one();
        return objects[0];
    }

    /// The value in the first column of the first row; nothing if there is no row. NULL needs a `std::optional` as T.
    template <typename T>
    std::optional<T> scalar() const {
        if (empty())
            return std::nullopt;
        return (*this)[0][0].template as<T>();
    }

    /// The values of one column. Throws `result_error` as `field::as` does.
    template <typename T>
    std::vector<T> scalars(std::size_t column = 0) const {
        std::vector<T> values;
        values.reserve(size());
        for (const row entry : *this)
            values.push_back(entry[column].template as<T>());
        return values;
    }

    /// The rows as maps from column names to texts, NULL being nothing: for programs that don't know the columns. Of
    /// columns with the same name, the last one wins.
    std::vector<std::map<std::string, std::optional<std::string>>> mappings() const;

    /// The same rows in pieces of `size` each, the last one shorter. Throws `result_error` if the size is 0.
    std::vector<row_range> partitions(std::size_t size) const;

    /// For the library.
    row_range(std::shared_ptr<const detail::result_data> data, std::size_t first, std::size_t count) noexcept
        : data_(std::move(data)), first_(first), count_(count) {}
    const std::shared_ptr<const detail::result_data>& data() const noexcept { return data_; }

private:
    void check_one() const;

    // Without a share in it, for what this outlives: counting shares costs more than looking at a value.
    std::shared_ptr<const detail::result_data> borrowed() const noexcept {
        return {std::shared_ptr<const detail::result_data>(), data_.get()};
    }

    std::shared_ptr<const detail::result_data> data_;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

/// What a statement answered: its rows, if it has any, and its command tag. Owns the rows; copies share them.
///
///     coropq::result users = co_await engine.execute("select id, name from users");
///     for (auto [id, name] : users.rows<int, std::string_view>())
///         std::cout << id << ' ' << name << '\n';
///
/// Rows, fields and views refer to the result. Several threads may read at once.
class result : public row_range {
public:
    /// An empty result: no rows, no columns, no tag.
    result() noexcept = default;

    /// The number of columns; 0 for statements that return no rows.
    std::size_t column_count() const noexcept;

    /// The name of a column, counted from 0. Throws `result_error` (`errc::unknown_column`) if there is none.
    std::string_view column_name(std::size_t column) const;

    /// The OID of a column's type. Throws `result_error` (`errc::unknown_column`) if there is none.
    std::uint32_t column_type(std::size_t column) const;

    /// Everything that is known about the columns.
    std::vector<column> columns() const;

    /// The server's command tag, for example `SELECT 3` or `CREATE TABLE`.
    std::string_view command_tag() const noexcept;

    /// The number of rows that were inserted, updated, deleted, selected …; 0 for other statements.
    std::uint64_t affected_rows() const noexcept;

    /// Query Service: exactly 50,000 rows came for a statement without a LIMIT of its own, which is where the service
    /// stops. There may be more. False everywhere else.
    bool possibly_truncated() const noexcept;

    /// For the library.
    explicit result(std::shared_ptr<const detail::result_data> data) noexcept;
};

} // namespace coropq

#endif
