// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_CREDENTIALS_HPP
#define COROPQ_CREDENTIALS_HPP

#include <concepts>
#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace coropq {

/// A password or token. Its memory is overwritten when it is destroyed, assigned to or moved from, and it prints as
/// `***`. There is no way to its characters but `expose()`, so every place that uses them can be searched for.
///
/// Copying may throw std::bad_alloc, moving never throws. Not for use from several threads at once while one of them
/// changes it.
class secret {
public:
    secret() noexcept = default;

    /// Copies the characters as they are, white space included. The original is the caller's to overwrite.
    ///
    /// Throws `option_error` for a null `const char*`, as `std::getenv` gives for a variable that isn't set.
    template <std::convertible_to<std::string_view> Text>
    secret(const Text& text) : secret(checked(text), 0) {} // NOLINT: implicit, so that text can be given
    secret(std::nullptr_t) = delete;

    secret(const secret& other);
    secret(secret&& other) noexcept;
    secret& operator=(const secret& other);
    secret& operator=(secret&& other) noexcept;
    ~secret();

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

    /// The characters, followed by a NUL byte that isn't counted. Valid until the secret changes or is destroyed.
    std::string_view expose() const noexcept { return {characters_ ? characters_.get() : "", size_}; }

    /// Compares without revealing by its duration where the first difference is.
    friend bool operator==(const secret& left, const secret& right) noexcept;

    /// Prints `***`, whatever it holds.
    friend std::ostream& operator<<(std::ostream& out, const secret& value);

private:
    static std::string_view checked(std::string_view text) noexcept { return text; }
    static std::string_view checked(const char* text);

    secret(std::string_view text, int);
    void clear() noexcept;

    std::unique_ptr<char[]> characters_;
    std::size_t size_ = 0;
};

/// Reads the JSON file that Query Service gives out for non-expiring credentials and returns the password made of it,
/// `{technicalAccountId}:{credential}` (Adobe, "Query Service credentials guide", non-expiring credentials). Other
/// members are ignored. Reads synchronously: call it while the program starts, not from a coroutine.
///
/// Throws `url_error` with `errc::invalid_credentials_file`: the file can't be read, is longer than 1 MiB, isn't a JSON
/// object, or one of the two members is missing, empty or not a text. The message names the file and the member and
/// shows none of the contents. What was read is overwritten before the function returns.
secret read_credentials_file(const std::string& path);

/// The same, from the contents of the file, for programs that keep it somewhere else. Errors name no file.
secret credentials_from_json(std::string_view json);

} // namespace coropq

#endif
