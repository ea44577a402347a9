// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// When credentials are used, refreshed and given up; what tokens say about their end; the providers that come with the
// library.

#include <coropq/credential_provider.hpp>
#include <coropq/error.hpp>

#include "credentials/refresh_decisions.hpp"
#include "support/leak_check.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using coropq::credential_options;
using coropq::credential_provider;
using coropq::credentials;
using coropq::error_code;
using coropq::jwt_expiry;
using coropq::secret;

const std::string token = coropq::test::marked_token(300, 3);

// --- decisions ---

using decisions = coropq::detail::refresh_decisions;
using advice = decisions::advice;
const decisions::time_point start{1'000'000h};

TEST(refresh, what_never_ends_is_used_until_it_is_refused) {
    decisions known;
    EXPECT_EQ(known.ask(start), advice::fetch);
    const auto first = known.succeeded(start, std::nullopt);
    EXPECT_EQ(known.ask(start + 100'000h), advice::use);
    EXPECT_FALSE(known.retirement_at(start));
    known.refused(first);
    EXPECT_EQ(known.ask(start), advice::fetch);
    const auto second = known.succeeded(start, std::nullopt);
    known.refused(first); // which isn't there any more
    EXPECT_EQ(known.ask(start), advice::use);
    known.refused(second);
    EXPECT_FALSE(known.failed(start)) << "what was refused isn't used again";
}

TEST(refresh, happens_ahead_of_the_end) {
    decisions known;
    known.succeeded(start, start + 100s); // ahead: 20 s
    EXPECT_EQ(known.ask(start + 79s), advice::use);
    EXPECT_EQ(known.ask(start + 80s), advice::use_and_refresh);
    EXPECT_EQ(known.ask(start + 90s), advice::fetch);
    const auto sessions = known.retirement_at(start);
    ASSERT_TRUE(sessions);
    EXPECT_EQ(sessions->from, start + 85s);
    EXPECT_EQ(sessions->until, start + 90s);
    known.succeeded(start + 80s, start + 180s);
    EXPECT_EQ(known.ask(start + 100s), advice::use);
    EXPECT_EQ(known.ask(start + 180s), advice::fetch);
}

TEST(refresh, is_ten_minutes_ahead_at_most_or_as_wanted) {
    decisions known;
    known.succeeded(start, start + 24h);
    EXPECT_EQ(known.ask(start + 24h - 11min), advice::use);
    EXPECT_EQ(known.ask(start + 24h - 10min), advice::use_and_refresh);
    decisions wanted(1h);
    wanted.succeeded(start, start + 24h);
    EXPECT_EQ(wanted.ask(start + 23h), advice::use_and_refresh);
    wanted.succeeded(start + 24h, start + 25h);
    EXPECT_EQ(wanted.ask(start + 24h + 29min), advice::use) << "half of the lifetime at most";
}

TEST(refresh, that_fails_leaves_the_old_ones_until_their_end) {
    decisions known;
    known.succeeded(start, start + 1000s);
    EXPECT_TRUE(known.failed(start + 950s));
    EXPECT_EQ(known.ask(start + 950s), advice::use);
    EXPECT_EQ(known.ask(start + 951s), advice::fetch) << "tried again after a second";
    EXPECT_TRUE(known.failed(start + 951s));
    EXPECT_EQ(known.ask(start + 952s), advice::use) << "then after two";
    const auto sessions = known.retirement_at(start + 960s);
    ASSERT_TRUE(sessions);
    EXPECT_EQ(sessions->until, start + 980s) << "between now and the end";
    EXPECT_FALSE(known.failed(start + 1000s));
    EXPECT_EQ(known.ask(start + 1000s), advice::fetch);
}

TEST(refresh, a_source_without_news_is_not_asked_ever_faster) {
    decisions known;
    known.succeeded(start, start + 100s);
    known.succeeded(start + 80s, start + 100s);
    EXPECT_EQ(known.ask(start + 80s), advice::use);
    EXPECT_EQ(known.ask(start + 81s), advice::use_and_refresh);
}

TEST(refresh, what_has_ended_already_is_asked_for_each_time_and_limits_no_session) {
    decisions known;
    known.succeeded(start, start - 1s);
    EXPECT_EQ(known.ask(start), advice::fetch);
    EXPECT_FALSE(known.retirement_at(start));
    known.succeeded(start, decisions::time_point::min());
    EXPECT_EQ(known.ask(start), advice::fetch);
    known.succeeded(start, decisions::time_point::max());
    EXPECT_EQ(known.ask(start), advice::use);
    EXPECT_LE(coropq::detail::on_steady_clock(known.retirement_at(start)).until,
              std::chrono::steady_clock::time_point::max());
}

TEST(refresh, outdated_ones_are_used_if_nothing_better_is_to_be_had) {
    decisions known;
    known.succeeded(start, std::nullopt);
    known.outdated();
    EXPECT_EQ(known.ask(start), advice::fetch);
    EXPECT_TRUE(known.failed(start));
    EXPECT_EQ(known.ask(start), advice::use);
    EXPECT_EQ(known.ask(start + 1s), advice::fetch);
    known.succeeded(start + 1s, std::nullopt);
    EXPECT_EQ(known.ask(start + 1s), advice::use);
}

// --- tokens ---

std::string base64url(const std::string& text) {
    static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string encoded;
    unsigned bits = 0;
    int count = 0;
    for (char c : text) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        for (count += 8; count >= 6; count -= 6)
            encoded += digits[bits >> (count - 6) & 63];
    }
    if (count != 0)
        encoded += digits[bits << (6 - count) & 63];
    return encoded;
}

std::string jwt(const std::string& claims) { return "eyJhbGciOiJIUzI1NiJ9." + base64url(claims) + ".c2lnbmF0dXJl"; }

TEST(jwt, says_when_it_ends) {
    const decisions::time_point end{std::chrono::seconds(1'900'000'000)};
    EXPECT_EQ(jwt_expiry(jwt(R"({"exp":1900000000})")), end);
    EXPECT_EQ(jwt_expiry(jwt(R"({"sub":"a","exp":1900000000.75,"x":[1]})")), end);
    EXPECT_EQ(jwt_expiry(jwt(R"({"created_at":"1899999999000","expires_in":"1000"})")), end) << "as Adobe's";
    EXPECT_EQ(jwt_expiry(jwt(R"({"exp":1900000000})").replace(20, 1, ".")), end) << "whatever the header is";
    // The example of RFC 7519, 3.1.
    EXPECT_EQ(jwt_expiry("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
                         "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
              decisions::time_point(std::chrono::seconds(1'300'819'380)));
}

TEST(jwt, anything_else_says_nothing) {
    for (const char* claims :
         {"{}", "[]", "1", "", "{", R"({"exp":null})", R"({"exp":"soon"})", R"({"exp":-1})", R"({"exp":0})",
          R"({"exp":9223372036854775807})", R"({"exp":18446744073709551615})", R"({"exp":1e300})", R"({"exp":{}})",
          R"({"expires_in":"1000"})", R"({"created_at":"9223372036854775807","expires_in":"9223372036854775807"})",
          R"({"created_at":-5,"expires_in":3})"})
        EXPECT_FALSE(jwt_expiry(jwt(claims))) << claims;
    for (const char* text : {"", ".", "..", "...", "a.b", "a.!!!!.c", "a.b.c.d", "secret", "a.A.c"})
        EXPECT_FALSE(jwt_expiry(text)) << text;
    EXPECT_FALSE(jwt_expiry(jwt(R"({"exp":1900000000,"x":")" + std::string(70'000, 'x') + "\"}"))) << "too long";
    EXPECT_FALSE(jwt_expiry(jwt(std::string(30'000, '['))));
}

TEST(jwt, hostile_bytes_do_no_harm) {
    std::mt19937 random(7);
    const std::string whole = jwt(R"({"exp":1900000000,"n":{"a":[1,2.5,"\u00e9"]}})");
    int read = 0;
    for (int round = 0; round != 20'000; ++round) {
        std::string changed = whole.substr(0, 1 + random() % whole.size());
        for (unsigned i = random() % 4; i != 0; --i)
            changed[random() % changed.size()] = static_cast<char>(random() % 256);
        read += jwt_expiry(changed) ? 1 : 0;
    }
    EXPECT_GT(read, 0);
    EXPECT_LT(read, 20'000);
}

// --- one call for all who ask ---

// How somebody's asking ended.
struct asked {
    credentials value;
    coropq::diagnostics details;
    std::optional<error_code> code;
    asio::cancellation_signal stop;
};

void start_asking(asio::io_context& context, const credential_provider& provider, asked& each) {
    provider.async_get(context.get_executor(), each.value, each.details,
                       asio::bind_cancellation_slot(each.stop.slot(), [&each](error_code code) { each.code = code; }));
}

void ask(const credential_provider& provider, asked& each) {
    asio::io_context context;
    start_asking(context, provider, each);
    context.run();
}

std::string ask(const credential_provider& provider) {
    asked each;
    ask(provider, each);
    return each.code == error_code() ? std::string(each.value.password().expose()) : each.details.what();
}

// Gives the password "<prefix><number of the call>", when it may.
struct scripted_source {
    asio::io_context context;
    asio::steady_timer gate{context, asio::steady_timer::time_point::max()};
    bool open = false;
    int calls = 0;
    int cancelled = 0;
    std::exception_ptr failure;
    std::deque<asked> all;

    asio::awaitable<credentials> give() {
        const int number = ++calls;
        while (!open) {
            error_code ignored;
            co_await gate.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
            const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
            if (state.cancelled() != asio::cancellation_type::none) {
                ++cancelled;
                throw boost::system::system_error(asio::error::operation_aborted);
            }
        }
        if (failure)
            std::rethrow_exception(failure);
        co_return credentials("somebody", secret("password" + std::to_string(number)));
    }

    credential_provider provider{[this] { return give(); }, credential_options().timeout(1h)};

    void ask(int times) {
        for (int i = 0; i != times; ++i)
            start_asking(context, provider, all.emplace_back());
        context.restart();
        context.poll();
    }
    void let_go() {
        open = true;
        gate.cancel();
        context.restart();
        context.run();
    }
};

TEST(provider, is_called_once_however_many_ask) {
    scripted_source source;
    source.ask(20);
    EXPECT_EQ(source.calls, 1);
    EXPECT_FALSE(source.all.front().code);
    source.let_go();
    source.ask(5);
    ASSERT_EQ(source.all.size(), 25u);
    for (const asked& each : source.all) {
        EXPECT_EQ(each.code, error_code());
        EXPECT_EQ(each.value, credentials("somebody", secret("password1")));
    }
    EXPECT_EQ(source.calls, 1);
}

TEST(provider, who_is_cancelled_leaves_the_others_alone) {
    scripted_source source;
    source.ask(3);
    source.all[0].stop.emit(asio::cancellation_type::total);
    source.all[2].stop.emit(asio::cancellation_type::terminal);
    source.context.restart();
    source.context.poll();
    source.let_go();
    EXPECT_EQ(source.all[0].code, error_code(asio::error::operation_aborted));
    EXPECT_EQ(source.all[1].code, error_code());
    EXPECT_EQ(source.all[2].code, error_code(asio::error::operation_aborted));
    EXPECT_EQ(source.calls, 1);
    EXPECT_EQ(source.cancelled, 0);
}

TEST(provider, is_cancelled_when_nobody_waits_any_more) {
    scripted_source source;
    source.ask(2);
    source.all[0].stop.emit(asio::cancellation_type::partial);
    source.all[1].stop.emit(asio::cancellation_type::partial);
    source.context.restart();
    source.context.run(); // ends: nothing is left
    EXPECT_EQ(source.cancelled, 1);
    source.ask(1);
    EXPECT_EQ(source.calls, 2);
    source.let_go();
    EXPECT_EQ(source.all[2].value.password(), secret("password2"));
}

TEST(provider, a_failure_is_everybodys_and_the_next_one_asks_again) {
    scripted_source source;
    source.failure = std::make_exception_ptr(std::runtime_error("unexpected text at: " + token));
    source.ask(3);
    source.let_go();
    for (const asked& each : source.all) {
        EXPECT_EQ(each.code, error_code(coropq::errc::authentication_failed));
        EXPECT_EQ(coropq::test::leaked_piece(token, each.details.what()), "");
        EXPECT_EQ(each.details.what(), source.all.front().details.what());
    }
    EXPECT_EQ(source.calls, 1);
    source.failure = std::make_exception_ptr(boost::system::system_error(asio::error::host_not_found, token));
    source.ask(1);
    EXPECT_EQ(source.calls, 2);
    EXPECT_EQ(coropq::test::leaked_piece(token, source.all[3].details.what()), "");
    EXPECT_NE(std::string(source.all[3].details.what()).find("Host not found"), std::string::npos);
    source.failure = nullptr;
    source.ask(1);
    EXPECT_EQ(source.all[4].code, error_code());
    EXPECT_EQ(source.calls, 3);
}

TEST(provider, what_was_refused_is_asked_for_once) {
    scripted_source source;
    source.open = true;
    source.ask(2);
    const credentials refused = source.all[0].value;
    source.provider.invalidate(refused);
    source.provider.invalidate(refused);
    source.ask(3);
    source.provider.invalidate(refused); // replaced already
    source.ask(1);
    EXPECT_EQ(source.calls, 2);
    EXPECT_EQ(source.all.back().value.password(), secret("password2"));
}

TEST(provider, one_that_takes_too_long_is_cancelled) {
    scripted_source source;
    source.provider = credential_provider([&source] { return source.give(); }, credential_options().timeout(1ms));
    source.ask(2);
    source.context.restart();
    source.context.run();
    EXPECT_EQ(source.all[0].code, error_code(coropq::errc::authentication_failed));
    EXPECT_EQ(source.all[1].code, error_code(coropq::errc::authentication_failed));
    EXPECT_EQ(source.cancelled, source.calls);
    EXPECT_NE(std::string(source.all[0].details.what()).find("within 1 ms"), std::string::npos);
}

TEST(provider, refreshes_ahead_while_the_old_ones_are_used) {
    scripted_source source;
    source.open = true;
    source.provider = credential_provider(
        [&source]() -> asio::awaitable<credentials> {
            credentials given = co_await source.give();
            const std::chrono::seconds lifetime = source.calls == 1 ? 4s : 24h;
            given.expires(std::chrono::system_clock::now() + lifetime);
            co_return given;
        },
        credential_options().timeout(1h).refresh_ahead(1h)); // from 2 s on, and waited for from 3 s on
    source.ask(1);
    const auto until = std::chrono::system_clock::now() + 2s;
    source.open = false;
    while (std::chrono::system_clock::now() <= until)
        std::this_thread::sleep_for(10ms);
    source.ask(2);
    EXPECT_EQ(source.calls, 2);
    EXPECT_FALSE(source.all[1].code && source.all[1].value.password() != secret("password1"));
    source.let_go(); // those who have waited, on a slow machine, get the new ones
    source.ask(1);
    EXPECT_EQ(source.all[3].value.password(), secret("password2"));
}

TEST(provider, whose_context_is_gone_is_asked_again_by_those_who_wait_elsewhere) {
    asio::io_context here;
    asked waiting;
    int calls = 0;
    std::optional<asio::io_context> there(std::in_place);
    asked gone;
    const credential_provider provider([&calls]() -> asio::awaitable<credentials> {
        if (++calls == 1) {
            asio::steady_timer never(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
            co_await never.async_wait(asio::use_awaitable);
        }
        co_return credentials(secret("second"));
    });
    start_asking(*there, provider, gone);
    there->poll();
    start_asking(here, provider, waiting);
    here.poll();
    EXPECT_EQ(calls, 1);
    EXPECT_FALSE(waiting.code);
    there.reset();
    EXPECT_FALSE(gone.code);
    here.restart();
    here.run();
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(waiting.value.password(), secret("second"));
}

TEST(provider, is_shared_by_threads) {
    asio::io_context context;
    std::atomic<int> calls = 0;
    std::atomic<int> at_once = 0;
    std::atomic<bool> overlapped = false;
    std::atomic<int> answered = 0;
    const credential_provider provider([&]() -> asio::awaitable<credentials> {
        overlapped = overlapped || ++at_once != 1;
        const int number = ++calls;
        asio::steady_timer pause(co_await asio::this_coro::executor, 1ms);
        co_await pause.async_wait(asio::use_awaitable);
        --at_once;
        co_return credentials(secret(std::to_string(number)));
    });
    std::deque<asked> all(400);
    for (std::size_t i = 0; i != all.size(); ++i) {
        asked& each = all[i];
        asio::post(context, [&, i] {
            provider.async_get(context.get_executor(), each.value, each.details, [&, i](error_code code) {
                each.code = code;
                ++answered;
                if (i % 40 == 0)
                    provider.invalidate(each.value);
            });
        });
    }
    std::array<std::thread, 4> threads;
    for (std::thread& each : threads)
        each = std::thread([&context] { context.run(); });
    for (std::thread& each : threads)
        each.join();
    EXPECT_EQ(answered, 400);
    EXPECT_FALSE(overlapped);
    EXPECT_GE(calls, 1);
    EXPECT_LE(calls, 11) << "once, and once for each time that they were refused";
    for (const asked& each : all) {
        EXPECT_EQ(each.code, error_code());
    }
}

// --- those of the library ---

struct file {
    std::string path = testing::TempDir() + "coropq_credentials_" + std::to_string(::getpid());
    ~file() { std::remove(path.c_str()); }

    // As it should be done: by renaming.
    void replace(const std::string& text) const {
        std::ofstream(path + ".new") << text;
        std::rename((path + ".new").c_str(), path.c_str());
    }
};

TEST(provider_from_file, reads_it_again_when_it_has_changed) {
    const file on_disk;
    const credential_provider provider = coropq::credentials_from_file(on_disk.path);
    EXPECT_NE(ask(provider).find("the credentials file " + on_disk.path + " can't be read: No such file"),
              std::string::npos);
    on_disk.replace("first\n");
    EXPECT_EQ(ask(provider), "first");
    on_disk.replace(" other \r\n");
    EXPECT_EQ(ask(provider), "other");
    on_disk.replace("");
    EXPECT_EQ(ask(provider), "other") << "half-written; tried again later";
    std::remove(on_disk.path.c_str());
    EXPECT_EQ(ask(provider), "other");
}

TEST(provider_from_file, knows_the_forms_that_users_have) {
    const file on_disk;
    const auto read = [&](const std::string& text) {
        on_disk.replace(text);
        asked each;
        ask(coropq::credentials_from_file(on_disk.path), each);
        if (each.code != error_code()) {
            EXPECT_EQ(coropq::test::leaked_piece(token, each.details.what()), "") << text;
            return credentials("error", secret(""));
        }
        return each.value;
    };
    const credentials::time_point end{std::chrono::seconds(1'900'000'000)};
    EXPECT_EQ(read("\xEF\xBB\xBF" + token), credentials(secret(token)));
    EXPECT_EQ(read(jwt(R"({"exp":1900000000})")).expires(), end);
    EXPECT_EQ(read(R"({"technicalAccountId":"id","credential":"word"})"), credentials(secret("id:word")));
    EXPECT_EQ(read(R"({"username":"A@AdobeOrg","dbName":"prod:all","port":80,"token":"t","version":1})"),
              credentials("A@AdobeOrg", secret("t")));
    EXPECT_EQ(read(R"({"access_token":"t","expires_in":86399})"), credentials(secret("t")));
    EXPECT_EQ(read(R"({"user":"u","password":"p","expires_at":1900000000})"),
              credentials("u", secret("p")).expires(end));
    const std::vector<std::string> useless = {"{",
                                              "{}",
                                              R"({"token":1,"x":")" + token + "\"}",
                                              R"({"x":")" + token + "\"}",
                                              R"({"token":")" + token + R"(","expires_at":"soon"})",
                                              "{\"token\":\"" + token,
                                              R"({"token":""})",
                                              "a" + std::string(1, '\0') + token};
    for (const std::string& text : useless)
        EXPECT_EQ(read(text).user(), "error") << text;
}

TEST(provider_from_environment, reads_it_when_it_needs_to) {
    ::setenv("COROPQ_TEST_TOKEN", " one ", 1); // NOLINT(concurrency-mt-unsafe)
    const credential_provider provider = coropq::credentials_from_environment("COROPQ_TEST_TOKEN", "COROPQ_TEST_USER");
    EXPECT_EQ(ask(provider), "one");
    ::setenv("COROPQ_TEST_TOKEN", "two", 1); // NOLINT(concurrency-mt-unsafe)
    ::setenv("COROPQ_TEST_USER", "me", 1);   // NOLINT(concurrency-mt-unsafe)
    EXPECT_EQ(ask(provider), "one");
    provider.invalidate(credentials(secret("one")));
    asked each;
    ask(provider, each);
    EXPECT_EQ(each.value, credentials("me", secret("two")));
    ::unsetenv("COROPQ_TEST_TOKEN"); // NOLINT(concurrency-mt-unsafe)
    provider.invalidate(each.value);
    EXPECT_NE(ask(provider).find("the environment variable COROPQ_TEST_TOKEN isn't set"), std::string::npos);
}

TEST(provider_from_command, takes_what_it_writes) {
    EXPECT_EQ(ask(coropq::credentials_from_command({"sh", "-c", "echo; printf 'to'; sleep 0.01; echo ken"})), "token");
    EXPECT_EQ(ask(coropq::credentials_from_command({"sh", "-c", "echo '{\"token\":\"t\"}'; cat; echo noise >&2"})),
              "t");
}

TEST(provider_from_command, says_what_is_wrong_and_nothing_else) {
    const auto failure = [](const std::string& script, std::chrono::milliseconds limit = 60s) {
        const std::string text = ask(coropq::credentials_from_command({"sh", "-c", script, token}, limit));
        EXPECT_EQ(coropq::test::leaked_piece(token, text), "");
        EXPECT_NE(text.find("\"sh\""), std::string::npos) << text;
        return text;
    };
    const auto says = [](const std::string& text, const char* piece) { return text.find(piece) != std::string::npos; };
    EXPECT_TRUE(says(failure("echo $0; echo $0 >&2; exit 3"), "ended with status 3"));
    EXPECT_TRUE(says(failure("kill -9 $$"), "was ended by signal 9"));
    EXPECT_TRUE(says(failure("true"), "is empty"));
    EXPECT_TRUE(says(failure("echo \"{$0\""), "isn't a JSON object"));
    EXPECT_TRUE(says(failure("while :; do echo $0; done"), "more than 64 KiB"));
    EXPECT_TRUE(says(failure("sleep 1000; echo $0", 100ms), "hasn't ended within 100 ms"));
    EXPECT_TRUE(says(failure("exec >&-; sleep 1000", 100ms), "hasn't ended within 100 ms"));
    EXPECT_TRUE(says(ask(coropq::credentials_from_command({"/nowhere/program", token})),
                     "the command \"/nowhere/program\" can't be started: No such file"));
    EXPECT_THROW(coropq::credentials_from_command({}), coropq::option_error);
}

TEST(provider_from_command, is_killed_when_nobody_waits) {
    const file on_disk;
    const credential_provider provider =
        coropq::credentials_from_command({"sh", "-c", "sleep 1000 & echo $! >\"$0\"; wait", on_disk.path}, 1h);
    asio::io_context context;
    asked each;
    start_asking(context, provider, each);
    pid_t child = 0;
    while (child == 0) {
        context.run_for(10ms);
        std::ifstream(on_disk.path) >> child;
    }
    each.stop.emit(asio::cancellation_type::terminal);
    context.run();
    EXPECT_EQ(each.code, error_code(asio::error::operation_aborted));
    // Whoever takes care of orphans here may be slow, or there may be nobody: then it is a zombie.
    const auto is_running = [child] {
        std::string id;
        std::string name;
        std::string state;
        std::ifstream("/proc/" + std::to_string(child) + "/stat") >> id >> name >> state;
        return !state.empty() && state != "Z" && state != "X";
    };
    while (is_running())
        std::this_thread::sleep_for(10ms);
}

TEST(provider_fixed, gives_the_same_and_prints_no_secret) {
    const credentials value = credentials("me", secret(token)).expires(start);
    const credential_provider provider = coropq::fixed_credentials(value);
    EXPECT_EQ(ask(provider), token);
    provider.invalidate(value);
    EXPECT_EQ(ask(provider), token);
    std::ostringstream out;
    out << value;
    EXPECT_EQ(out.str(), "user \"me\", password ***, until 2084-01-29T16:00:00Z");
    EXPECT_NE(ask(coropq::fixed_credentials(credentials())).find("it gave an empty password"), std::string::npos);
}

} // namespace
