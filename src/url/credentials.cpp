// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/credentials.hpp>
#include <coropq/error.hpp>

#include "error/diagnostics_fields.hpp"
#include "url/wipe.hpp"

#include <cstring>
#include <ostream>
#include <utility>

namespace coropq {

std::string_view secret::checked(const char* text) {
    if (!text)
        throw_error(errc::invalid_option,
                    detail::make_diagnostics(errc::invalid_option, "a password or option is a null pointer",
                                             "is an environment variable unset?"));
    return text;
}

secret::secret(std::string_view text, int) : size_(text.size()) {
    if (text.empty())
        return; // expose() needs no memory for that
    characters_.reset(new char[text.size() + 1]);
    std::memcpy(characters_.get(), text.data(), text.size());
    characters_[text.size()] = '\0';
}

secret::secret(const secret& other) : secret(other.expose(), 0) {}

// The characters stay where they are, only the pointer moves: nothing to overwrite in the other one.
secret::secret(secret&& other) noexcept
    : characters_(std::move(other.characters_)), size_(std::exchange(other.size_, 0)) {}

secret& secret::operator=(const secret& other) {
    if (this != &other)
        *this = secret(other);
    return *this;
}

secret& secret::operator=(secret&& other) noexcept {
    if (this != &other) {
        clear();
        characters_ = std::move(other.characters_);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

secret::~secret() { clear(); }

void secret::clear() noexcept {
    if (characters_)
        detail::wipe(characters_.get(), size_);
    characters_.reset();
    size_ = 0;
}

bool operator==(const secret& left, const secret& right) noexcept {
    if (left.size_ != right.size_)
        return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i != left.size_; ++i)
        difference |= static_cast<unsigned>(static_cast<unsigned char>(left.characters_[i]) ^
                                            static_cast<unsigned char>(right.characters_[i]));
    return difference == 0;
}

std::ostream& operator<<(std::ostream& out, const secret&) { return out << "***"; }

} // namespace coropq
