// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "our_dump.hpp"

#include "shape.hpp"

#include "support/async_helpers.hpp"

#include <coropq/coropq.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace coropq::test {

namespace json = boost::json;

namespace {

using maybe = std::optional<std::string>;
using names = std::vector<std::string>;
using reflected::relation_kind;

constexpr const char* missing = "no such thing";

json::array list(const names& all) {
    json::array found;
    for (const std::string& each : all)
        found.emplace_back(json::string(each));
    return found;
}

class dump {
public:
    dump(boost::asio::io_context& context, inspector inspect) : context_(context), inspect_(std::move(inspect)) {
        for (const schema_selection& schemas :
             {all_schemas(), schema_selection("information_schema"), schema_selection("pg_catalog")}) {
            for (const reflected::enum_type& each : get(inspect_.enums(schemas)))
                types_.enums.emplace(reflected::qualified_name{each.schema, each.name}, each);
            for (const reflected::domain_type& each : get(inspect_.domains(schemas)))
                types_.domains.emplace(reflected::qualified_name{each.schema, each.name}, each);
        }
    }

    json::object all(const inspection& plan) {
        json::object schemas;
        for (const maybe& schema : plan.schemas)
            schemas[schema.value_or("")] = all_of(schema, plan.one_in);
        return {{"schema_names", list(get(inspect_.schema_names()))},
                {"default_schema", get(inspect_.default_schema()).value_or("")},
                {"temporary_table_names", list(get(inspect_.temporary_table_names()))},
                {"temporary_view_names", list(get(inspect_.temporary_view_names()))},
                {"missing_schema", get(inspect_.has_schema(missing))},
                {"enums", shape_of(get(inspect_.enums(all_schemas())))},
                {"domains", shape_of(get(inspect_.domains(all_schemas())))},
                {"schemas", std::move(schemas)}};
    }

private:
    template <typename T>
    T get(boost::asio::awaitable<T> pending) {
        return run(context_, std::move(pending));
    }

    json::value shape(const std::vector<reflected::column>& columns) const { return shape_of(columns, types_); }
    template <typename T>
    json::value shape(const T& found) const {
        return shape_of(found);
    }

    template <typename T>
    json::object shapes(boost::asio::awaitable<reflected::by_relation<T>> pending) {
        json::object found;
        for (const auto& [name, value] : get(std::move(pending)))
            found[name.name] = shape(value);
        return found;
    }

    template <typename T>
    json::value attempt(boost::asio::awaitable<T> pending) {
        try {
            return shape(get(std::move(pending)));
        } catch (const inspection_error&) {
            return {{"error", "NoSuchTableError"}};
        }
    }
    json::value shape(const std::string& text) const { return json::string(text); }
    json::value shape(std::uint32_t oid) const { return oid; }

    static schema_selection selection_of(const maybe& schema) {
        return schema ? schema_selection(*schema) : schema_selection();
    }

    json::array names_in(relation_selection selection) {
        json::array found;
        std::set<std::string> sorted;
        for (const auto& [name, comment] : get(inspect_.table_comment(std::move(selection))))
            sorted.insert(name.name);
        for (const std::string& name : sorted)
            found.emplace_back(json::string(name));
        return found;
    }

    json::object selections(const maybe& schema) {
        using kinds = std::vector<relation_kind>;
        const kinds tables{relation_kind::table, relation_kind::partitioned_table, relation_kind::foreign_table};
        kinds any = tables;
        any.insert(any.end(), {relation_kind::view, relation_kind::materialized_view});
        const std::vector<std::pair<std::string, kinds>> all{
            {"TABLE", tables},
            {"VIEW", {relation_kind::view}},
            {"MATERIALIZED_VIEW", {relation_kind::materialized_view}},
            {"ANY_VIEW", {relation_kind::view, relation_kind::materialized_view}},
            {"ANY", any}};
        json::object found;
        for (const auto& [name, only] : all) {
            relation_selection selection(selection_of(schema));
            selection.kinds(only);
            found[name + " ANY"] = names_in(selection);
            found[name + " TEMPORARY"] = names_in(selection.temporary(true));
            found[name + " DEFAULT"] = names_in(selection.temporary(false));
        }
        names some{missing};
        const json::array& every = found["ANY ANY"].as_array();
        for (std::size_t at = 0; at < every.size(); at += 3)
            some.emplace_back(every[at].as_string());
        found["names"] = names_in(relation_selection(selection_of(schema)).names(some));
        return found;
    }

    json::object one(const std::string& name, const maybe& schema, const names& indexes) {
        json::object has_index;
        for (const std::string& index : indexes)
            has_index[index] = get(inspect_.has_index(name, index, schema));
        return {{"columns", attempt(inspect_.columns(name, schema))},
                {"primary_key", attempt(inspect_.primary_key(name, schema))},
                {"foreign_keys", attempt(inspect_.foreign_keys(name, schema))},
                {"unique_constraints", attempt(inspect_.unique_constraints(name, schema))},
                {"check_constraints", attempt(inspect_.check_constraints(name, schema))},
                {"indexes", attempt(inspect_.indexes(name, schema))},
                {"table_comment", attempt(inspect_.table_comment(name, schema))},
                {"table_options", attempt(inspect_.table_options(name, schema))},
                {"oid", attempt(inspect_.table_oid(name, schema))},
                {"has_table", get(inspect_.has_table(name, schema))},
                {"has_type", get(inspect_.has_type(name, selection_of(schema)))},
                {"has_sequence", get(inspect_.has_sequence(name, schema))},
                {"has_index", std::move(has_index)}};
    }

    // Which keys wait until all tables are there, and which of the others refer to a table that comes later.
    json::object order(const maybe& schema) {
        const reflected::table_order order = get(inspect_.sorted_table_and_foreign_keys(selection_of(schema)));
        const auto keys = get(inspect_.foreign_keys(relation_selection(selection_of(schema))));
        std::map<reflected::qualified_name, std::size_t> places;
        std::set<std::string> tables;
        for (const reflected::ordered_table& each : order.tables) {
            places.emplace(each.table, places.size());
            tables.insert(each.table.name);
        }
        std::set<std::pair<std::string, std::string>> deferred, early;
        for (const reflected::deferred_foreign_key& key : order.deferred)
            deferred.emplace(key.table.name, key.name);
        for (const reflected::ordered_table& each : order.tables) {
            for (const reflected::foreign_key& key : keys.at(each.table)) {
                const auto target = places.find(key.referred_table);
                const bool inside =
                    std::find(each.foreign_keys.begin(), each.foreign_keys.end(), key.name) != each.foreign_keys.end();
                if (inside && target != places.end() && target->second > places.at(each.table))
                    early.emplace(each.table.name, key.name);
            }
        }
        return {{"tables", list(names(tables.begin(), tables.end()))},
                {"deferred", pairs(deferred)},
                {"early", pairs(early)}};
    }

    static json::array pairs(const std::set<std::pair<std::string, std::string>>& all) {
        json::array found;
        for (const auto& [table, key] : all)
            found.push_back(json::array{json::string(table), json::string(key)});
        return found;
    }

    json::object real_schemas(const maybe& schema) {
        json::object found;
        for (const auto& [table, keys] : get(inspect_.foreign_keys(relation_selection(selection_of(schema))))) {
            json::object schemas;
            for (const reflected::foreign_key& key : keys)
                schemas[key.name] = key.referred_table.schema;
            found[table.name] = std::move(schemas);
        }
        return found;
    }

    json::object all_of(const maybe& schema, std::size_t one_in) {
        const relation_selection every{selection_of(schema)};
        json::object found{{"table_names", list(get(inspect_.table_names(schema)))},
                           {"view_names", list(get(inspect_.view_names(schema)))},
                           {"materialized_view_names", list(get(inspect_.materialized_view_names(schema)))},
                           {"foreign_table_names", list(get(inspect_.foreign_table_names(schema)))},
                           {"sequence_names", list(get(inspect_.sequence_names(schema)))},
                           {"columns", shapes(inspect_.columns(every))},
                           {"primary_key", shapes(inspect_.primary_key(every))},
                           {"foreign_keys", shapes(inspect_.foreign_keys(every))},
                           {"unique_constraints", shapes(inspect_.unique_constraints(every))},
                           {"check_constraints", shapes(inspect_.check_constraints(every))},
                           {"table_comment", shapes(inspect_.table_comment(every))},
                           {"table_options", shapes(inspect_.table_options(every))},
                           {"real_schemas", real_schemas(schema)},
                           {"selections", selections(schema)},
                           {"order", order(schema)},
                           {"enums", shape_of(get(inspect_.enums(selection_of(schema))))},
                           {"domains", shape_of(get(inspect_.domains(selection_of(schema))))}};
        if (schema)
            found["has_schema"] = get(inspect_.has_schema(*schema));
        json::object has_sequence{{missing, get(inspect_.has_sequence(missing, schema))}};
        for (const std::string& name : get(inspect_.sequence_names(schema)))
            has_sequence[name] = get(inspect_.has_sequence(name, schema));
        found["has_sequence"] = std::move(has_sequence);
        names views = get(inspect_.view_names(schema));
        for (const std::string& name : get(inspect_.materialized_view_names(schema)))
            views.push_back(name);
        json::object definitions;
        for (const std::string& name : views)
            definitions[name] = attempt(inspect_.view_definition(name, schema));
        found["view_definitions"] = std::move(definitions);
        const auto indexes = get(inspect_.indexes(every));
        found["indexes"] = shapes(inspect_.indexes(every));
        std::map<std::string, names> each;
        for (const auto& [table, all] : indexes) {
            names& of_table = each[table.name];
            for (const reflected::index& index : all)
                if (index.role != reflected::index_role::primary_key)
                    of_table.push_back(index.name);
            of_table.emplace_back(missing);
        }
        json::object ones;
        std::size_t at = 0;
        for (const auto& [name, of_table] : each)
            if (at++ % one_in == 0)
                ones[name] = one(name, schema, of_table);
        found["one"] = std::move(ones);
        json::object nothing = one(missing, schema, {missing});
        nothing["view_definition"] = attempt(inspect_.view_definition(missing, schema));
        found["missing"] = std::move(nothing);
        return found;
    }

    boost::asio::io_context& context_;
    inspector inspect_;
    types_of_users types_;
};

} // namespace

json::object our_dump(boost::asio::io_context& context, connection& connection, const inspection& plan) {
    for (const std::string& text : plan.prepare)
        run(context, connection.execute(text));
    return dump(context, connection.inspect()).all(plan);
}

} // namespace coropq::test
