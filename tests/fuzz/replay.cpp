// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Runs a fuzz target without libFuzzer: with each file of a directory, every beginning of it, a fixed number of random
// changes to it, and random bytes. The same inputs on each run. Ends with the input on the standard error when the
// target doesn't survive it.
//
//     replay_TARGET DIRECTORY      the seeds and what is made of them
//     replay_TARGET FILE           this input only

#include "fuzz/target.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Called by the sanitizers' runtime before it ends the program; without sanitizers there is none.
extern "C" void __attribute__((weak)) __sanitizer_set_death_callback(void (*callback)());

namespace {

namespace fs = std::filesystem;

std::string_view current; // what the target has been given

void show_input() {
    std::fprintf(stderr, "The input, %zu bytes in hexadecimal (xxd -r -p makes the file that the target takes):\n",
                 current.size());
    for (const char byte : current)
        std::fprintf(stderr, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    std::fprintf(stderr, "\n");
}

extern "C" void show_input_on_abort(int) {
    std::signal(SIGABRT, SIG_DFL);
    show_input();
}

std::size_t inputs = 0;

void run(std::string_view bytes) {
    // Exactly as large as the bytes, so that a sanitizer finds what is read behind them.
    const auto copy = std::make_unique<std::uint8_t[]>(bytes.size());
    if (!bytes.empty())
        std::memcpy(copy.get(), bytes.data(), bytes.size());
    current = bytes;
    LLVMFuzzerTestOneInput(copy.get(), bytes.size());
    ++inputs;
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class mutator {
public:
    explicit mutator(const std::vector<std::string>& seeds) : seeds_(&seeds) {}

    std::string random_bytes() {
        std::string bytes(below(80), '\0');
        // Small numbers look more like values.
        const unsigned mask = below(2) == 0 ? 255 : 3;
        for (char& byte : bytes)
            byte = static_cast<char>(random_() & mask);
        return bytes;
    }

    std::string change(std::string bytes) {
        for (std::size_t changes = 1 + below(4); changes != 0; --changes)
            change_once(bytes);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return random_() % limit; }

    char byte() {
        constexpr char interesting[] = "\0\1\2\4\x7f\x80\xff\xfe'\"\\$:;{}[](),=-+.E09 \n";
        return below(2) == 0 ? static_cast<char>(random_() & 255) : interesting[below(sizeof interesting - 1)];
    }

    void change_once(std::string& bytes) {
        const std::size_t at = below(bytes.size() + 1);
        switch (below(6)) {
        case 0: bytes.insert(at, 1, byte()); break;
        case 1: bytes.erase(at, 1 + below(4)); break;
        case 2: bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(16))); break;
        case 3: {
            const std::string& other = (*seeds_)[below(seeds_->size())];
            bytes.replace(at, below(8), other.substr(below(other.size() + 1), below(16)));
            break;
        }
        default:
            if (at < bytes.size())
                bytes[at] = byte();
        }
    }

    const std::vector<std::string>* seeds_;
    std::mt19937_64 random_{20260721};
};

void run_all(const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(directory))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<std::string> seeds;
    for (const fs::path& file : files)
        seeds.push_back(read_file(file));
    if (seeds.empty())
        throw std::runtime_error("there are no seeds in " + directory.string());

    for (const std::string& seed : seeds) {
        // Of long ones, the beginnings of the first part.
        for (std::size_t size = 0; size <= std::min<std::size_t>(seed.size(), 300); ++size)
            run(std::string_view(seed).substr(0, size));
        run(seed);
    }
    constexpr std::size_t rounds = 10000;
    mutator random(seeds);
    for (std::size_t round = 0; round != rounds; ++round)
        run(random.change(seeds[round % seeds.size()]));
    for (std::size_t round = 0; round != rounds / 4; ++round)
        run(random.random_bytes());
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s DIRECTORY|FILE\n", argv[0]);
        return 2;
    }
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(&show_input);
    std::signal(SIGABRT, &show_input_on_abort);
    try {
        if (fs::is_directory(argv[1])) {
            run_all(argv[1]);
        } else {
            const std::string input = read_file(argv[1]);
            run(input);
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "thrown: %s\n", error.what());
        show_input();
        return 1;
    }
    std::printf("%zu inputs\n", inputs);
    return 0;
}
