# Copyright (c) 2026 the coropq authors
# Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
#
# What the peers in Python have in common: see README.md.

import json
import random
import resource
import time


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Measure:
    def __init__(self, arguments):
        self.connections, self.tasks, self.rows = (int(one) for one in arguments[:3])
        self.warm_up, self.seconds = (float(one) for one in arguments[3:])
        self.is_over = False
        self._turn = time.perf_counter() + self.warm_up
        self._is_warm = False
        self._answers = 0
        self._latencies = []

    def ask(self):
        """A key, and when it is asked for."""
        return int(random.random() * self.rows) + 1, time.perf_counter()

    def answered(self, begun, key, value):
        if value != 7 * key:
            raise RuntimeError("an answer is that to another question")
        now = time.perf_counter()
        if self.is_over:
            return
        if self._is_warm:
            self._latencies.append(now - begun)
            if now >= self._turn:
                self.is_over = True
                self._taken = now - self._start
                self._cpu = cpu_seconds() - self._cpu_before
            return
        self._answers += 1
        if now >= self._turn and self._answers >= self.tasks:
            self._is_warm = True
            self._start = now
            self._turn = now + self.seconds
            self._cpu_before = cpu_seconds()

    def print(self, name):
        taken = sorted(self._latencies)

        def quantile(part):
            return taken[min(len(taken) - 1, int(part * len(taken)))]

        numbers = {
            "name": name,
            "queries": len(taken),
            "seconds": self._taken,
            "cpu_seconds": self._cpu,
            "p50": quantile(0.5),
            "p99": quantile(0.99),
            "p999": quantile(0.999),
        }
        print(json.dumps(numbers))
