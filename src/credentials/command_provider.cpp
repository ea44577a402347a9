// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credential_provider.hpp>
#include <coropq/error.hpp>

#include "credentials/child_process.hpp"
#include "credentials/credential_cache.hpp"
#include "credentials/credentials_text.hpp"
#include "error/diagnostics_fields.hpp"
#include "libpq/time_limit.hpp"
#include "url/wipe.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace asio = boost::asio;

namespace coropq {

namespace {

constexpr std::size_t longest_output = std::size_t(64) << 10;

[[noreturn]] void command_failed(const std::string& program, const std::string& what) {
    throw_error(errc::authentication_failed,
                detail::make_diagnostics(errc::authentication_failed, "the command \"" + program + "\" " + what,
                                         "run it by hand, and see what it says"));
}

/// Both ends of a pipe. The one that is written to is the child's, and closed here, else there is no end to read.
struct pipe_ends {
    pipe_ends() {
        int made[2];
        if (::pipe2(made, O_CLOEXEC) != 0)
            throw std::system_error(errno, std::generic_category());
        output = made[0];
        input = made[1];
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    ~pipe_ends() {
        close(output);
        close(input);
    }
    static void close(int& end) noexcept {
        if (end >= 0)
            ::close(std::exchange(end, -1));
    }

    int output = -1;
    int input = -1;
};

/// The program, and what it writes.
struct running_command {
    running_command(const asio::any_io_executor& executor, const std::vector<std::string>& command)
        : child(command, ends.input), output(executor), nap(executor) {
        pipe_ends::close(ends.input);
        output.assign(ends.output);
        ends.output = -1;
    }

    void wake() {
        boost::system::error_code ignored;
        output.cancel(ignored);
        nap.cancel();
    }

    pipe_ends ends;
    detail::child_process child;
    asio::readable_pipe output;
    asio::steady_timer nap;
    detail::secret_buffer text;
};

std::unique_ptr<running_command> start(const asio::any_io_executor& executor, const std::vector<std::string>& command) {
    try {
        return std::make_unique<running_command>(executor, command);
    } catch (const std::system_error& problem) {
        command_failed(command.front(), "can't be started: " + problem.code().message());
    }
}

// Empty when all of it has been read, and the program has ended well.
asio::awaitable<std::string> read_to_end(running_command& running, const bool& late) {
    boost::system::error_code code;
    while (!code && !late) {
        const std::size_t filled = running.text.size();
        if (filled > longest_output)
            co_return "writes more than 64 KiB";
        running.text.resize(filled + 4096);
        const asio::mutable_buffer space(running.text.data() + filled, 4096);
        const std::size_t got =
            co_await running.output.async_read_some(space, asio::redirect_error(asio::use_awaitable, code));
        running.text.resize(filled + got);
    }
    if (!late && code != asio::error::eof)
        throw boost::system::system_error(code);
    // It has closed its output, which as a rule it does by ending. Waiting for SIGCHLD would take it from the program.
    std::chrono::milliseconds pause(1);
    while (!late && !running.child.has_ended()) {
        running.nap.expires_after(pause);
        pause = std::min(2 * pause, std::chrono::milliseconds(50));
        co_await running.nap.async_wait(asio::redirect_error(asio::use_awaitable, code));
        if (code && !late)
            throw boost::system::system_error(code);
    }
    co_return running.child.complaint();
}

asio::awaitable<credentials> run_command(std::shared_ptr<const std::vector<std::string>> command,
                                         std::chrono::milliseconds limit) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const std::string program = command->front();
    const std::unique_ptr<running_command> running = start(executor, *command);
    bool late = false;
    const detail::time_limit timer(executor, detail::saturated_deadline(limit), [&running, &late] {
        late = true;
        running->wake();
    });
    const std::string complaint = co_await read_to_end(*running, late);
    if (late)
        command_failed(program, "hasn't ended within " + std::to_string(limit.count()) + " ms");
    if (!complaint.empty())
        command_failed(program, complaint);
    const std::string subject = "the output of the command \"" + program + '"';
    credentials found = detail::parse_credentials(detail::view(running->text), subject);
    co_return found;
}

} // namespace

credential_provider credentials_from_command(std::vector<std::string> command, std::chrono::milliseconds limit) {
    if (command.empty() || command.front().empty())
        throw_error(errc::invalid_option,
                    detail::make_diagnostics(errc::invalid_option, "the command that gives credentials is empty"));
    const auto kept = std::make_shared<const std::vector<std::string>>(std::move(command));
    detail::credential_source source;
    source.ask = [kept, limit] { return run_command(kept, limit); };
    // The command has its own limit, and tells what is wrong; this one is for all else.
    return credential_provider(std::move(source), credential_options().timeout(limit + std::chrono::seconds(10)));
}

} // namespace coropq
