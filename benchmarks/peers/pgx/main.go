// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// pgx CONNECTIONS TASKS ROWS WARM_UP SECONDS: a pgxpool and a goroutine for each task. Statements are prepared by pgx
// itself; a connection has one at a time.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v4/pgxpool"
)

const query = "select value from coropq_bench_fan_out where id = $1"

func must(problem error) {
	if problem != nil {
		fmt.Fprintln(os.Stderr, "pgx:", problem)
		os.Exit(1)
	}
}

func number(place int) float64 {
	value, problem := strconv.ParseFloat(os.Args[place], 64)
	must(problem)
	return value
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return float64(used.Utime.Nano()+used.Stime.Nano()) * 1e-9
}

// ask asks for one row after the other, and returns how long those took that were answered while it counted.
func ask(pool *pgxpool.Pool, seed int64, rows int32, from, until time.Time) []time.Duration {
	keys := rand.New(rand.NewSource(seed))
	var taken []time.Duration
	for {
		id := 1 + keys.Int31n(rows)
		begun := time.Now()
		var value int32
		must(pool.QueryRow(context.Background(), query, id).Scan(&value))
		if value != 7*id {
			must(fmt.Errorf("an answer is that to another question"))
		}
		now := time.Now()
		if now.After(until) {
			return taken
		}
		if now.After(from) {
			taken = append(taken, now.Sub(begun))
		}
	}
}

func main() {
	connections, tasks, rows := int32(number(1)), int(number(2)), int32(number(3))
	warmUp, seconds := number(4), number(5)
	settings, problem := pgxpool.ParseConfig("") // the environment says where
	must(problem)
	settings.MinConns, settings.MaxConns = connections, connections
	pool, problem := pgxpool.ConnectConfig(context.Background(), settings)
	must(problem)

	from := time.Now().Add(time.Duration(warmUp * 1e9))
	until := from.Add(time.Duration(seconds * 1e9))
	all := make([][]time.Duration, tasks)
	var running sync.WaitGroup
	for task := 0; task != tasks; task++ {
		running.Add(1)
		go func(task int) {
			defer running.Done()
			all[task] = ask(pool, int64(task), rows, from, until)
		}(task)
	}
	time.Sleep(time.Until(from))
	cpuBefore := cpuSeconds()
	time.Sleep(time.Until(until))
	cpu := cpuSeconds() - cpuBefore
	running.Wait()
	pool.Close()

	var taken []float64
	for _, some := range all {
		for _, one := range some {
			taken = append(taken, one.Seconds())
		}
	}
	sort.Float64s(taken)
	quantile := func(part float64) float64 {
		if len(taken) == 0 {
			return 0
		}
		place := int(part * float64(len(taken)))
		if place == len(taken) {
			place--
		}
		return taken[place]
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"name": "pgx", "queries": len(taken), "seconds": seconds, "cpu_seconds": cpu,
		"p50": quantile(0.5), "p99": quantile(0.99), "p999": quantile(0.999),
	}))
}
