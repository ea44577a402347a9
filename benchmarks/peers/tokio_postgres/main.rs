// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

//! tokio_postgres_peer one|many CONNECTIONS TASKS ROWS WARM_UP SECONDS
//!
//! A client for each connection, shared by the tasks, in whose number they take turns; tokio-postgres pipelines by
//! itself. The statement is prepared by hand, once for each client. "one": all on one thread; "many": on as many as there
//! are processors, as `#[tokio::main]` does.

use std::env;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Config, NoTls, Statement};

type Problem = Box<dyn std::error::Error + Send + Sync>;

struct Shared {
    client: Client,
    statement: Statement,
}

/// From the environment variables of libpq.
fn config() -> Result<Config, Problem> {
    let mut config = Config::new();
    config
        .host(&env::var("PGHOST")?)
        .port(env::var("PGPORT")?.parse()?)
        .user(&env::var("PGUSER")?)
        .password(env::var("PGPASSWORD")?)
        .dbname(&env::var("PGDATABASE")?);
    Ok(config)
}

async fn connect() -> Result<Arc<Shared>, Problem> {
    let (client, connection) = config()?.connect(NoTls).await?;
    tokio::spawn(async move {
        let _ = connection.await;
    });
    let statement = client
        .prepare("select value from coropq_bench_fan_out where id = $1")
        .await?;
    Ok(Arc::new(Shared { client, statement }))
}

/// Of all threads that there are now, which stay the same: the first number of Linux's schedstat, in nanoseconds
/// (Documentation/scheduler/sched-stats.rst).
fn cpu_seconds() -> f64 {
    let mut sum = 0.0;
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        if let Ok(text) = fs::read_to_string(task.path().join("schedstat")) {
            sum += text.split(' ').next().and_then(|one| one.parse::<f64>().ok()).unwrap_or(0.0);
        }
    }
    sum * 1e-9
}

/// One row after the other: how long those took that were answered while it counted.
async fn ask(shared: Arc<Shared>, seed: u64, rows: u64, from: Instant, until: Instant) -> Result<Vec<f64>, Problem> {
    let mut taken = Vec::new();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    loop {
        // xorshift64
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let id = 1 + (state % rows) as i32;
        let begun = Instant::now();
        let row = shared.client.query_one(&shared.statement, &[&id]).await?;
        let value: i32 = row.get(0);
        if value != 7 * id {
            return Err("an answer is that to another question".into());
        }
        let now = Instant::now();
        if now >= until {
            return Ok(taken);
        }
        if now >= from {
            taken.push((now - begun).as_secs_f64());
        }
    }
}

async fn run(arguments: Vec<f64>) -> Result<(), Problem> {
    let (connections, tasks, rows) = (arguments[0] as usize, arguments[1] as usize, arguments[2] as u64);
    let mut clients = Vec::new();
    for _ in 0..connections {
        clients.push(connect().await?);
    }
    let from = Instant::now() + Duration::from_secs_f64(arguments[3]);
    let until = from + Duration::from_secs_f64(arguments[4]);
    let mut running = Vec::new();
    for task in 0..tasks {
        let shared = clients[task % connections].clone();
        running.push(tokio::spawn(ask(shared, task as u64 + 1, rows, from, until)));
    }
    tokio::time::sleep_until(from.into()).await;
    let (start, before) = (Instant::now(), cpu_seconds());
    tokio::time::sleep_until(until.into()).await;
    let (end, after) = (Instant::now(), cpu_seconds());
    let mut taken = Vec::new();
    for task in running {
        taken.append(&mut task.await??);
    }
    taken.sort_by(f64::total_cmp);
    let quantile = |part: f64| taken.get(((part * taken.len() as f64) as usize).min(taken.len().max(1) - 1)).unwrap_or(&0.0);
    println!(
        "{{\"name\": \"tokio-postgres\", \"queries\": {}, \"seconds\": {}, \"cpu_seconds\": {}, \"p50\": {}, \"p99\": {}, \"p999\": {}}}",
        taken.len(),
        (until - from).as_secs_f64(),
        (after - before) * (until - from).as_secs_f64() / (end - start).as_secs_f64(),
        quantile(0.5),
        quantile(0.99),
        quantile(0.999)
    );
    Ok(())
}

fn main() -> Result<(), Problem> {
    let mut arguments = env::args().skip(1);
    let mut builder = match arguments.next().as_deref() {
        Some("one") => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let numbers = arguments.map(|one| one.parse()).collect::<Result<Vec<f64>, _>>()?;
    builder.enable_all().build()?.block_on(run(numbers))
}
