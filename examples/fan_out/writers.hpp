// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_EXAMPLES_FAN_OUT_WRITERS_HPP
#define COROPQ_EXAMPLES_FAN_OUT_WRITERS_HPP

#include <coropq/result.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace fan_out_example {

/// Makes text of the results of statements.
class writer {
public:
    writer() = default;
    writer(const writer&) = delete;
    writer& operator=(const writer&) = delete;
    virtual ~writer() = default;

    virtual void append(std::string& text, std::size_t index, const coropq::result& rows) = 0;
};

/// RFC 4180: a line per row, with the index of its statement in front. NULL is a field without anything in it, `""` an
/// empty text. The header is written again where the columns are others than those of the rows before.
class csv_writer final : public writer {
public:
    void append(std::string& text, std::size_t index, const coropq::result& rows) override;

private:
    std::string header_;
};

/// A line per statement, each an object: `{"statement":0,"command":"SELECT 1","rows":[{"id":1,"name":"Ada"}]}`.
/// Numbers and truth values are such, except for NaN and infinities, JSON stays JSON, and everything else is text. Of
/// columns with the same name, the second one is called `name_2`.
class json_writer final : public writer {
public:
    void append(std::string& text, std::size_t index, const coropq::result& rows) override;
};

} // namespace fan_out_example

#endif
