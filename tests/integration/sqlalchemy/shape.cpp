// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "shape.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include <string>
#include <string_view>

namespace coropq::test {

namespace json = boost::json;

namespace {

json::value or_null(const std::optional<std::string>& text) {
    return text ? json::value(json::string(*text)) : json::value(nullptr);
}

json::array list(const std::vector<std::string>& texts) {
    json::array all;
    for (const std::string& text : texts)
        all.emplace_back(json::string(text));
    return all;
}

// The classes of SQLAlchemy's types whose names aren't those of PostgreSQL in upper case.
std::string class_of(const reflected::data_type& type) {
    static const std::map<std::string_view, const char*> others = {
        {"bool", "BOOLEAN"}, {"int2", "SMALLINT"}, {"int4", "INTEGER"},          {"int8", "BIGINT"},
        {"float4", "REAL"},  {"bpchar", "CHAR"},   {"name", "string"},           {"char", "string"},
        {"timetz", "TIME"},  {"varbit", "BIT"},    {"timestamptz", "TIMESTAMP"}, {"float8", "DOUBLE_PRECISION"}};
    if (const auto place = others.find(type.name); place != others.end())
        return place->second;
    std::string name = type.name;
    for (char& c : name)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

json::object simple_type(const reflected::data_type& type) {
    json::object found{{"type", class_of(type)}};
    if (type.length)
        found["length"] = *type.length;
    if (type.precision)
        found["precision"] = *type.precision;
    if (type.name == "float8")
        found["precision"] = 53;
    if (type.scale)
        found["scale"] = *type.scale;
    if (type.name == "timetz" || type.name == "timestamptz")
        found["timezone"] = true;
    if (!type.interval_fields.empty())
        found["fields"] = type.interval_fields;
    if (type.name == "varbit")
        found["varying"] = true;
    return found;
}

json::value schema_unless(bool visible, const std::string& schema) {
    return visible ? json::value(nullptr) : json::value(json::string(schema));
}

json::object element_type(const reflected::data_type& type, const types_of_users& types) {
    const reflected::qualified_name name{type.schema, type.name};
    if (const auto place = types.enums.find(name); place != types.enums.end()) {
        const reflected::enum_type& found = place->second;
        return {{"enum", found.name},
                {"schema", schema_unless(found.visible, found.schema)},
                {"labels", list(found.labels)}};
    }
    const auto place = types.domains.find(name);
    if (place == types.domains.end())
        return simple_type(type);
    const reflected::domain_type& found = place->second;
    json::object shape{{"domain", found.name},
                       {"schema", schema_unless(found.visible, found.schema)},
                       {"of", shape_of(found.type, types)},
                       {"default", or_null(found.default_value)},
                       {"not_null", !found.nullable},
                       {"check", nullptr},
                       {"constraint", nullptr},
                       {"collation", found.collation ? json::value(found.collation->name) : json::value(nullptr)}};
    if (!found.constraints.empty()) {
        shape["check"] = found.constraints.front().expression;
        shape["constraint"] = found.constraints.front().name;
    }
    return shape;
}

json::object shape_of(const reflected::identity& identity) {
    return {{"always", identity.always},    {"start", identity.start},      {"increment", identity.increment},
            {"minvalue", identity.minimum}, {"maxvalue", identity.maximum}, {"cycle", identity.cycle},
            {"cache", identity.cache}};
}

std::string words_of(reflected::referential_action action) {
    switch (action) {
    case reflected::referential_action::no_action: return "NO ACTION";
    case reflected::referential_action::restrict: return "RESTRICT";
    case reflected::referential_action::cascade: return "CASCADE";
    case reflected::referential_action::set_null: return "SET NULL";
    case reflected::referential_action::set_default: return "SET DEFAULT";
    }
    return {};
}

json::object options_of(const reflected::foreign_key& key) {
    json::object options;
    if (key.on_update != reflected::referential_action::no_action)
        options["onupdate"] = words_of(key.on_update);
    if (key.on_delete != reflected::referential_action::no_action) {
        std::string names;
        for (const std::string& name : key.on_delete_columns)
            names += (names.empty() ? " (" : ", ") + name;
        options["ondelete"] = words_of(key.on_delete) + (names.empty() ? names : names + ")");
    }
    if (key.deferrable)
        options["deferrable"] = true;
    if (key.initially_deferred)
        options["initially"] = "DEFERRED";
    if (key.match == reflected::match_type::full)
        options["match"] = "FULL";
    return options;
}

json::object pairs(const std::vector<std::string>& settings) {
    json::object found;
    for (const std::string& setting : settings) {
        const std::size_t middle = setting.find('=');
        found[setting.substr(0, middle)] = setting.substr(middle + 1);
    }
    return found;
}

json::object dialect_options_of(const reflected::index& index) {
    json::object options{{"postgresql_include", list(index.included)}};
    if (!index.storage_parameters.empty())
        options["postgresql_with"] = pairs(index.storage_parameters);
    if (index.method != "btree")
        options["postgresql_using"] = index.method;
    if (index.predicate)
        options["postgresql_where"] = *index.predicate;
    if (index.nulls_not_distinct)
        options["postgresql_nulls_not_distinct"] = true;
    return options;
}

json::object shape_of(const reflected::index& index) {
    json::array names, texts;
    json::object sorting;
    bool expressions = false;
    for (const reflected::index_element& element : index.elements) {
        const std::string& text = element.column ? *element.column : element.expression;
        names.push_back(or_null(element.column));
        texts.emplace_back(json::string(text));
        expressions = expressions || !element.column;
        json::array order;
        if (element.descending)
            order.emplace_back("desc");
        if (element.descending != element.nulls_first)
            order.emplace_back(element.nulls_first ? "nulls_first" : "nulls_last");
        if (!order.empty())
            sorting[text] = std::move(order);
    }
    json::object shape{{"name", index.name},
                       {"unique", index.unique},
                       {"column_names", std::move(names)},
                       {"include_columns", list(index.included)},
                       {"dialect_options", dialect_options_of(index)}};
    if (expressions)
        shape["expressions"] = std::move(texts);
    if (!sorting.empty())
        shape["column_sorting"] = std::move(sorting);
    if (index.role == reflected::index_role::primary_key)
        shape["primary_key"] = true;
    else if (index.constraint)
        shape["duplicates_constraint"] = *index.constraint;
    return shape;
}

// SQLAlchemy doesn't say whose default it is.
json::value default_of(const reflected::column& column, const types_of_users& types) {
    const auto domain = types.domains.find({column.type.schema, column.type.name});
    const bool is_domain = domain != types.domains.end() && column.type.dimensions == 0;
    if (is_domain && !column.default_value && domain->second.default_value)
        return {{"of_domain", *domain->second.default_value}};
    return or_null(column.default_value);
}

json::object shape_of(const reflected::column& column, const types_of_users& types) {
    json::object shape{{"name", column.name},
                       {"type", shape_of(column.type, types)},
                       {"nullable", column.nullable},
                       {"default", default_of(column, types)},
                       {"autoincrement", column.auto_increment},
                       {"comment", or_null(column.comment)}};
    if (column.generated)
        shape["computed"] = {{"sqltext", column.generated->expression}, {"persisted", column.generated->stored}};
    if (column.identity)
        shape["identity"] = shape_of(*column.identity);
    return shape;
}

} // namespace

json::value shape_of(const reflected::data_type& type, const types_of_users& types) {
    json::object element = element_type(type, types);
    if (type.dimensions == 0)
        return element;
    return {{"array_of", std::move(element)}, {"dimensions", type.dimensions}};
}

json::value shape_of(const std::vector<reflected::column>& columns, const types_of_users& types) {
    json::array all;
    for (const reflected::column& column : columns)
        all.push_back(shape_of(column, types));
    return all;
}

json::value shape_of(const std::optional<reflected::primary_key>& key) {
    if (!key)
        return {{"name", nullptr}, {"constrained_columns", json::array()}};
    json::object shape{
        {"name", key->name}, {"constrained_columns", list(key->columns)}, {"comment", or_null(key->comment)}};
    if (!key->included.empty())
        shape["included"] = list(key->included);
    return shape;
}

json::value shape_of(const std::vector<reflected::foreign_key>& keys) {
    json::array all;
    for (const reflected::foreign_key& key : keys) {
        json::object shape{{"name", key.name},
                           {"constrained_columns", list(key.columns)},
                           {"referred_schema", key.referred_table.schema},
                           {"referred_table", key.referred_table.name},
                           {"referred_columns", list(key.referred_columns)},
                           {"options", options_of(key)},
                           {"comment", or_null(key.comment)}};
        if (!key.validated)
            shape["not_valid"] = true;
        all.push_back(std::move(shape));
    }
    return all;
}

json::value shape_of(const std::vector<reflected::unique_constraint>& constraints) {
    json::array all;
    for (const reflected::unique_constraint& constraint : constraints) {
        json::object shape{{"name", constraint.name},
                           {"column_names", list(constraint.columns)},
                           {"comment", or_null(constraint.comment)}};
        if (constraint.nulls_not_distinct)
            shape["dialect_options"] = {{"postgresql_nulls_not_distinct", true}};
        if (!constraint.included.empty())
            shape["included"] = list(constraint.included);
        all.push_back(std::move(shape));
    }
    return all;
}

json::value shape_of(const std::vector<reflected::check_constraint>& constraints) {
    json::array all;
    for (const reflected::check_constraint& constraint : constraints) {
        json::object shape{
            {"name", constraint.name}, {"sqltext", constraint.expression}, {"comment", or_null(constraint.comment)}};
        json::object options;
        if (!constraint.validated)
            options["not_valid"] = true;
        if (constraint.no_inherit)
            options["no_inherit"] = true;
        if (!options.empty())
            shape["dialect_options"] = std::move(options);
        all.push_back(std::move(shape));
    }
    return all;
}

json::value shape_of(const std::vector<reflected::index>& indexes) {
    json::array all;
    for (const reflected::index& index : indexes)
        all.push_back(shape_of(index));
    return all;
}

json::value shape_of(const std::optional<std::string>& comment) { return {{"text", or_null(comment)}}; }

json::value shape_of(const reflected::table_options& options) { return json::value_from(options); }

json::value shape_of(const std::vector<reflected::enum_type>& enums) {
    json::array all;
    for (const reflected::enum_type& found : enums)
        all.push_back({{"name", found.name},
                       {"schema", found.schema},
                       {"visible", found.visible},
                       {"labels", list(found.labels)}});
    return all;
}

json::value shape_of(const std::vector<reflected::domain_type>& domains) {
    json::array all;
    for (const reflected::domain_type& found : domains) {
        json::array constraints;
        for (const reflected::domain_constraint& constraint : found.constraints)
            constraints.push_back({{"name", constraint.name}, {"check", constraint.expression}});
        all.push_back({{"name", found.name},
                       {"schema", found.schema},
                       {"visible", found.visible},
                       {"type", found.type.text},
                       {"nullable", found.nullable},
                       {"default", or_null(found.default_value)},
                       {"constraints", std::move(constraints)},
                       {"collation", found.collation ? json::value(found.collation->name) : json::value(nullptr)}});
    }
    return all;
}

} // namespace coropq::test
