// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "fake_names.hpp"

#include "support/wait_until.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

namespace coropq::test {

namespace {

struct name_entry {
    std::vector<std::string> addresses;
    std::chrono::milliseconds delay;
};

struct name_table {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, name_entry> names;
    std::vector<look_up> calls;
};

// Never destroyed: look-ups may go on while the program ends.
name_table& table() {
    static auto* const names = new name_table;
    return *names;
}

using look_up_function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

look_up_function system_look_up() {
    static const auto function = reinterpret_cast<look_up_function>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return function;
}

// The addresses of several numeric look-ups as one list, which freeaddrinfo() takes apart as it does any other.
int all_of(const std::vector<std::string>& addresses, const char* service, const addrinfo* hints, addrinfo** answer) {
    *answer = nullptr;
    addrinfo** end = answer;
    for (const std::string& address : addresses) {
        const int code = system_look_up()(address.c_str(), service, hints, end);
        if (code != 0)
            return code;
        while (*end != nullptr)
            end = &(*end)->ai_next;
    }
    return *answer != nullptr ? 0 : EAI_NONAME;
}

} // namespace

fake_name::fake_name(std::string name, std::vector<std::string> addresses, std::chrono::milliseconds delay)
    : name_(std::move(name)) {
    const std::scoped_lock lock(table().mutex);
    table().names.insert_or_assign(name_, name_entry{std::move(addresses), delay});
}

fake_name::~fake_name() {
    const std::scoped_lock lock(table().mutex);
    table().names.erase(name_);
    table().changed.notify_all();
}

std::vector<look_up> look_ups() {
    const std::scoped_lock lock(table().mutex);
    return table().calls;
}

void forget_look_ups() {
    const std::scoped_lock lock(table().mutex);
    table().calls.clear();
}

bool wait_for_look_up(const std::string& name, std::size_t count) {
    return wait_until([&] {
        const std::scoped_lock lock(table().mutex);
        const auto& calls = table().calls;
        return static_cast<std::size_t>(std::count_if(calls.begin(), calls.end(),
                                                      [&](const look_up& call) { return call.name == name; })) >= count;
    });
}

} // namespace coropq::test

// NOLINTNEXTLINE: the system's name and signature
extern "C" __attribute__((visibility("default"))) int getaddrinfo(const char* name, const char* service,
                                                                  const addrinfo* hints, addrinfo** answer) {
    using namespace coropq::test;
    std::vector<std::string> addresses;
    {
        const std::string wanted = name != nullptr ? name : "";
        const bool numeric = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
        std::unique_lock lock(table().mutex);
        table().calls.push_back({wanted, numeric, std::this_thread::get_id()});
        const auto known = table().names.find(wanted);
        if (numeric || known == table().names.end()) {
            lock.unlock();
            return system_look_up()(name, service, hints, answer);
        }
        addresses = known->second.addresses;
        table().changed.wait_for(lock, known->second.delay, [&] { return !table().names.contains(wanted); });
    }
    return all_of(addresses, service, hints, answer);
}
