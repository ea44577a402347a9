// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SRC_INSPECT_OPTIONAL_TEXT_HPP
#define COROPQ_SRC_INSPECT_OPTIONAL_TEXT_HPP

// Texts of the outer side of a left join, as values of their own.

#include <coropq/inspect/qualified_name.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace coropq::detail {

inline std::optional<std::string> copy(const std::optional<std::string_view>& text) {
    if (!text)
        return std::nullopt;
    return std::string(*text);
}

inline std::optional<reflected::qualified_name> name_of(const std::optional<std::string_view>& schema,
                                                        const std::optional<std::string_view>& name) {
    if (!schema || !name)
        return std::nullopt;
    return reflected::qualified_name{std::string(*schema), std::string(*name)};
}

} // namespace coropq::detail

#endif
