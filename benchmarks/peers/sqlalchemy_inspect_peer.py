#!/usr/bin/python3
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   sqlalchemy_inspect_peer.py snapshot|tables|names|cold_names SCHEMA TABLES
#
# SQLAlchemy's inspector on psycopg2, whose engine isn't an asynchronous one: that can't be inspected. "snapshot" is
# `MetaData.reflect`, "tables" is `Table(autoload_with=…)` for each of TABLES tables.

import json
import resource
import sys
import time

import sqlalchemy


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def snapshot(engine, schema, _):
    metadata = sqlalchemy.MetaData()
    # Of one schema, as nothing in it refers to another one.
    metadata.reflect(bind=engine, schema=schema)
    return sum(len(table.columns) for table in metadata.tables.values())


def tables(engine, schema, count):
    columns = 0
    for i in range(1, count + 1):
        # A table of its own each time; those that it refers to aren't wanted.
        table = sqlalchemy.Table(
            f"t{i}", sqlalchemy.MetaData(), schema=schema, autoload_with=engine, resolve_fks=False
        )
        columns += len(table.columns)
    return columns


def names(engine, schema, _):
    return len(sqlalchemy.inspect(engine).get_table_names(schema=schema))


what, schema, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
# psycopg2 finds the server in the environment.
engine = sqlalchemy.create_engine("postgresql+psycopg2://")
if what != "cold_names":
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("select 1"))
work = {"snapshot": snapshot, "tables": tables, "names": names, "cold_names": names}[what]
began, cpu_before = time.perf_counter(), cpu_seconds()
found = work(engine, schema, count)
print(json.dumps({"name": "SQLAlchemy " + sqlalchemy.__version__, "count": found,
                  "seconds": time.perf_counter() - began, "cpu_seconds": cpu_seconds() - cpu_before}))
