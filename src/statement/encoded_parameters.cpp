// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/detail/arguments.hpp>

#include <limits>

namespace coropq::detail {

void encoded_parameters::reserve(std::size_t count) {
    // They may have the memory of others.
    parameters_.clear();
    buffer_.clear();
    pending_.clear();
    if (count == 0)
        return;
    parameters_.reserve(count);
    if (count > 1)
        buffer_.reserve(12 * count); // most are numbers or short texts; a single one has room in the string itself
}

void encoded_parameters::add_null(type_reference type, wire_format format) {
    parameters_.push_back({buffer_.size(), 0, type, format, true});
}

value_writer encoded_parameters::begin() {
    begin_ = buffer_.size();
    return value_writer(buffer_);
}

void encoded_parameters::end(value_writer& writer, type_reference type, wire_format format) {
    const std::size_t size = buffer_.size() - begin_;
    if (size > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw value_error("the value has more than 2 GB");
    for (const value_writer::pending_type& each : writer.pending_types())
        pending_.push_back({parameters_.size(), each.position, each.name});
    parameters_.push_back({begin_, size, type, format, false});
    if (format == wire_format::text)
        buffer_.push_back('\0');
}

void encoded_parameters::add(const encoded_parameters& other, std::size_t index) {
    const parameter& source = other.parameters_[index];
    if (source.null)
        return add_null(source.type, source.format);
    const std::size_t begin = buffer_.size();
    for (const pending_type& each : other.pending_) {
        if (each.parameter == index)
            pending_.push_back({parameters_.size(), each.position - source.begin + begin, each.name});
    }
    parameters_.push_back({begin, source.size, source.type, source.format, false});
    buffer_.append(other.buffer_, source.begin, source.size);
    if (source.format == wire_format::text)
        buffer_.push_back('\0');
}

void encoded_parameters::resolve_type(std::size_t position, std::uint32_t oid) {
    value_writer(buffer_).replace(position, static_cast<std::int32_t>(oid));
}

} // namespace coropq::detail
