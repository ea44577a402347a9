// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "error/diagnostics_fields.hpp"
#include "url/text.hpp"
#include "url/wipe.hpp"

#include <coropq/credentials.hpp>
#include <coropq/error.hpp>

#include <boost/json/memory_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace coropq {

namespace {

using namespace detail;

namespace json = boost::json;

constexpr std::size_t largest_file = std::size_t(1) << 20;

/// Memory for the parser and its values, overwritten as it is given back.
class wiping_resource final : public json::memory_resource {
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return ::operator new(size, std::align_val_t(alignment));
    }

    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        wipe(memory, size);
        ::operator delete(memory, std::align_val_t(alignment));
    }

    bool do_is_equal(const json::memory_resource& other) const noexcept override { return this == &other; }
};

/// `subject` is "the credentials file /some/path" or "the credentials".
[[noreturn]] void fail(const std::string& subject, const std::string& what) {
    throw url_error(errc::invalid_credentials_file,
                    make_diagnostics(errc::invalid_credentials_file, subject + ' ' + what,
                                     "download the file of the non-expiring credentials again; it is a JSON object "
                                     "with the members technicalAccountId and credential"));
}

/// A member that has to be there, without white space around it.
std::string_view member(const json::object& object, const char* name, const std::string& subject) {
    const json::value* found = object.if_contains(name);
    if (!found)
        fail(subject, std::string("has no member ") + name);
    const json::string* text = found->if_string();
    if (!text)
        fail(subject, std::string("has a member ") + name + " that isn't a text");
    const std::string_view trimmed = trim(std::string_view(text->data(), text->size()));
    if (trimmed.empty())
        fail(subject, std::string("has an empty member ") + name);
    if (trimmed.find('\0') != std::string_view::npos)
        fail(subject, std::string("has a NUL byte in its member ") + name);
    return trimmed;
}

secret parse(std::string_view text, const std::string& subject) {
    if (text.starts_with("\xEF\xBB\xBF")) // the byte order mark that editors on Windows add
        text.remove_prefix(3);
    wiping_resource memory;
    json::error_code error;
    const json::value value = json::parse(json::string_view(text.data(), text.size()), error, &memory);
    if (error)
        fail(subject, "isn't valid JSON");
    const json::object* object = value.if_object();
    if (!object)
        fail(subject, "isn't a JSON object");
    const std::string_view id = member(*object, "technicalAccountId", subject);
    const std::string_view credential = member(*object, "credential", subject);
    secret_buffer password;
    password.reserve(id.size() + 1 + credential.size());
    password.insert(password.end(), id.begin(), id.end());
    password.push_back(':');
    password.insert(password.end(), credential.begin(), credential.end());
    return secret(view(password));
}

/// An open file.
struct descriptor {
    explicit descriptor(const char* path) noexcept : number(::open(path, O_RDONLY | O_CLOEXEC)) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() {
        if (number >= 0)
            ::close(number);
    }

    int number;
};

/// Not by a stream, whose buffer nobody overwrites.
secret_buffer read_file(const std::string& path, const std::string& subject) {
    const auto fail_with_errno = [&] { fail(subject, "can't be read: " + std::generic_category().message(errno)); };
    const descriptor file(path.c_str());
    if (file.number < 0)
        fail_with_errno();
    secret_buffer contents;
    for (;;) {
        const std::size_t filled = contents.size();
        if (filled > largest_file)
            fail(subject, "is too long for a credentials file");
        contents.resize(filled + 4096);
        const ssize_t got = ::read(file.number, contents.data() + filled, contents.size() - filled);
        if (got < 0 && errno != EINTR)
            fail_with_errno();
        contents.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0)
            return contents;
    }
}

} // namespace

secret read_credentials_file(const std::string& path) {
    const std::string subject = "the credentials file " + path;
    return parse(view(read_file(path, subject)), subject);
}

secret credentials_from_json(std::string_view text) { return parse(text, "the text of the credentials"); }

} // namespace coropq
