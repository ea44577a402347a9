// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_SCHEMA_SNAPSHOT_HPP
#define COROPQ_INSPECT_SCHEMA_SNAPSHOT_HPP

#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/extension.hpp>
#include <coropq/inspect/range_type.hpp>
#include <coropq/inspect/routine.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/inspect/table.hpp>
#include <coropq/inspect/user_types.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coropq::reflected {

/// What the schemas contained at one moment. A value: it remembers, and asks nobody.
struct schema_snapshot {
    std::string database;
    int server_version = 0; ///< As `server_version_num`: 150003 is 15.3.
    /// The schemas that an unqualified name was looked for in, in their order, `pg_catalog` and that of temporary
    /// tables included. Expressions and definitions are written for it: what they mention is qualified where it doesn't
    /// lead there.
    std::vector<std::string> search_path;
    by_relation<reflected::table> tables; ///< And views and materialized views.
    std::vector<enum_type> enums;         ///< By schema and name, as all that follow.
    std::vector<domain_type> domains;
    std::vector<composite_type> composite_types;
    std::vector<range_type> range_types;
    std::vector<sequence> sequences; ///< Those of identity and serial columns, too.
    std::vector<routine> routines;
    std::vector<extension> extensions; ///< Those whose schema was selected, by their names.

    friend bool operator==(const schema_snapshot&, const schema_snapshot&) = default;

    /// Nothing if there is none in the snapshot; else it lives as long as that. Names are compared as they are.
    ///
    /// Without a schema: the one that the search path leads to, or else the only one of that name.
    const reflected::table* find_table(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const enum_type* find_enum(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const domain_type* find_domain(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const composite_type* find_composite_type(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const range_type* find_range_type(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const sequence* find_sequence(std::string_view name, std::optional<std::string_view> schema = {}) const;
    const extension* find_extension(std::string_view name) const;
    /// Those of the name, which differ in their arguments; without a schema, in all schemas.
    std::vector<const routine*> routines_named(std::string_view name,
                                               std::optional<std::string_view> schema = {}) const;

    /// The same. Throws `inspection_error` (`errc::no_such_object`) if it isn't there.
    const reflected::table& table(std::string_view name, std::optional<std::string_view> schema = {}) const;
};
BOOST_DESCRIBE_STRUCT(schema_snapshot, (),
                      (database, server_version, search_path, tables, enums, domains, composite_types, range_types,
                       sequences, routines, extensions))

std::ostream& operator<<(std::ostream& stream, const schema_snapshot& value);

} // namespace coropq::reflected

#endif
