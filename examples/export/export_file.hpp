// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_EXPORT_EXPORT_FILE_HPP
#define COROPQ_EXAMPLES_EXPORT_EXPORT_FILE_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace export_example {

/// A file that is written in parts, and can be gone on with after any end, kill -9 and a power cut included. Beside it,
/// while it isn't finished, lies `FILE.progress`, which says how much of it
/// counts. Throws `std::system_error` and `std::runtime_error`.
class export_file {
public:
    /// How far it is.
    struct position {
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0;
        std::optional<std::string> last_key; ///< Of the last row, if there is one.
    };

    /// Makes a new file, or goes on with one: what was written behind its last part is cut off. `job` says what is
    /// exported: a file with something else is refused, and so is one that is finished.
    export_file(std::string path, std::string job);
    export_file(const export_file&) = delete;
    export_file& operator=(const export_file&) = delete;
    ~export_file();

    const position& where() const noexcept { return where_; }

    /// One more part. Saves when that hasn't been done yet, or not for a second.
    void append(std::string_view text, std::uint64_t rows, std::string last_key);
    /// Brings all parts to the disk, and says so in the other file.
    void save();
    /// There is no more.
    void finish();

private:
    bool read_progress();
    void write_progress() const;

    const std::string path_;
    const std::string job_;
    position where_;
    std::chrono::steady_clock::time_point next_save_; ///< In the past: the first part is saved.
    int descriptor_ = -1;
};

} // namespace export_example

#endif
