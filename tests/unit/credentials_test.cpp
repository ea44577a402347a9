// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credentials.hpp>
#include <coropq/error.hpp>
#include <coropq/url.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

namespace {

// Every deallocation of the program passes here, so that a test can look at the memory that is given back.
const char* searched_text = nullptr;
std::size_t searched_size = 0;
int found_in_freed_memory = 0;

void look_at(const void* memory, std::size_t size) noexcept {
    if (searched_text == nullptr || memory == nullptr)
        return;
    const char* const begin = static_cast<const char*>(memory);
    // A prefix that is long enough not to be there by chance.
    if (std::search(begin, begin + size, searched_text, searched_text + searched_size) != begin + size)
        ++found_in_freed_memory;
}

// The size is kept in front of each block, because not every form of delete knows it.
constexpr std::size_t header = 64;

void* allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
    static_assert(header >= alignof(std::max_align_t));
    alignment = std::max(alignment, header);
    void* const block = std::aligned_alloc(alignment, (size + 2 * alignment - 1) / alignment * alignment);
    if (block == nullptr)
        throw std::bad_alloc();
    char* const memory = static_cast<char*>(block) + alignment;
    std::memcpy(memory - sizeof(std::size_t), &size, sizeof(size));
    std::memset(memory, 0, size); // so that nothing of an older block is found in a new one
    return memory;
}

void deallocate(void* memory, std::size_t alignment = alignof(std::max_align_t)) noexcept {
    if (memory == nullptr)
        return;
    std::size_t size = 0;
    std::memcpy(&size, static_cast<char*>(memory) - sizeof(std::size_t), sizeof(size));
    look_at(memory, size);
    std::free(static_cast<char*>(memory) - std::max(alignment, header));
}

} // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { deallocate(memory); }
void operator delete[](void* memory) noexcept { deallocate(memory); }
void operator delete(void* memory, std::size_t) noexcept { deallocate(memory); }
void operator delete[](void* memory, std::size_t) noexcept { deallocate(memory); }
void operator delete(void* memory, std::align_val_t alignment) noexcept {
    deallocate(memory, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory, std::size_t, std::align_val_t alignment) noexcept {
    deallocate(memory, static_cast<std::size_t>(alignment));
}

namespace coropq::testing {
namespace {

/// While it lives, memory that is given back is searched for the text.
class search_freed_memory {
public:
    explicit search_freed_memory(std::string_view text) {
        found_in_freed_memory = 0;
        searched_size = text.size();
        searched_text = text.data();
    }
    search_freed_memory(const search_freed_memory&) = delete;
    search_freed_memory& operator=(const search_freed_memory&) = delete;
    ~search_freed_memory() { searched_text = nullptr; }

    int found() const noexcept { return found_in_freed_memory; }
};

// Long enough for every string to keep it on the heap.
constexpr std::string_view token = "Zq7Xw9Kj5Vb3Gy8Hx1.Zq7Xw9Kj5Vb3Gy8Hx1.Zq7Xw9Kj5Vb3Gy8Hx1";

TEST(secret, holds_characters_as_they_are) {
    const std::string bytes(" a\0b\n ", 6);
    EXPECT_EQ(secret(bytes).expose(), bytes);
    EXPECT_EQ(secret(bytes).size(), 6U);
    EXPECT_EQ(secret(bytes).expose().data()[6], '\0');
    EXPECT_TRUE(secret().empty());
    EXPECT_TRUE(secret("").empty());
    EXPECT_EQ(*secret("").expose().data(), '\0');
    static_assert(!std::is_constructible_v<secret, std::nullptr_t>);
    static_assert(std::is_convertible_v<const char*, secret> && std::is_convertible_v<std::string, secret>);
}

TEST(secret, copies_and_moves) {
    secret first = "abc";
    secret second = first;
    EXPECT_EQ(first, second);
    secret third = std::move(first);
    EXPECT_EQ(third, second);
    EXPECT_TRUE(first.empty()); // NOLINT: that is what is tested
    first = third;
    EXPECT_EQ(first.expose(), "abc");
    first = std::move(third);
    EXPECT_EQ(first.expose(), "abc");
    secret& same = first;
    first = same;
    first = std::move(same);
    EXPECT_EQ(first.expose(), "abc");
    first = "other";
    EXPECT_EQ(first.expose(), "other");
    first = secret();
    EXPECT_EQ(first, secret(""));
    static_assert(std::is_nothrow_move_constructible_v<secret> && std::is_nothrow_move_assignable_v<secret>);
}

TEST(secret, compares) {
    EXPECT_EQ(secret("abc"), secret("abc"));
    EXPECT_NE(secret("abc"), secret("abd"));
    EXPECT_NE(secret("abc"), secret("ab"));
    EXPECT_NE(secret("abc"), secret());
    EXPECT_EQ(secret(), secret());
}

TEST(secret, is_never_printed) {
    std::ostringstream out;
    out << secret(token) << ' ' << secret();
    EXPECT_EQ(out.str(), "*** ***");
    static_assert(!std::is_convertible_v<secret, std::string> && !std::is_convertible_v<secret, std::string_view>);
}

TEST(secret, the_search_finds_what_is_not_overwritten) {
    const search_freed_memory search(token);
    { const std::string plain(token); }
    EXPECT_EQ(search.found(), 1);
}

TEST(secret, is_overwritten_when_destroyed_assigned_or_moved) {
    const search_freed_memory search(token);
    {
        secret first(token);
        secret second = first;
        secret third = std::move(second);
        third = first;
        first = secret(token);
        first = "x";
        first = std::move(third);
        std::unique_ptr<secret> fourth = std::make_unique<secret>(first);
    }
    EXPECT_EQ(search.found(), 0);
}

TEST(secret, short_ones_are_overwritten) {
    const search_freed_memory search("Zq7X");
    { const secret tiny("Zq7X"); }
    EXPECT_EQ(search.found(), 0);
}

TEST(secret, urls_overwrite_what_they_held) {
    const std::string host = "@host.example.com:5432/database?sslmode=require";
    const std::string input = "postgresql://user:" + std::string(token) + host;
    const std::string encoded = "postgresql://user:%0A" + std::string(token) + "%0A" + host;
    const std::string query =
        "postgresql://host/db?password=" + std::string(token) + "&sslpassword=" + std::string(token);
    const std::string keywords =
        "host=h user=u password='" + std::string(token) + "' sslpassword=" + std::string(token);
    const std::string command = "psql 'host=h user=u\npassword=" + std::string(token.substr(0, 30)) + "\n" +
                                std::string(token.substr(30)) + "'";
    const std::string command_url = "PGPASSWORD=" + std::string(token) + " psql " + input;
    const search_freed_memory search(token.substr(0, 25));
    {
        const url plain = url::parse(input);
        EXPECT_EQ(plain.password()->expose(), token);
        const url changed = plain.set({.port = 1}).set({.password = absent});
        EXPECT_EQ(url::parse(encoded).password()->expose(), token);
        EXPECT_NE(std::hash<url>()(plain), std::hash<url>()(changed));
        EXPECT_EQ(plain.to_string().find(token), std::string::npos);
    }
    EXPECT_EQ(search.found(), 0) << "url::parse";
    {
        const url made = url::create({.user = "u", .password = secret(token), .host = "h"});
        EXPECT_FALSE(made.hosts().empty());
    }
    EXPECT_EQ(search.found(), 0) << "url::create";
    { EXPECT_EQ(url::from_keyword_values(keywords).password()->expose(), token); }
    EXPECT_EQ(search.found(), 0) << "url::from_keyword_values";
    { EXPECT_EQ(url::from_psql_command(command).password()->expose(), token); }
    { EXPECT_EQ(url::from_psql_command(command_url).password()->expose(), token); }
    EXPECT_EQ(search.found(), 0) << "url::from_psql_command";
    {
        const url parsed = url::parse(query).update_query_string("a=b");
        EXPECT_EQ(parsed.query("password")->front(), token);
    }
    EXPECT_EQ(search.found(), 0) << "secrets of the query";
}

/// A file of its own, removed in the end.
class temporary_file {
public:
    explicit temporary_file(std::string_view contents) {
        const int descriptor = ::mkstemp(path_.data());
        EXPECT_GE(descriptor, 0);
        ::close(descriptor);
        std::ofstream(path_, std::ios::binary) << contents;
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::remove(path_.c_str()); }

    const std::string& path() const noexcept { return path_; }

private:
    std::string path_ = "/tmp/coropq_credentials_XXXXXX";
};

std::string error_of_file(const std::string& path) {
    try {
        read_credentials_file(path);
    } catch (const url_error& e) {
        EXPECT_EQ(e.code(), errc::invalid_credentials_file);
        EXPECT_NE(std::string(e.what()).find(path), std::string::npos) << e.what();
        return e.what();
    }
    return {};
}

const std::string account = "0123456789ABCDEF01234567@techacct.adobe.com";

TEST(credentials_file, becomes_a_password) {
    const temporary_file file("{\"technicalAccountId\": \"" + account + "\", \"credential\": \"" + std::string(token) +
                              "\"}");
    EXPECT_EQ(read_credentials_file(file.path()).expose(), account + ':' + std::string(token));
    const url made = url::create({.user = "ABC@AdobeOrg", .password = read_credentials_file(file.path()), .host = "h"});
    EXPECT_EQ(made.password()->expose(), account + ':' + std::string(token));
}

TEST(credentials_file, other_members_and_white_space_do_not_matter) {
    const temporary_file file(
        "\xEF\xBB\xBF\r\n{\"name\": \"x\", \"nested\": {\"credential\": 1}, \"credential\": \" c\\n\",\n"
        "\"list\": [1, 2], \"technicalAccountId\": \"\\u0061b\"}\n\n");
    EXPECT_EQ(read_credentials_file(file.path()).expose(), "ab:c");
}

TEST(credentials_file, errors_name_the_file_and_the_member) {
    const auto error = [](std::string_view contents) { return error_of_file(temporary_file(contents).path()); };
    EXPECT_NE(error(R"({"credential": "c"})").find("no member technicalAccountId"), std::string::npos);
    EXPECT_NE(error(R"({"technicalAccountId": "t"})").find("no member credential"), std::string::npos);
    EXPECT_NE(error(R"({"technicalAccountId": 5, "credential": "c"})").find("isn't a text"), std::string::npos);
    EXPECT_NE(error(R"({"technicalAccountId": "t", "credential": null})").find("isn't a text"), std::string::npos);
    EXPECT_NE(error(R"({"technicalAccountId": " ", "credential": "c"})").find("empty member technicalAccountId"),
              std::string::npos);
    EXPECT_NE(error(R"({"technicalAccountId": "t", "credential": "a\u0000b"})").find("NUL"), std::string::npos);
    EXPECT_NE(error("[]").find("JSON object"), std::string::npos);
    EXPECT_NE(error("\"text\"").find("JSON object"), std::string::npos);
    EXPECT_NE(error("").find("valid JSON"), std::string::npos);
    EXPECT_NE(error("{").find("valid JSON"), std::string::npos);
    EXPECT_NE(error("{} x").find("valid JSON"), std::string::npos);
    EXPECT_NE(error(std::string(100000, '[')).find("valid JSON"), std::string::npos);
    EXPECT_NE(error(std::string((1 << 20) + 1, ' ')).find("too long"), std::string::npos);
    EXPECT_NE(error_of_file("/nonexistent/credentials.json").find("No such file"), std::string::npos);
    EXPECT_NE(error_of_file("/tmp").find("can't be read"), std::string::npos);
}

TEST(credentials_file, errors_show_nothing_of_the_contents) {
    const std::string valid =
        "{\"technicalAccountId\": \"" + std::string(token) + "\", \"credential\": \"" + std::string(token) + "\"}";
    int refused = 0;
    for (std::size_t at = 0; at != valid.size(); ++at) {
        for (const std::string& input :
             {valid.substr(0, at), valid.substr(0, at) + valid.substr(at + 1),
              valid.substr(0, at) + "\"" + valid.substr(at), valid.substr(0, at) + "\\" + valid.substr(at + 1)}) {
            try {
                credentials_from_json(input);
            } catch (const url_error& e) {
                ++refused;
                for (std::size_t i = 0; i + 4 <= token.size(); ++i)
                    ASSERT_EQ(std::string_view(e.what()).find(token.substr(i, 4)), std::string_view::npos) << e.what();
            }
        }
    }
    EXPECT_GT(refused, 200);
}

TEST(credentials_file, leaves_nothing_in_memory) {
    std::string contents =
        "{\"technicalAccountId\": \"" + account + "\", \"credential\": \"" + std::string(token) + "\", \"more\": [1]}";
    const temporary_file file(contents);
    const search_freed_memory search(token.substr(0, 25));
    { EXPECT_FALSE(read_credentials_file(file.path()).empty()); }
    { EXPECT_FALSE(credentials_from_json(contents).empty()); }
    contents.insert(contents.size() - 1, ",");
    EXPECT_THROW(credentials_from_json(contents), url_error);
    EXPECT_EQ(search.found(), 0);
}

} // namespace
} // namespace coropq::testing
