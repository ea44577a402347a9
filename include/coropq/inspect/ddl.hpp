// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_INSPECT_DDL_HPP
#define COROPQ_INSPECT_DDL_HPP

// The SQL that makes what was reflected.

#include <coropq/inspect/composite_type.hpp>
#include <coropq/inspect/range_type.hpp>
#include <coropq/inspect/schema_snapshot.hpp>
#include <coropq/inspect/sequence.hpp>
#include <coropq/inspect/table.hpp>
#include <coropq/inspect/user_types.hpp>

#include <boost/describe/class.hpp>

#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace coropq {

/// Statements, and what they leave out.
struct ddl_script {
    /// One each, without a semicolon, in an order in which they can be run.
    std::vector<std::string> statements;
    /// What can't be rebuilt from what is known, a sentence for each thing. What the options leave out isn't among
    /// them.
    std::vector<std::string> omitted;

    /// All of it: each statement ends with a semicolon, what is left out stands in comments in front.
    std::string text() const;

    friend bool operator==(const ddl_script&, const ddl_script&) = default;
};
BOOST_DESCRIBE_STRUCT(ddl_script, (), (statements, omitted))

/// What a script contains. By default it leaves out what is different on each server: owners, privileges, tablespaces.
class ddl_options {
public:
    /// Who owns it, by `alter … owner to`: the roles must exist. Default: false, so that it belongs to who runs it.
    ddl_options& owners(bool wanted) {
        owners_ = wanted;
        return *this;
    }
    /// Who may do what with tables and sequences, by `revoke` and `grant`: the roles must exist. Default: false, as
    /// with everything that is new.
    ddl_options& privileges(bool wanted) {
        privileges_ = wanted;
        return *this;
    }
    /// Where it is stored: the tablespaces must exist. Default: false, the one of the database.
    ddl_options& tablespaces(bool wanted) {
        tablespaces_ = wanted;
        return *this;
    }
    /// `create schema if not exists` for every schema that something is in. Default: true for a snapshot; that of a
    /// table never has it.
    ddl_options& schemas(bool wanted) {
        schemas_ = wanted;
        return *this;
    }
    /// The schemas that the search path had when the database was read; the script begins by setting it. Default: that
    /// of a snapshot is known; that of a table isn't, its script is for a session with the same search path. It only
    /// matters for expressions (defaults, checks, definitions of views …), which are in the server's words: all names
    /// that the script writes have their schema.
    ddl_options& search_path(std::vector<std::string> schemas) {
        search_path_ = std::move(schemas);
        return *this;
    }

    bool owners() const noexcept { return owners_; }
    bool privileges() const noexcept { return privileges_; }
    bool tablespaces() const noexcept { return tablespaces_; }
    bool schemas() const noexcept { return schemas_; }
    const std::optional<std::vector<std::string>>& search_path() const noexcept { return search_path_; }

private:
    bool owners_ = false;
    bool privileges_ = false;
    bool tablespaces_ = false;
    bool schemas_ = true;
    std::optional<std::vector<std::string>> search_path_;
};

namespace reflected {

/// Rebuilds a table, view or materialized view (without its data), with all that belongs to it. What it refers to must
/// be there: parents, types, the tables of its foreign keys, sequences, functions, foreign servers, roles of policies.
ddl_script to_ddl(const reflected::table& table, const ddl_options& options = {});

/// Types and sequences. The functions that a range type has must be there. A sequence belongs to no column then:
/// `owned_by_ddl`; that of an identity column comes with its table, and gives no statement.
ddl_script to_ddl(const enum_type& type, const ddl_options& options = {});
ddl_script to_ddl(const domain_type& type, const ddl_options& options = {});
ddl_script to_ddl(const composite_type& type, const ddl_options& options = {});
ddl_script to_ddl(const range_type& type, const ddl_options& options = {});
ddl_script to_ddl(const sequence& sequence, const ddl_options& options = {});

/// `alter sequence … owned by …`, to be run when its table is there; nothing if it belongs to no column, or to an
/// identity column.
std::optional<std::string> owned_by_ddl(const sequence& sequence);

/// Rebuilds all of it in an empty database: schemas, extensions, then types, sequences, tables and views in the order
/// in which they need each other, then checks, foreign keys, which may go round in circles, triggers and policies. What
/// a snapshot doesn't tell must be there: functions, which `omitted` names, and whatever roles and servers are named.
///
/// What is a part of an extension isn't made once more: `create extension` makes it, in the version that the server
/// has. What was done to it later (an index on a table of the extension) isn't in the script. If the extension isn't in
/// the snapshot, `omitted` says so.
ddl_script to_ddl(const reflected::schema_snapshot& snapshot, const ddl_options& options = {});

} // namespace reflected

using reflected::owned_by_ddl;
using reflected::to_ddl;

/// As `text()`.
std::ostream& operator<<(std::ostream& stream, const ddl_script& script);

} // namespace coropq

#endif
