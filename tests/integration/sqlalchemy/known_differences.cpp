// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "known_differences.hpp"

#include <string>
#include <string_view>

namespace coropq::test {

namespace json = boost::json;

namespace {

std::string_view text_of(const std::optional<json::value>& value) {
    return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

bool is_null(const std::optional<json::value>& value) { return value && value->is_null(); }

bool only_ours(const difference& found) { return found.ours && !found.theirs; }
bool only_theirs(const difference& found) { return !found.ours && found.theirs; }

bool is_error(const difference& found, std::string_view name) {
    const json::object* answer = found.theirs ? found.theirs->if_object() : nullptr;
    const json::value* error = answer != nullptr ? answer->if_contains("error") : nullptr;
    return error != nullptr && *error == json::value(json::string(name));
}

// Of the search path that the databases are inspected with.
bool is_searched(std::string_view schema) { return schema == "public" || schema == "other"; }

bool is_in_keys(const difference& found) { return found.is_in("foreign_keys") || found.is_in("real_schemas"); }

} // namespace

const std::vector<known_difference>& known_differences() {
    static const std::vector<known_difference> all = {
        {"hidden schemas", "LIKE 'pg_%' hides schemas whose names only begin with pg",
         [](const difference& it) { return only_ours(it) && it.is_in("schema_names") && it.last() == "pgmq"; }},
        {"lists without an order", "names come as they are in the table; here they are sorted",
         [](const difference& it) { return it.last() == "(order)" && it.last(1).ends_with("_names"); }},
        {"all schemas", "with '*' it lists the domains of information_schema, too, which are the server's own",
         [](const difference& it) { return only_theirs(it) && it.last().starts_with("information_schema."); }},
        {"modifiers of domains", "the length, precision and scale of what a domain is made of are lost",
         [](const difference& it) {
             if (it.is_in("domains") && it.last() == "type")
                 return text_of(it.ours).starts_with(text_of(it.theirs)) ||
                        text_of(it.ours).starts_with("timestamp(2)");
             return only_ours(it) && it.is_in("of") &&
                    (it.last() == "length" || it.last() == "precision" || it.last() == "scale" ||
                     it.last() == "timezone");
         }},
        {"checks of domains", "of a constraint that is not valid, it leaves NOT VALI in the expression",
         [](const difference& it) {
             return it.last() == "check" && text_of(it.theirs) == std::string(text_of(it.ours)) + "NOTVALI";
         }},
        {"collations of domains", "it names a collation that is that of the type below, even the default one",
         [](const difference& it) {
             const bool below = it.is_in("information_schema") || it.is_in("public.shorter") ||
                                it.is_in("of_domains") || it.is_in("of_domains_view");
             return it.last() == "collation" && is_null(it.ours) &&
                    (text_of(it.theirs) == "default" || (text_of(it.theirs) == "C" && below));
         }},
        {"dimensions of arrays", "each array has one",
         [](const difference& it) { return it.last() == "dimensions" && it.theirs == json::value(1); }},
        {"types that it doesn't know", "geometric types, xml, composite types, ranges of users and others have no type",
         [](const difference& it) {
             const json::object* type = it.theirs ? it.theirs->if_object() : nullptr;
             return type != nullptr && type->if_contains("type") != nullptr && type->at("type") == "null";
         }},
        {"counting domains", "an integer with nextval(…) counts by itself also if its type is a domain",
         [](const difference& it) {
             return it.last() == "autoincrement" && it.ours == json::value(true) && it.last(1) == "o" &&
                    it.is_in("defaults");
         }},
        {"defaults of domains", "it makes the default of the type that of the column",
         [](const difference& it) {
             const json::object* own = it.ours ? it.ours->if_object() : nullptr;
             return it.last() == "default" && own != nullptr && it.theirs == own->at("of_domain");
         }},
        {"schemas in defaults",
         "it writes the schema that was asked about in front of a sequence without one, "
         "whichever it is in, and loses a parenthesis",
         [](const difference& it) {
             return it.last() == "default" && text_of(it.ours).find("nextval('") != std::string_view::npos &&
                    text_of(it.theirs).starts_with("nextval('\"");
         }},
        {"included columns of keys", "of a primary key or unique constraint, it doesn't know them",
         [](const difference& it) { return only_ours(it) && it.last() == "included"; }},
        {"keys that are not valid", "it doesn't know of a foreign key whether it is",
         [](const difference& it) { return only_ours(it) && it.is_in("foreign_keys") && it.last() == "not_valid"; }},
        {"schemas of other tables", "none where the search path leads to the table",
         [](const difference& it) {
             return it.last() == "referred_schema" && is_null(it.theirs) && is_searched(text_of(it.ours));
         }},
        {"schemas without the search path", "none where it is the default one and no schema was asked about",
         [](const difference& it) {
             return it.is_in("real_schemas") && is_null(it.theirs) && text_of(it.ours) == "public";
         }},
        {"wrong schemas", "without the search path, of a table in the default schema it says the one asked about",
         [](const difference& it) {
             return it.is_in("real_schemas") && text_of(it.ours) == "public" && text_of(it.theirs) == "other";
         }},
        {"keys to partitions", "a key to a partitioned table is there once more for each of its partitions",
         [](const difference& it) {
             return only_theirs(it) && is_in_keys(it) && it.is_in("refers_to_parted") &&
                    it.last().starts_with("refers_to_parted_id_region_fkey");
         }},
        {"commas in names", "it takes the columns of a key apart at them",
         [](const difference& it) { return it.is_in("constrained_columns") && it.is_in("Order. lines_x,y_fkey"); }},
        {"names that its expressions don't match",
         "a key to a table with a quote in its name ends in an AttributeError",
         [](const difference& it) { return it.is_in("all \"quoted\"") && is_error(it, "AttributeError"); }},
        {"options of tables", "SQLAlchemy 2.0 doesn't have them for PostgreSQL",
         [](const difference& it) { return it.is_in("table_options") && is_error(it, "NotImplementedError"); }},
        {"indexes of primary keys", "not among the indexes",
         [](const difference& it) {
             return only_ours(it) && it.is_in("indexes") && it.ours->as_object().contains("primary_key");
         }},
        {"temporary tables in the order", "left out",
         [](const difference& it) {
             return only_ours(it) && it.last(1) == "tables" && it.is_in("order") &&
                    (it.last() == "passing" || it.last() == "customers");
         }},
        {"parentheses in names", "it takes them out of the names of types, and finds another type",
         [](const difference& it) { return (it.is_in("t%(x)s") || it.is_in("t(a)")) && it.is_in("columns"); }},
        {"temporary tables", "each session has its own",
         [](const difference& it) {
             return it.last() == "oid" && (it.is_in("passing") || it.is_in("passing_view") || it.is_in("customers"));
         }},
        {"one circle", "if keys go round in a circle anywhere, or to their own table, it defers most of them",
         [](const difference& it) { return only_theirs(it) && it.last(1) == "deferred" && it.is_in("order"); }},
    };
    return all;
}

} // namespace coropq::test
