// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Text of every type, two bytes of type in front: becomes the binary form, which is the same when it comes from the
// text that is made of it.

#include "fuzz/conversion.hpp"
#include "fuzz/target.hpp"
#include "unit/type_text_examples.hpp"

using namespace coropq::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices choice(data, size);
    const std::uint32_t type = choose_type(choice.number());
    const auto binary = to_binary(type, choice.rest());
    if (!binary || !coropq::test::example_types().is_binary(type))
        return 0;
    const auto text = to_text(type, *binary);
    require(text.has_value(), "a binary value that was made from text can be read");
    require(to_binary(type, *text) == binary, "the binary value is the same again");
    return 0;
}
