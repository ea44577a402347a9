// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_BENCHMARKS_SUPPORT_COMMAND_LINE_HPP
#define COROPQ_BENCHMARKS_SUPPORT_COMMAND_LINE_HPP

#include "support/server.hpp"

#include <boost/program_options.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace coropq::bench {

/// What every benchmark is told: which server, how much of it, and where the results go. The sizes of its own are added
/// by the benchmark, each with the value for a full run and that for `--quick`.
class command_line {
public:
    /// `groups`: what `--only` can name.
    command_line(std::string program, const std::string& about, const std::string& groups);
    command_line(const command_line&) = delete;
    command_line& operator=(const command_line&) = delete;

    /// `value` has to outlive this; it is at least 1.
    template <typename T>
    void add_size(const char* name, T& value, T full, T quick, const char* meaning) {
        known_.add_options()(name, boost::program_options::value(&value), meaning);
        chosen_.push_back([this, name, &value, full, quick] {
            if (!is_given(name))
                value = is_quick() ? quick : full;
            else if (value < T(1))
                refuse(name);
        });
    }

    /// `value` has to outlive this, and stays as it is where nothing is given.
    template <typename T>
    void add(const char* name, T& value, const char* meaning) {
        known_.add_options()(name, boost::program_options::value(&value), meaning);
    }
    /// The same for several values.
    template <typename T>
    void add_list(const char* name, std::vector<T>& values, const char* meaning) {
        known_.add_options()(name, boost::program_options::value(&values)->multitoken(), meaning);
    }

    /// Runs a benchmark with what the user has asked for; the exit status.
    int run(int count, char** arguments, const std::function<void(const std::string& url)>& benchmark,
            way_to_server way = way_to_server::unix_socket);

    bool is_quick() const;
    bool wants(const std::string& group) const;
    std::size_t rounds() const noexcept { return rounds_; }
    const std::string& json() const noexcept { return json_; }

private:
    bool is_given(const char* name) const;
    [[noreturn]] static void refuse(const char* name);
    void read(int count, char** arguments);

    std::string program_;
    boost::program_options::options_description known_;
    boost::program_options::variables_map given_;
    std::vector<std::function<void()>> chosen_;
    std::string url_;
    std::string json_;
    std::vector<std::string> only_;
    std::size_t rounds_ = 0;
};

} // namespace coropq::bench

#endif
