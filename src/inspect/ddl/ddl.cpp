// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/inspect/ddl.hpp>

#include "inspect/ddl/creation_order.hpp"
#include "inspect/ddl/routine_text.hpp"
#include "inspect/ddl/table_rest.hpp"
#include "inspect/ddl/table_statements.hpp"
#include "inspect/ddl/type_statements.hpp"
#include "inspect/sql_text.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <utility>

namespace coropq {

namespace detail {

namespace {

using reflected::qualified_name;

void append(std::vector<std::string>& to, std::vector<std::string> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// What is searched first anyway isn't named.
void set_search_path(ddl_script& script, const std::vector<std::string>& schemas) {
    std::vector<std::string> named;
    for (const std::string& schema : schemas)
        if (!is_temporary_schema(schema) && (schema != "pg_catalog" || !named.empty()))
            named.push_back(schema);
    script.statements.push_back("set search_path to " + (named.empty() ? std::string("''") : quoted_names(named)));
}

// That of an identity column comes with its table.
void write_sequence(ddl_script& script, const reflected::sequence& sequence, const ddl_options& options) {
    if (sequence.owned_by && sequence.owned_by->identity)
        return;
    append(script.statements, statements_of(sequence, options));
    if (options.privileges())
        add_privileges(script.statements, script.omitted, "sequence " + quoted_name({sequence.schema, sequence.name}),
                       sequence.owner, sequence.privileges);
}

// One thing of a snapshot, and how it is made.
struct part {
    std::vector<qualified_name> types;     ///< That it needs.
    std::vector<qualified_name> relations; ///< That it needs.
    std::string description;
    std::function<void()> write;
};

class snapshot_writer {
public:
    snapshot_writer(const reflected::schema_snapshot& snapshot, const ddl_options& options)
        : snapshot_(snapshot), options_(options) {}

    ddl_script write() && {
        if (options_.search_path())
            set_search_path(script_, *options_.search_path());
        else if (!snapshot_.search_path.empty())
            set_search_path(script_, snapshot_.search_path);
        if (options_.schemas())
            write_schemas();
        write_extensions();
        tell_routines();
        add_types();
        for (const reflected::sequence& sequence : snapshot_.sequences)
            if (!comes_with_extension(sequence, "sequence"))
                add_sequence(sequence);
        for (const auto& [name, table] : snapshot_.tables)
            if (!comes_with_extension(table.relation, kind_text(table.relation.kind)))
                add_table(name, table);
        write_parts();
        for (auto& statements : later_)
            append(script_.statements, std::move(statements.checks));
        // Keys of partitions first: that of the partitioned table takes those for its own which are there already.
        for (auto statements = later_.rbegin(); statements != later_.rend(); ++statements)
            append(script_.statements, std::move(statements->foreign_keys));
        for (auto& statements : later_)
            append(script_.statements, std::move(statements.rest));
        // Both have their owners now, which have to be the same.
        for (const reflected::sequence& sequence : snapshot_.sequences)
            if (std::optional<std::string> statement = sequence.extension ? std::nullopt : owned_by_ddl(sequence))
                script_.statements.push_back(std::move(*statement));
        return std::move(script_);
    }

private:
    void write_schemas() {
        std::set<std::string> names;
        for (const auto& [name, table] : snapshot_.tables)
            names.insert(name.schema);
        const auto add = [&](const auto& objects) {
            for (const auto& each : objects)
                names.insert(each.schema);
        };
        add(snapshot_.enums);
        add(snapshot_.domains);
        add(snapshot_.composite_types);
        add(snapshot_.range_types);
        add(snapshot_.sequences);
        add(snapshot_.extensions);
        for (const std::string& name : names)
            if (!is_temporary_schema(name) && name != "pg_catalog")
                script_.statements.push_back("create schema if not exists " + quoted_name(name));
    }

    // Those first which others need.
    void write_extensions() {
        const std::vector<reflected::extension>& all = snapshot_.extensions;
        std::vector<std::vector<std::size_t>> needs(all.size());
        for (std::size_t each = 0; each != all.size(); ++each)
            for (const std::string& name : all[each].required) {
                const auto place =
                    std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
                if (place == all.end())
                    script_.omitted.push_back("the extension " + quoted_name(name) + ", which the extension " +
                                              quoted_name(all[each].name) + " needs: it isn't in the snapshot");
                else
                    needs[each].push_back(static_cast<std::size_t>(place - all.begin()));
            }
        for (const std::size_t each : order_of_creation(needs).order)
            script_.statements.push_back("create extension if not exists " + quoted_name(all[each].name) +
                                         " with schema " + quoted_name(all[each].schema));
    }

    // What is a part of an extension is made with it.
    template <typename T>
    bool comes_with_extension(const T& object, std::string_view kind) {
        if (!object.extension)
            return false;
        if (!snapshot_.find_extension(*object.extension))
            script_.omitted.push_back("the " + std::string(kind) + ' ' + quoted_name({object.schema, object.name}) +
                                      ": it is a part of the extension " + quoted_name(*object.extension) +
                                      ", which isn't in the snapshot");
        return true;
    }

    // The functions by the name of a range that make values of it: the server makes them with the type.
    bool makes_ranges(const reflected::routine& routine) const {
        const qualified_name name{routine.schema, routine.name};
        return routine.result && qualified_name{routine.result->schema, routine.result->name} == name &&
               std::any_of(snapshot_.range_types.begin(), snapshot_.range_types.end(), [&](const auto& range) {
                   return qualified_name{range.schema, range.name} == name || range.multirange_type == name;
               });
    }

    void tell_routines() {
        for (const reflected::routine& routine : snapshot_.routines)
            if (!comes_with_extension(routine, routine_kind_text(routine.kind)) && !makes_ranges(routine))
                script_.omitted.push_back("the " + routine_kind_text(routine.kind) + ' ' + routine_signature(routine) +
                                          ": what it does isn't known");
    }

    void add_types() {
        const auto name_of = [](const reflected::data_type& type) { return qualified_name{type.schema, type.name}; };
        for (const reflected::enum_type& type : snapshot_.enums)
            add_type(type, {});
        for (const reflected::domain_type& type : snapshot_.domains)
            add_type(type, {name_of(type.type)});
        for (const reflected::composite_type& type : snapshot_.composite_types) {
            std::vector<qualified_name> needs;
            for (const reflected::attribute& attribute : type.attributes)
                needs.push_back(name_of(attribute.type));
            add_type(type, std::move(needs));
        }
        for (const reflected::range_type& type : snapshot_.range_types) {
            if (type.multirange_type && !type.extension)
                types_.emplace(*type.multirange_type, parts_.size());
            add_type(type, {name_of(type.subtype)});
        }
    }

    void add_sequence(const reflected::sequence& sequence) {
        part made;
        made.description = "the sequence " + quoted_name({sequence.schema, sequence.name});
        made.write = [this, &sequence] { write_sequence(script_, sequence, options_); };
        parts_.push_back(std::move(made));
    }

    // The server names it in a text constant.
    bool has_sequence(const qualified_name& table, const reflected::column& column) const {
        const auto is_its = [&](const reflected::sequence& sequence) {
            if (sequence.owned_by && sequence.owned_by->table == table && sequence.owned_by->column == column.name)
                return true;
            std::string name;
            for (const char c : quoted_name(sequence.name))
                name += c == '\'' ? "''" : std::string(1, c);
            return column.default_value && column.default_value->find(name) != std::string::npos;
        };
        return std::any_of(snapshot_.sequences.begin(), snapshot_.sequences.end(), is_its);
    }

    template <typename Type>
    void add_type(const Type& type, std::vector<qualified_name> needs) {
        if (comes_with_extension(type, "type"))
            return;
        const qualified_name name{type.schema, type.name};
        types_.emplace(name, parts_.size());
        part made;
        made.types = std::move(needs);
        made.description = "the type " + quoted_name(name);
        made.write = [this, &type] { append(script_.statements, statements_of(type, options_)); };
        parts_.push_back(std::move(made));
    }

    void add_table(const qualified_name& name, const reflected::table& table) {
        types_.emplace(name, parts_.size()); // that of its rows
        relations_.emplace(name, parts_.size());
        part made;
        for (const reflected::column& column : table.columns) {
            made.types.push_back({column.type.schema, column.type.name});
            if (column.auto_increment && !column.identity && !has_sequence(name, column))
                script_.omitted.push_back("the sequence that the default of " + quoted_name(name) + '.' +
                                          quoted_name(column.name) + " names: it isn't in the snapshot");
        }
        if (table.relation.options.of_type)
            made.types.push_back(*table.relation.options.of_type);
        made.relations = table.relation.options.parents;
        made.relations.insert(made.relations.end(), table.relation.sources.begin(), table.relation.sources.end());
        made.description = std::string(kind_text(table.relation.kind)) + ' ' + quoted_name(name);
        made.write = [this, &table] {
            table_statements statements = statements_of(table, options_, snapshot_.tables);
            append(script_.statements, std::move(statements.create));
            append(script_.statements, std::move(statements.attach));
            append(script_.omitted, std::move(statements.omitted));
            later_.push_back(std::move(statements));
        };
        parts_.push_back(std::move(made));
    }

    void write_parts() {
        std::vector<std::vector<std::size_t>> needs(parts_.size());
        const auto add = [&](std::size_t from, const std::map<qualified_name, std::size_t>& to,
                             const std::vector<qualified_name>& names) {
            for (const qualified_name& name : names) {
                const auto place = to.find(name);
                if (place != to.end())
                    needs[from].push_back(place->second);
            }
        };
        for (std::size_t each = 0; each != parts_.size(); ++each) {
            add(each, types_, parts_[each].types);
            add(each, relations_, parts_[each].relations);
        }
        const creation_order found = order_of_creation(needs);
        for (const std::size_t each : found.stuck)
            script_.omitted.push_back(parts_[each].description +
                                      ": there is no order in which it comes after everything that it needs");
        for (const std::size_t each : found.order)
            parts_[each].write();
    }

    const reflected::schema_snapshot& snapshot_;
    const ddl_options& options_;
    std::vector<part> parts_;
    std::map<qualified_name, std::size_t> types_;
    std::map<qualified_name, std::size_t> relations_;
    std::vector<table_statements> later_; ///< In the order of creation.
    ddl_script script_;
};

// Whatever stands in the text, it stays within the comment.
std::string comment_line(std::string_view text) {
    std::string line = "-- ";
    for (const char c : text)
        line += c == '\n' || c == '\r' ? ' ' : c;
    return line + '\n';
}

} // namespace

} // namespace detail

std::string ddl_script::text() const {
    std::string all;
    for (const std::string& what : omitted)
        all += detail::comment_line("left out: " + what);
    for (const std::string& statement : statements)
        all += statement + ";\n";
    return all;
}

std::ostream& operator<<(std::ostream& stream, const ddl_script& script) { return stream << script.text(); }

ddl_script reflected::to_ddl(const reflected::table& table, const ddl_options& options) {
    ddl_script script;
    if (options.search_path())
        detail::set_search_path(script, *options.search_path());
    detail::table_statements statements = detail::statements_of(table, options, {});
    // A key of the parent takes that of the table for its own if it is there already.
    for (auto* const each :
         {&statements.create, &statements.foreign_keys, &statements.attach, &statements.checks, &statements.rest})
        detail::append(script.statements, std::move(*each));
    script.omitted = std::move(statements.omitted);
    return script;
}

namespace detail {

namespace {

template <typename T>
ddl_script script_of(const T& value, const ddl_options& options) {
    ddl_script script;
    if (options.search_path())
        set_search_path(script, *options.search_path());
    append(script.statements, statements_of(value, options));
    return script;
}

} // namespace

} // namespace detail

ddl_script reflected::to_ddl(const enum_type& type, const ddl_options& options) {
    return detail::script_of(type, options);
}

ddl_script reflected::to_ddl(const domain_type& type, const ddl_options& options) {
    return detail::script_of(type, options);
}

ddl_script reflected::to_ddl(const composite_type& type, const ddl_options& options) {
    return detail::script_of(type, options);
}

ddl_script reflected::to_ddl(const range_type& type, const ddl_options& options) {
    return detail::script_of(type, options);
}

ddl_script reflected::to_ddl(const sequence& sequence, const ddl_options& options) {
    if (sequence.owned_by && sequence.owned_by->identity)
        return {};
    ddl_script script;
    if (options.search_path())
        detail::set_search_path(script, *options.search_path());
    detail::write_sequence(script, sequence, options);
    return script;
}

std::optional<std::string> reflected::owned_by_ddl(const sequence& sequence) {
    if (!sequence.owned_by || sequence.owned_by->identity)
        return std::nullopt;
    return "alter sequence " + detail::quoted_name({sequence.schema, sequence.name}) + " owned by " +
           detail::quoted_name(sequence.owned_by->table) + '.' + detail::quoted_name(sequence.owned_by->column);
}

ddl_script reflected::to_ddl(const reflected::schema_snapshot& snapshot, const ddl_options& options) {
    return detail::snapshot_writer(snapshot, options).write();
}

} // namespace coropq
