// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "support/measure.hpp"

#include "support/child_process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <type_traits>

namespace coropq::bench {

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double cpu_now() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return cpu_seconds_of(used);
}

// Bytes: `VmRSS:` what is resident now, `VmHWM:` the most that ever was.
double memory_now(const char* which) {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        double kilobytes = 0;
        if (word == which && status >> kilobytes)
            return kilobytes * 1024;
    }
    return 0;
}

// What a child tells its parent; `failed`: a message of so many bytes follows.
struct report {
    sample measured;
    std::uint64_t failed = 0;
};
static_assert(std::is_trivially_copyable_v<report>);

void write_all(int file, const void* data, std::size_t size) {
    if (write(file, data, size) != static_cast<ssize_t>(size))
        std::_Exit(1);
}

void work_and_tell(const contestant& one, int file) {
    prctl(PR_SET_NAME, one.name.c_str()); // profilers tell them apart by it
    report told;
    std::string message;
    try {
        meter measured;
        const std::uint64_t checksum = one.work(measured);
        told.measured = measured.result();
        told.measured.checksum = checksum;
    } catch (const std::exception& problem) {
        message = problem.what();
        told.failed = message.size() + 1;
    }
    write_all(file, &told, sizeof told);
    if (told.failed != 0)
        write_all(file, message.c_str(), message.size() + 1);
}

} // namespace

void meter::start() {
    std::ofstream("/proc/self/clear_refs") << 5; // the highest begins anew, at what is now
    resident_ = memory_now("VmRSS:");
    sample_.cpu_seconds = -cpu_now();
    sample_.seconds = -now();
}

void meter::stop() {
    sample_.seconds += now();
    sample_.cpu_seconds += cpu_now();
    sample_.peak = memory_now("VmHWM:");
    sample_.memory = std::max(0.0, sample_.peak - resident_);
}

sample run_in_child(const contestant& one) {
    const child_end left = run_child([&one](int output) { work_and_tell(one, output); });
    if (left.output.size() < sizeof(report))
        throw std::runtime_error(one.name + ": ended without a result, status " + std::to_string(left.status));
    report received;
    std::memcpy(&received, left.output.data(), sizeof received);
    if (received.failed != 0)
        throw std::runtime_error(one.name + ": " + left.output.substr(sizeof received, received.failed - 1));
    return received.measured;
}

std::vector<std::vector<sample>> run_interleaved(const std::vector<contestant>& contestants, std::size_t rounds) {
    std::vector<std::vector<sample>> samples(contestants.size());
    for (std::size_t round = 0; round != rounds; ++round) {
        for (std::size_t i = 0; i != contestants.size(); ++i) {
            const std::size_t turn = round % 2 == 0 ? i : contestants.size() - 1 - i;
            samples[turn].push_back(run_in_child(contestants[turn]));
            if (samples[turn].back().checksum != samples[0][0].checksum)
                throw std::runtime_error(contestants[turn].name + " has read other values than the others");
        }
    }
    return samples;
}

double median(std::vector<double> values) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

} // namespace coropq::bench
