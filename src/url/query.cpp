// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "url/query.hpp"

#include "url/representation.hpp"
#include "url/text.hpp"

#include <algorithm>

namespace coropq {

query_parameter::query_parameter(std::string_view name, std::string_view value) : key(name) {
    values.emplace_back(value);
}

query_parameter::query_parameter(std::string_view name, std::initializer_list<std::string_view> several)
    : key(name), values(several.begin(), several.end()) {}

query_parameter::query_parameter(std::string_view name, std::vector<std::string> several)
    : key(name), values(std::move(several)) {}

query_parameter& query_parameter::operator=(query_parameter other) noexcept {
    key.swap(other.key);
    values.swap(other.values);
    return *this;
}

query_parameter::~query_parameter() {
    if (!detail::is_secret_key(key))
        return;
    for (std::string& value : values)
        detail::wipe(value);
}

namespace detail {

bool is_flag(std::string_view text) noexcept {
    return !text.empty() && !is_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
    });
}

query_text parse_query(std::string_view text) {
    query_text result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view item = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = item.find('=');
        if (item.empty()) {
            continue;
        } else if (equals == 0) {
            throw_problem(problems::query_no_key);
        } else if (equals != std::string_view::npos) {
            std::string key = decode(item.substr(0, equals), true);
            std::string value = decode(item.substr(equals + 1), true);
            append_values(result.parameters, {key, value});
            if (is_secret_key(key))
                wipe(value);
        } else if (is_flag(item)) {
            result.flags += (result.flags.empty() ? "" : "&") + std::string(item);
        } else {
            throw_problem(problems::query_no_value);
        }
    }
    return result;
}

void append_values(query_parameters& query, const query_parameter& parameter) {
    const auto found = std::find_if(query.begin(), query.end(),
                                    [&](const query_parameter& each) { return each.key == parameter.key; });
    if (found == query.end())
        query.push_back(parameter);
    else
        found->values.insert(found->values.end(), parameter.values.begin(), parameter.values.end());
}

query_parameters normalize_query(const query_parameters& query) {
    query_parameters result;
    for (const query_parameter& parameter : query) {
        if (parameter.key.empty())
            throw_problem(problems::query_no_key);
        refuse_nul(parameter.key);
        for (const std::string& value : parameter.values)
            refuse_nul(value);
        if (!parameter.values.empty())
            append_values(result, parameter);
    }
    for (query_parameter& parameter : result) {
        if (!equal_ignoring_case(parameter.key, "password"))
            continue;
        for (std::string& value : parameter.values) {
            const secret normalized = normalize_password(value);
            if (normalized.size() == value.size())
                continue;
            wipe(value);
            value = normalized.expose();
        }
    }
    return result;
}

query_parameters sorted(query_parameters query) {
    std::sort(query.begin(), query.end(),
              [](const query_parameter& left, const query_parameter& right) { return left.key < right.key; });
    return query;
}

} // namespace detail

url url::update_query_string(std::string_view text, bool append) const {
    detail::query_text query = detail::parse_query(text);
    if (!query.flags.empty())
        detail::throw_problem(detail::problems::query_no_value);
    return update_query_dict(query.parameters, append);
}

url url::update_query_pairs(const std::vector<std::pair<std::string, std::string>>& pairs, bool append) const {
    query_parameters parameters;
    for (const auto& [key, value] : pairs)
        detail::append_values(parameters, {key, value});
    return update_query_dict(parameters, append);
}

url url::update_query_dict(const query_parameters& parameters, bool append) const {
    query_parameters query = parts_->query;
    for (const query_parameter& parameter : detail::normalize_query(parameters)) {
        const auto found = std::find_if(query.begin(), query.end(),
                                        [&](const query_parameter& each) { return each.key == parameter.key; });
        if (!append && found != query.end())
            *found = parameter;
        else
            detail::append_values(query, parameter);
    }
    url_changes changes;
    changes.query = std::move(query);
    return set(std::move(changes));
}

url url::difference_update_query(const std::vector<std::string>& names) const {
    query_parameters query = parts_->query;
    std::erase_if(query, [&](const query_parameter& each) {
        return std::find(names.begin(), names.end(), each.key) != names.end();
    });
    if (query.size() == parts_->query.size())
        return *this;
    url_changes changes;
    changes.query = std::move(query);
    return set(std::move(changes));
}

query_parameters url::normalized_query() const { return detail::sorted(parts_->query); }

} // namespace coropq
