# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
"""What SQLAlchemy's Inspector says of a database, for inspect_sqlalchemy_test.cpp.

Reads from stdin which: {"url", "prepare": [SQL], "schemas": [name or null], "one_in": n}. It is inspected on one
connection, which has run `prepare`; of the tables, every n-th is asked for by itself, too. Writes what was answered, as it
was but for types, which become JSON, and keys of dictionaries, which lose the schema that was asked for.
"""
import json
import sys
import warnings

import sqlalchemy
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.reflection import ObjectKind, ObjectScope

KINDS = [ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.ANY_VIEW, ObjectKind.ANY]
SCOPES = [ObjectScope.DEFAULT, ObjectScope.TEMPORARY, ObjectScope.ANY]
PARTS = {
    "columns": "columns",
    "primary_key": "pk_constraint",
    "foreign_keys": "foreign_keys",
    "unique_constraints": "unique_constraints",
    "check_constraints": "check_constraints",
    "indexes": "indexes",
    "table_comment": "table_comment",
    "table_options": "table_options",
}
MISSING = "no such thing"
# AttributeError: a regular expression that doesn't match is not looked for.
ERRORS = (sqlalchemy.exc.NoSuchTableError, NotImplementedError, AttributeError)


def described(kind):
    """A type as JSON: all that its class says, and what is in it."""
    if isinstance(kind, postgresql.ARRAY):
        return {"array_of": described(kind.item_type), "dimensions": kind.dimensions or 1}
    if isinstance(kind, postgresql.ENUM):
        return {"enum": kind.name, "schema": kind.schema, "labels": list(kind.enums)}
    if isinstance(kind, postgresql.DOMAIN):
        return {
            "domain": kind.name,
            "schema": kind.schema,
            "of": described(kind.data_type),
            "default": kind.default,
            "not_null": kind.not_null,
            "check": None if kind.check is None else kind.check.text,
            "constraint": kind.constraint_name,
            "collation": kind.collation,
        }
    found = {"type": kind.__visit_name__}
    for name in ("length", "precision", "scale", "timezone", "fields", "varying"):
        value = getattr(kind, name, None)
        if value is not None and value is not False:
            found[name] = value
    return found


def plain(value):
    if isinstance(value, sqlalchemy.types.TypeEngine):
        return described(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def by_name(answers):
    return {name: plain(value) for (_, name), value in answers.items()}


def attempt(function, *arguments, **more):
    """The answer, or which error it is."""
    try:
        return plain(function(*arguments, **more))
    except ERRORS as problem:
        return {"error": type(problem).__name__}


def all_of(inspector, part, schema):
    return by_name(getattr(inspector, "get_multi_" + part)(schema, kind=ObjectKind.ANY, scope=ObjectScope.ANY))


def part_names(method, schema, **more):
    return sorted(name for _, name in method(schema, **more))


def selections(inspector, schema):
    """Which tables there are of each kind and scope."""
    comments = inspector.get_multi_table_comment
    found = {}
    for kind in KINDS:
        for scope in SCOPES:
            found[kind.name + " " + scope.name] = part_names(comments, schema, kind=kind, scope=scope)
    some = found["ANY ANY"][::3] + [MISSING]
    everything = {"kind": ObjectKind.ANY, "scope": ObjectScope.ANY}
    found["names"] = part_names(comments, schema, filter_names=some, **everything)
    return found


def one(inspector, name, schema, indexes):
    found = {key: attempt(getattr(inspector, "get_" + part), name, schema) for key, part in PARTS.items()}
    found["oid"] = attempt(inspector.get_table_oid, name, schema)
    found["has_table"] = inspector.has_table(name, schema)
    found["has_type"] = inspector.has_type(name, schema)
    found["has_sequence"] = inspector.has_sequence(name, schema)
    found["has_index"] = {each: inspector.has_index(name, each, schema) for each in indexes + [MISSING]}
    return found


def real_schemas(inspector, schema):
    """Foreign keys as they are with postgresql_ignore_search_path."""
    dialect, connection = inspector.dialect, inspector.bind
    answers = dialect.get_multi_foreign_keys(
        connection,
        schema,
        None,
        kind=ObjectKind.ANY,
        scope=ObjectScope.ANY,
        postgresql_ignore_search_path=True,
    )
    return {name: {key["name"]: key["referred_schema"] for key in keys} for (_, name), keys in answers}


def order(inspector, schema):
    """Which keys wait until all tables are there, and which of the others refer to a table that comes later."""
    listed = inspector.get_sorted_table_and_fkc_names(schema)
    deferred = sorted([table, key] for name, keys in listed if name is None for table, key in keys)
    places = {name: place for place, (name, _) in enumerate(listed) if name is not None}
    early = []
    for (_, table), keys in inspector.get_multi_foreign_keys(schema).items():
        for key in keys:
            waits = [table, key["name"]] in deferred
            target = places.get(key["referred_table"], -1) if key["referred_schema"] == schema else -1
            if not waits and target > places[table]:
                early.append([table, key["name"]])
    return {"tables": sorted(places), "deferred": deferred, "early": sorted(early)}


def schema_of(inspector, schema, one_in):
    names = {
        "table_names": inspector.get_table_names(schema),
        "view_names": inspector.get_view_names(schema),
        "materialized_view_names": inspector.get_materialized_view_names(schema),
        "foreign_table_names": inspector.get_foreign_table_names(schema),
        "sequence_names": inspector.get_sequence_names(schema),
    }
    found = dict(names)
    for key, part in PARTS.items():
        found[key] = attempt(all_of, inspector, part, schema)
    found["real_schemas"] = attempt(real_schemas, inspector, schema)
    found["selections"] = selections(inspector, schema)
    found["order"] = attempt(order, inspector, schema)
    found["enums"] = plain(inspector.get_enums(schema))
    found["domains"] = plain(inspector.get_domains(schema))
    if schema is not None:
        found["has_schema"] = inspector.has_schema(schema)
    found["has_sequence"] = {each: inspector.has_sequence(each, schema) for each in names["sequence_names"] + [MISSING]}
    every = sorted(found["table_comment"])
    views = names["view_names"] + names["materialized_view_names"]
    found["view_definitions"] = {each: attempt(inspector.get_view_definition, each, schema) for each in sorted(views)}
    found["one"] = {}
    for name in every[::one_in]:
        indexes = sorted(each["name"] for each in found["indexes"][name])
        found["one"][name] = one(inspector, name, schema, indexes)
    found["missing"] = one(inspector, MISSING, schema, [])
    found["missing"]["view_definition"] = attempt(inspector.get_view_definition, MISSING, schema)
    return found


def database(plan):
    engine = sqlalchemy.create_engine(plan["url"], poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        for text in plan["prepare"]:
            connection.exec_driver_sql(text)
        inspector = sqlalchemy.inspect(connection)
        return {
            "schema_names": inspector.get_schema_names(),
            "default_schema": inspector.default_schema_name,
            "temporary_table_names": inspector.get_temp_table_names(),
            "temporary_view_names": inspector.get_temp_view_names(),
            "missing_schema": inspector.has_schema(MISSING),
            "enums": plain(inspector.get_enums("*")),
            "domains": plain(inspector.get_domains("*")),
            "schemas": {schema or "": schema_of(inspector, schema, plan["one_in"]) for schema in plan["schemas"]},
        }


warnings.simplefilter("ignore")
assert sqlalchemy.__version__.startswith("2."), sqlalchemy.__version__
json.dump(database(json.load(sys.stdin)), sys.stdout)
