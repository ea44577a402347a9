// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)
//
//   node postgres_js_peer.mjs CONNECTIONS TASKS ROWS WARM_UP SECONDS
//
// postgres.js, which pipelines by itself: up to 100 statements on a connection. The package is found beside this file.

import postgres from 'postgres'

const [connections, tasks, rows, warmUp, seconds] = process.argv.slice(2).map(Number)
const sql = postgres({max: connections, ssl: false, onnotice: () => {}})

const now = () => performance.now() / 1000
const cpuNow = () => {
    const used = process.cpuUsage()
    return (used.user + used.system) / 1e6
}

let isOver = false
let isWarm = false
let answers = 0
let turn = now() + warmUp
let start = 0
let cpuBefore = 0
const latencies = []
const result = {name: 'postgres.js'}

function answered(begun, key, value) {
    if (value !== 7 * key) throw new Error('an answer is that to another question')
    const end = now()
    if (isOver) return
    if (isWarm) {
        latencies.push(end - begun)
        if (end >= turn) {
            isOver = true
            result.seconds = end - start
            result.cpu_seconds = cpuNow() - cpuBefore
        }
        return
    }
    if (++answers >= tasks && end >= turn) {
        isWarm = true
        start = end
        turn = end + seconds
        cpuBefore = cpuNow()
    }
}

async function ask() {
    while (!isOver) {
        const key = 1 + Math.floor(Math.random() * rows)
        const begun = now()
        const [row] = await sql`select value from coropq_bench_fan_out where id = ${key}`
        answered(begun, key, row.value)
    }
}

await Promise.all(Array.from({length: tasks}, ask))
await sql.end()
latencies.sort((a, b) => a - b)
const quantile = (part) => latencies[Math.min(latencies.length - 1, Math.floor(part * latencies.length))]
Object.assign(result, {queries: latencies.length, p50: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999)})
console.log(JSON.stringify(result))
