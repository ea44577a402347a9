#!/usr/bin/python3
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   sqlalchemy_peer.py transaction|autocommit CONNECTIONS TASKS ROWS WARM_UP SECONDS
#
# SQLAlchemy's asynchronous engine on asyncpg and uvloop: `engine.connect()` for each row. "transaction" is how it works
# unless told otherwise: BEGIN and ROLLBACK around it. "autocommit": without.

import asyncio
import sys

import sqlalchemy
import uvloop
from sqlalchemy.ext.asyncio import create_async_engine

from measure import Measure

SQL = sqlalchemy.text("select value from coropq_bench_fan_out where id = :id")


async def ask(engine, measure):
    while not measure.is_over:
        key, begun = measure.ask()
        async with engine.connect() as connection:
            value = (await connection.execute(SQL, {"id": key})).scalar_one()
        measure.answered(begun, key, value)


async def main(kind, measure):
    options = {"isolation_level": "AUTOCOMMIT"} if kind == "autocommit" else {}
    # asyncpg finds the server in the environment.
    engine = create_async_engine(
        "postgresql+asyncpg://", pool_size=measure.connections, max_overflow=0, pool_timeout=600, **options
    )
    await asyncio.gather(*(ask(engine, measure) for _ in range(measure.tasks)))
    await engine.dispose()


uvloop.install()
result = Measure(sys.argv[2:])
asyncio.run(main(sys.argv[1], result))
result.print("SQLAlchemy " + sqlalchemy.__version__)
