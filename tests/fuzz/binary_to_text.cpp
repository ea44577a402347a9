// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// The server's binary form of every type, two bytes of type in front: becomes text, from which the same text comes
// again. (Not always the same bytes: a server writes numbers in one of the ways that can be read.)

#include "fuzz/conversion.hpp"
#include "fuzz/target.hpp"
#include "unit/type_text_examples.hpp"

#include <coropq/types/type_oid.hpp>
#include <coropq/types/value_view.hpp>

using namespace coropq::fuzz;

namespace {

using coropq::type_kind;

// Arrays and composites say in their binary form what their parts are. A server doesn't say anything but what the type
// says, and their text is read as what the type says.
bool has_other_parts(std::uint32_t type, std::string_view binary) {
    const coropq::type_catalog& types = coropq::test::example_types();
    const std::uint32_t base = types.base_of(type);
    switch (types.kind_of(base)) {
    case type_kind::array: {
        if (binary.empty())
            return true;
        const std::uint32_t element = types.element_of(base);
        coropq::value_reader reader(binary);
        reader.read_bytes(8);
        return reader.read<std::uint32_t>() != element || has_other_parts(element, {});
    }
    case type_kind::range:
    case type_kind::multirange: return has_other_parts(types.element_of(base), {});
    case type_kind::vector:
    case type_kind::composite: return true;
    default: return false;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices choice(data, size);
    const std::uint32_t type = choose_type(choice.number());
    const auto text = to_text(type, choice.rest());
    if (!text || !coropq::test::example_types().is_binary(type) || has_other_parts(type, choice.rest()))
        return 0;
    const auto binary = to_binary(type, *text);
    require(binary.has_value(), "text that was made from a binary value can be read");
    const auto again = to_text(type, *binary);
    require(again.has_value(), "a binary value that was made from text can be read");
    require(*again == *text, "the text is the same again");
    require(to_binary(type, *again) == binary, "the binary value is the same again");
    return 0;
}
