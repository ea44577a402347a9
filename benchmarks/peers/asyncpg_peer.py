#!/usr/bin/python3
# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
#   asyncpg_peer.py pool|no_reset CONNECTIONS TASKS ROWS WARM_UP SECONDS
#
# asyncpg on uvloop. "pool": a pool and `pool.fetchval`, as its documentation shows it, which resets a connection each
# time it goes back, in a round trip of its own. "no_reset": the same without that.

import asyncio
import sys

import asyncpg
import uvloop

from measure import Measure

SQL = "select value from coropq_bench_fan_out where id = $1"


class KeptAsItIs(asyncpg.Connection):
    def get_reset_query(self):
        return ""


async def ask(pool, measure):
    while not measure.is_over:
        key, begun = measure.ask()
        measure.answered(begun, key, await pool.fetchval(SQL, key))


async def main(kind, measure):
    kept = asyncpg.Connection if kind == "pool" else KeptAsItIs
    count = measure.connections
    async with asyncpg.create_pool(min_size=count, max_size=count, connection_class=kept) as pool:
        await asyncio.gather(*(ask(pool, measure) for _ in range(measure.tasks)))


uvloop.install()
result = Measure(sys.argv[2:])
asyncio.run(main(sys.argv[1], result))
result.print("asyncpg " + asyncpg.__version__)
