// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Runs many statements at once, and writes their rows as CSV or JSON: the statements of a file, or a template with each
// row of a CSV file. However many there are, few are in memory.
//
//     fan_out --file statements.sql postgresql://user:password@host:5432/database > rows.csv
//     COROPQ_URL=… fan_out --template 'select * from users where id = $1' --values ids.csv --format json > rows.json
//
// `fan_out --help` lists the options. Statements run in autocommit on whatever connections, in no order: those that
// build on each other don't belong here. Failures are told on stderr, with the index of the statement, counted from 0,
// and its SQLSTATE. Ctrl-C cancels what runs, on the server as well; a second one ends the program at once.
//
// How files are taken apart: fan_out/statement_splitter.hpp and fan_out/csv_reader.hpp; what is written:
// fan_out/writers.hpp.

#include "arguments.hpp"
#include "fan_out/command_line.hpp"
#include "fan_out/descriptors.hpp"
#include "fan_out/progress_display.hpp"
#include "fan_out/statements.hpp"
#include "fan_out/writers.hpp"

#include <coropq/engine.hpp>
#include <coropq/fan_out.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <array>
#include <csignal>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace asio = boost::asio;

using namespace fan_out_example;

class fan_out_program {
public:
    fan_out_program(asio::io_context& context, const command_line& arguments)
        : arguments_(arguments)
        , output_(context.get_executor(), open_output(arguments.output))
        , engine_(coropq::create_engine(context, *arguments.url, coropq::engine_options().pool(arguments.pool)))
        , display_(arguments.is_quiet)
        , signals_(context, SIGINT, SIGTERM)
        , run_(coropq::fan_out_stream(engine_, statements(context.get_executor()), options())) {
        if (arguments.is_json)
            writer_ = std::make_unique<json_writer>();
        else
            writer_ = std::make_unique<csv_writer>();
        hides_for_output_ = arguments.output.empty() && isatty(STDOUT_FILENO) == 1;
    }

    /// Runs everything.
    asio::awaitable<void> run() {
        signals_.async_wait([this](boost::system::error_code code, int) {
            if (code)
                return;
            was_interrupted_ = true;
            signals_.clear(); // the next one does what it does without us
            run_.cancel();
        });
        std::exception_ptr problem;
        try {
            co_await write_outcomes();
        } catch (...) {
            problem = std::current_exception();
        }
        if (problem) {
            tell(problem);
            co_await run_.close();
            co_await count_rest();
        }
        co_await engine_.drain(std::chrono::seconds(10)); // the server may still have to be told of cancellations
        signals_.cancel();
        display_.end();
        if (!arguments_.is_quiet)
            tell_summary();
    }

    int status() const {
        if (was_interrupted_)
            return 130; // as shells have it: 128 and the number of SIGINT
        if (arguments_.options.policy() == coropq::fan_out_policy::first_success && !had_problem_)
            return count(coropq::fan_out_state::succeeded) > 0 ? 0 : 1;
        return had_problem_ || !*was_all_read_ || run_.progress().failed > 0 ? 1 : 0;
    }

private:
    coropq::statement_source statements(const asio::any_io_executor& executor) {
        const bool is_template = arguments_.statements.empty();
        const std::string& path = is_template ? arguments_.values : arguments_.statements;
        byte_input bytes(executor, open_input(path));
        total_ = is_template ? count_rows(path) : count_statements(path);
        if (is_template)
            return statements_of_template(arguments_.text_of_template, std::move(bytes), was_all_read_);
        return statements_of_file(std::move(bytes), was_all_read_);
    }

    coropq::fan_out_options options() {
        coropq::fan_out_options given = arguments_.options;
        return given.progress(
            [this](const coropq::fan_out_progress& now) { display_.show(now, total_ ? total_ : now.total); },
            display_.interval());
    }

    asio::awaitable<void> write_outcomes() {
        std::string text;
        while (auto outcome = co_await run_.next()) {
            ++counts_[static_cast<std::size_t>(outcome->state())];
            if (outcome->state() == coropq::fan_out_state::failed)
                tell_failure(*outcome);
            else if (outcome->code() == coropq::errc::timeout && !std::exchange(told_deadline_, true))
                display_.message(outcome->details().message());
            if (!outcome->succeeded())
                continue;
            text.clear();
            writer_->append(text, outcome->index(), outcome->value());
            if (hides_for_output_)
                display_.hide();
            co_await output_.write(text);
        }
    }

    // What was cancelled because the output can't be written.
    asio::awaitable<void> count_rest() {
        try {
            while (auto outcome = co_await run_.next())
                ++counts_[static_cast<std::size_t>(outcome->state())];
        } catch (const std::exception&) { // NOLINT(bugprone-empty-catch): that of the source, which was told before
        }
    }

    void tell_failure(const coropq::fan_out_status& failed) {
        const coropq::diagnostics& details = failed.details();
        std::string text = "statement " + std::to_string(failed.index()) + ": ";
        if (!details.sqlstate().empty())
            text += details.sqlstate() + ": ";
        text += details.message().empty() ? failed.code().message() : details.message();
        display_.message(text);
    }

    void tell(const std::exception_ptr& problem) {
        had_problem_ = true;
        try {
            std::rethrow_exception(problem);
        } catch (const std::exception& known) {
            display_.message(known.what());
        }
    }

    void tell_summary() {
        using coropq::fan_out_state;
        const coropq::fan_out_progress end = run_.progress();
        std::string text = was_interrupted_ ? "interrupted: " : "";
        text += std::to_string(count(fan_out_state::succeeded)) + " succeeded, ";
        text += std::to_string(count(fan_out_state::failed)) + " failed, ";
        text += std::to_string(count(fan_out_state::cancelled)) + " cancelled";
        if (!*was_all_read_)
            text += total_ && *total_ >= end.done ? ", " + std::to_string(*total_ - end.done) + " not run"
                                                  : std::string(", the rest not run");
        text += "; " + std::to_string(end.rows) + " rows, " + std::to_string(end.retries) + " retries, ";
        display_.message(text + duration_text(end.elapsed));
    }

    std::size_t count(coropq::fan_out_state state) const { return counts_[static_cast<std::size_t>(state)]; }

    const command_line& arguments_;
    std::optional<std::size_t> total_;
    std::shared_ptr<bool> was_all_read_ = std::make_shared<bool>(false);
    byte_output output_;
    std::unique_ptr<writer> writer_;
    coropq::engine engine_;
    progress_display display_;
    asio::signal_set signals_;
    coropq::fan_out_run<coropq::result> run_;
    std::array<std::size_t, 4> counts_{};
    bool hides_for_output_ = false;
    bool was_interrupted_ = false;
    bool had_problem_ = false;
    bool told_deadline_ = false;
};

int main(int argc, char** argv) {
    try {
        const command_line arguments = parse_command_line(argc, argv);
        if (arguments.wants_help) {
            std::cout << help_text();
            return 0;
        }
        std::signal(SIGPIPE, SIG_IGN); // writing fails instead, and what runs is cancelled
        asio::io_context context(1);
        fan_out_program program(context, arguments);
        asio::co_spawn(context, program.run(), [](const std::exception_ptr& problem) {
            if (problem)
                std::rethrow_exception(problem);
        });
        try {
            context.run();
        } catch (const std::exception& problem) {
            std::cerr << "fan_out: " << problem.what() << '\n';
            return 1;
        }
        return program.status();
    } catch (const example::usage_error& problem) {
        std::cerr << "fan_out: " << problem.what() << "\n\n" << help_text();
    } catch (const std::exception& problem) { // files that can't be opened, URLs that are none
        std::cerr << "fan_out: " << problem.what() << '\n';
    }
    return 2;
}
