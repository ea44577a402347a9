// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "export_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace export_example {

namespace {

constexpr const char* first_line = "coropq export, format 1";

void check(bool is_done, const std::string& what) {
    if (!is_done)
        throw std::system_error(errno, std::generic_category(), what);
}

void write_all(int descriptor, std::string_view text, const std::string& path) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        check(written >= 0, path);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string progress_path(const std::string& path) { return path + ".progress"; }

} // namespace

export_file::export_file(std::string path, std::string job) : path_(std::move(path)), job_(std::move(job)) {
    const bool goes_on = read_progress();
    if (!goes_on && std::filesystem::exists(path_))
        throw std::runtime_error("there is a file " + path_ + " already, and no " + progress_path(path_) +
                                 " to go on from");
    descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    check(descriptor_ >= 0, path_);
    const off_t size = ::lseek(descriptor_, 0, SEEK_END);
    if (size < 0 || static_cast<std::uint64_t>(size) < where_.bytes) {
        ::close(descriptor_);
        throw std::runtime_error(path_ + " is shorter than " + progress_path(path_) + " says: remove both");
    }
    const off_t end = static_cast<off_t>(where_.bytes);
    check(::ftruncate(descriptor_, end) == 0 && ::lseek(descriptor_, end, SEEK_SET) == end, path_);
    write_progress();
}

export_file::~export_file() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void export_file::append(std::string_view text, std::uint64_t rows, std::string last_key) {
    write_all(descriptor_, text, path_);
    where_.rows += rows;
    where_.bytes += text.size();
    where_.last_key = std::move(last_key);
    if (std::chrono::steady_clock::now() >= next_save_)
        save();
}

void export_file::save() {
    check(::fsync(descriptor_) == 0, path_);
    write_progress();
    next_save_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
}

void export_file::finish() {
    check(::fsync(descriptor_) == 0, path_);
    std::filesystem::remove(progress_path(path_));
}

// The job, the numbers, and the key behind them, whatever it holds.
bool export_file::read_progress() {
    std::ifstream file(progress_path(path_), std::ios::binary);
    if (!file)
        return false;
    std::string first;
    std::size_t size = 0;
    bool has_key = false;
    std::getline(file, first);
    file >> size;
    file.ignore(1);
    std::string job(std::min<std::size_t>(size, 1U << 20), '\0');
    file.read(job.data(), static_cast<std::streamsize>(job.size()));
    file >> where_.rows >> where_.bytes >> has_key;
    file.ignore(1);
    if (!file || first != first_line)
        throw std::runtime_error(progress_path(path_) + " can't be read");
    if (job != job_)
        throw std::runtime_error(path_ + " belongs to an export of something else");
    if (has_key)
        where_.last_key.emplace(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    return true;
}

// As a whole or not at all: a new file that takes the place of the old one.
void export_file::write_progress() const {
    std::ostringstream text;
    text << first_line << '\n'
         << job_.size() << '\n'
         << job_ << '\n'
         << where_.rows << ' ' << where_.bytes << ' ' << where_.last_key.has_value() << '\n'
         << where_.last_key.value_or("");
    const std::string path = progress_path(path_);
    const std::string fresh = path + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    check(descriptor >= 0, fresh);
    try {
        write_all(descriptor, text.str(), fresh);
        check(::fsync(descriptor) == 0, fresh);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
    check(std::rename(fresh.c_str(), path.c_str()) == 0, path);
}

} // namespace export_example
