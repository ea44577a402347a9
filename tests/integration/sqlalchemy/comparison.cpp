// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "comparison.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

namespace coropq::test {

namespace json = boost::json;

bool difference::is_in(std::string_view step) const { return std::find(path.begin(), path.end(), step) != path.end(); }

std::string_view difference::last(std::size_t n) const {
    return n < path.size() ? std::string_view(path[path.size() - 1 - n]) : std::string_view();
}

std::string difference::text() const {
    std::string found;
    for (const std::string& step : path)
        found += (found.empty() ? "" : " / ") + step;
    const auto cut = [](const std::optional<json::value>& value) {
        const std::string whole = value ? json::serialize(*value) : "(nothing)";
        return whole.size() > 600 ? whole.substr(0, 600) + "…" : whole;
    };
    return found + "\n    ours:       " + cut(ours) + "\n    SQLAlchemy: " + cut(theirs);
}

namespace {

bool is_sql(std::string_view key) {
    return key == "sqltext" || key == "check" || key == "expressions" || key == "column_sorting";
}

std::string normalised(std::string_view sql) {
    std::string found;
    char quote = 0;
    for (const char c : sql) {
        if (quote != 0)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(' || c == ')' || c == ' ' || c == '\n')
            continue;
        found += c;
    }
    return found;
}

void normalise(json::value& value, bool sql) {
    if (value.is_string() && sql) {
        value = json::string(normalised(value.as_string()));
    } else if (value.is_array()) {
        for (json::value& each : value.as_array())
            normalise(each, sql);
    } else if (value.is_object()) {
        json::object found;
        for (auto& [key, each] : value.as_object()) {
            // The name of a table or an index may be any of these words: only texts and lists of texts count.
            normalise(each, is_sql(key) && !each.is_object());
            const std::string name = key;
            found[name] = std::move(each);
        }
        if (const json::value* sorting = found.if_contains("column_sorting"); sorting && sorting->is_object()) {
            json::object by_sql;
            for (const auto& [element, order] : sorting->as_object())
                by_sql[normalised(element)] = order;
            found["column_sorting"] = std::move(by_sql);
        }
        value = std::move(found);
    }
}

class comparer {
public:
    comparer(std::string name) { path_.push_back(std::move(name)); }

    void compare(const json::value& ours, const json::value& theirs) {
        if (is_no_answer(theirs) && ours != theirs)
            add(ours, theirs);
        else if (ours.is_object() && theirs.is_object())
            compare_members(ours.as_object(), theirs.as_object());
        else if (ours.is_array() && theirs.is_array())
            compare_lists(ours.as_array(), theirs.as_array());
        else if (ours != theirs)
            add(ours, theirs);
    }

    std::vector<difference> take() { return std::move(found_); }

private:
    // A type that isn't known, or an error: what is in ours needn't be listed one by one.
    static bool is_no_answer(const json::value& value) {
        const json::object* fields = value.if_object();
        if (fields == nullptr)
            return false;
        const json::value* type = fields->if_contains("type");
        return (type != nullptr && *type == "null") || (fields->size() == 1 && fields->contains("error"));
    }

    void add(std::optional<json::value> ours, std::optional<json::value> theirs) {
        found_.push_back({path_, std::move(ours), std::move(theirs)});
    }

    void compare_members(const json::object& ours, const json::object& theirs) {
        for (const auto& [key, value] : ours) {
            path_.emplace_back(key);
            if (const json::value* other = theirs.if_contains(key))
                compare(value, *other);
            else
                add(value, {});
            path_.pop_back();
        }
        for (const auto& [key, value] : theirs) {
            path_.emplace_back(key);
            if (!ours.contains(key))
                add({}, value);
            path_.pop_back();
        }
    }

    // Those with names; several of one name have schemas, too.
    static std::string key_of(const json::value& element) {
        if (const json::object* fields = element.if_object()) {
            const json::value* name = fields->if_contains("name");
            const json::value* schema = fields->if_contains("schema");
            if (name != nullptr && name->is_string())
                return (schema != nullptr && schema->is_string() ? std::string(schema->as_string()) + "." : "") +
                       std::string(name->as_string());
        }
        if (element.is_string())
            return std::string(element.as_string());
        return json::serialize(element);
    }

    void compare_lists(const json::array& ours, const json::array& theirs) {
        std::multimap<std::string, const json::value*> others;
        std::vector<std::string> order, other_order;
        for (const json::value& value : theirs) {
            others.emplace(key_of(value), &value);
            other_order.push_back(key_of(value));
        }
        const std::size_t before = found_.size();
        for (const json::value& value : ours) {
            path_.push_back(key_of(value));
            order.push_back(path_.back());
            if (const auto place = others.find(path_.back()); place != others.end()) {
                compare(value, *place->second);
                others.erase(place);
            } else {
                add(value, {});
                order.pop_back();
            }
            path_.pop_back();
        }
        for (const auto& [key, value] : others) {
            path_.push_back(key);
            add({}, *value);
            path_.pop_back();
            other_order.erase(std::find(other_order.begin(), other_order.end(), key));
        }
        if (order != other_order) {
            path_.emplace_back("(order)");
            found_.insert(found_.begin() + static_cast<std::ptrdiff_t>(before),
                          {path_, json::value(ours), json::value(theirs)});
            path_.pop_back();
        }
    }

    std::vector<std::string> path_;
    std::vector<difference> found_;
};

} // namespace

void normalise_sql(json::value& answers) { normalise(answers, false); }

std::vector<difference> differences(std::string name, const json::value& ours, const json::value& theirs) {
    comparer both(std::move(name));
    both.compare(ours, theirs);
    return both.take();
}

} // namespace coropq::test
