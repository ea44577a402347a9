// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/types/enumeration.hpp>

namespace coropq::detail {

std::string_view find_label(std::span<const enumerator> enumerators, std::uint64_t value) {
    for (const enumerator& entry : enumerators)
        if (entry.value == value)
            return entry.label;
    throw value_error("the value is none of the enum's enumerators");
}

std::uint64_t find_enumerator(std::span<const enumerator> enumerators, std::string_view label) {
    for (const enumerator& entry : enumerators)
        if (entry.label == label)
            return entry.value;
    throw value_error("the C++ enum has no enumerator of that label",
                      "coropq::enum_labels says what labels are called");
}

bool accepts_label(std::uint32_t type, const type_catalog& types) noexcept {
    return types.kind_of(type) == type_kind::enumeration || types.has_text_bytes(type);
}

} // namespace coropq::detail
