// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_STATEMENT_HPP
#define COROPQ_STATEMENT_HPP

#include <coropq/detail/arguments.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace coropq {

class named_parameter;

/// A C++ type that can be the parameter of a statement: one whose `codec` can encode (bool, integers, float, double and
/// text; more with the headers of coropq/types), `std::optional` of such, and `std::nullopt` or `nullptr` for NULL.
template <typename T>
concept parameter = detail::is_parameter<std::remove_cvref_t<T>>;

/// The form in which a server is asked for the rows of a statement. What users read from a result doesn't depend on it.
enum class result_format : std::uint8_t {
    automatic, ///< Binary where the types of the columns are known and the library reads them, text otherwise.
    text,      ///< Always the server's text form, as its settings (`DateStyle`, …) shape it.
    binary     ///< Always binary, also for types that the library doesn't know: for codecs of one's own.
};

/// SQL text and its parameters. Owns both: nothing that was given is referenced after the constructor returns, so a
/// statement may outlive everything that it was made from. Parameters are `$1`, `$2`, …; they travel apart from the
/// text, so no value can change the meaning of the statement.
///
/// A parameter has the PostgreSQL type of its C++ type: `int` is an integer, `double` a double precision. Text has
/// none: the server takes it from where `$1` stands, as it does for a literal.
///
/// A value; moving is cheap. Not for use from several threads at once while one of them changes it.
class statement {
public:
    explicit statement(std::string_view sql) : statement(naming::optional, sql, {}) {}

    /// A statement from its text and the values of `$1`, `$2`, … (types as in `parameter`), or its named parameters
    /// (see coropq/named.hpp).
    ///
    /// Throws `option_error` (`errc::invalid_parameter`) when the text contains a NUL byte, which PostgreSQL can't
    /// represent; when there are more or fewer values than parameters (unless only the server can tell, as in a text
    /// that `standard_conforming_strings` changes the meaning of); or when a value can't be encoded: the message says
    /// which one and why, and never shows it.
    template <typename... Arguments>
        requires(sizeof...(Arguments) > 0)
    explicit statement(std::string_view sql, const Arguments&... arguments)
        : statement(naming::optional, sql,
                    std::array<detail::argument, sizeof...(Arguments)>{detail::make_argument(arguments)...}) {}

    /// A statement with named parameters: `statement::with("… :id … :name …", {{"id", 7}, {"name", "Ada"}})`. Needs
    /// coropq/named.hpp. Throws as the constructor does; see `named`.
    ///
    /// Make it in a line of its own in front of a `co_await` expression: GCC 12 can't compile the braces inside of one.
    /// `execute("… :id …", named("id", 7))` may stand anywhere.
    static statement with(std::string_view sql, std::initializer_list<named_parameter> parameters);
    /// The same from a list that was made at run time.
    static statement with(std::string_view sql, std::span<const named_parameter> parameters);

    /// Whether the statement is prepared on its connection, so that the server parses it once however often it runs.
    /// By default, that happens by itself when it pays. `prepare(false)` opts out, for instance for a statement that
    /// is planned better when its values are known; `prepare(true)` prepares at the first use.
    statement& prepare(bool on) & {
        prepare_ = on;
        return *this;
    }
    statement&& prepare(bool on) && { return std::move(prepare(on)); }

    /// Sends text with the values as literals in it, in one message of the simple protocol, instead of parameters
    /// beside the text: for poolers and servers that don't do the extended protocol, and for texts with several
    /// statements. Nothing is prepared then, and results come as text. Off by default.
    statement& simple_protocol(bool on) & {
        simple_protocol_ = on;
        return *this;
    }
    statement&& simple_protocol(bool on) && { return std::move(simple_protocol(on)); }

    /// How long the statement may take, waiting for a connection and for the server included; then it is cancelled on
    /// the server and ends with `timeout_error`. For a stream: until its first row, and again for each batch. Zero: no
    /// limit. Default: `statement_options::timeout`.
    statement& timeout(std::chrono::milliseconds limit) & {
        timeout_ = limit;
        return *this;
    }
    statement&& timeout(std::chrono::milliseconds limit) && { return std::move(timeout(limit)); }

    /// See `result_format`.
    statement& results(result_format format) & {
        results_ = format;
        return *this;
    }
    statement&& results(result_format format) && { return std::move(results(format)); }

    std::optional<bool> prepare() const noexcept { return prepare_; }
    bool simple_protocol() const noexcept { return simple_protocol_; }
    result_format results() const noexcept { return results_; }
    std::optional<std::chrono::milliseconds> timeout() const noexcept { return timeout_; }

    /// The SQL text, with `$n` in it.
    const std::string& sql() const noexcept { return sql_; }

    /// The number of parameters.
    std::size_t parameter_count() const noexcept { return parameters_.parameters().size(); }

    // For the library:

    /// From a text that has exactly these parameters.
    static statement rendered(std::string sql, detail::encoded_parameters parameters) {
        return {std::move(sql), std::move(parameters), nullptr};
    }

    using pending_type = detail::encoded_parameters::pending_type;

    /// The bytes of a parameter, followed by a NUL byte if it is in text form; null for NULL.
    const char* parameter_data(std::size_t index) const noexcept { return parameters_.data(index); }
    std::size_t parameter_size(std::size_t index) const noexcept { return parameters_.parameters()[index].size; }
    wire_format parameter_format(std::size_t index) const noexcept { return parameters_.parameters()[index].format; }
    type_reference parameter_type(std::size_t index) const noexcept { return parameters_.parameters()[index].type; }
    /// OIDs inside of parameters that have to be looked up by name, and filled in, before the statement is sent.
    const std::vector<pending_type>& pending_types() const noexcept { return parameters_.pending_types(); }
    /// Puts text without placeholders in front.
    void prefix(std::string_view text) { sql_.insert(0, text); }
    /// `position` is that of a pending type. May be done again, for another database.
    void resolve_type(std::size_t position, std::uint32_t oid) { parameters_.resolve_type(position, oid); }
    /// The same values in another form.
    void replace_parameters(detail::encoded_parameters others) { parameters_ = std::move(others); }

private:
    enum class naming { optional, required };

    statement(naming names, std::string_view sql, std::span<const detail::argument> arguments);
    statement(std::string sql, detail::encoded_parameters parameters, std::nullptr_t)
        : sql_(std::move(sql)), parameters_(std::move(parameters)) {}

    std::string sql_;
    detail::encoded_parameters parameters_;
    std::optional<bool> prepare_;
    bool simple_protocol_ = false;
    result_format results_ = result_format::automatic;
    std::optional<std::chrono::milliseconds> timeout_;
};

} // namespace coropq

#endif
