// Threads of Rust's standard library on wasi-threads: spawned and scoped ones, channels, locks,
// condition variables, thread-local values, files written by several. What it prints is at the end.
use std::cell::Cell;
use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex, OnceLock, RwLock};
use std::thread;
use std::time::{Duration, Instant};

thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
}
static ONCE: OnceLock<u32> = OnceLock::new();

fn pipeline() -> u64 {
    let (numbers, squares) = mpsc::channel();
    let (results, sums) = mpsc::sync_channel(4);
    let squares = Arc::new(Mutex::new(squares));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (squares, results) = (squares.clone(), results.clone());
            thread::spawn(move || loop {
                let next: Result<u64, _> = squares.lock().unwrap().recv();
                match next {
                    Ok(n) => results.send(n * n).unwrap(),
                    Err(_) => break,
                }
            })
        })
        .collect();
    drop(results);
    let feeder = thread::spawn(move || (1..=1000).for_each(|n| numbers.send(n).unwrap()));
    let sum = sums.iter().sum();
    feeder.join().unwrap();
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    sum
}

fn words() -> Vec<(String, usize)> {
    let text = "the quick brown fox jumps over the lazy dog the end".repeat(50);
    let counts = RwLock::new(HashMap::new());
    let parts: Vec<&str> = text.split(' ').collect();
    thread::scope(|scope| {
        for part in parts.chunks(parts.len() / 5 + 1) {
            let counts = &counts;
            scope.spawn(move || {
                for word in part {
                    *counts.write().unwrap().entry(word.to_string()).or_insert(0) += 1;
                }
            });
        }
    });
    let mut all: Vec<_> = counts.into_inner().unwrap().into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

fn main() {
    println!("pipeline {}", pipeline());
    for (word, count) in words().into_iter().take(3) {
        println!("{word} {count}");
    }

    // Each thread has its own count; one of them initialises for all.
    let barrier = Arc::new(Barrier::new(8));
    let total = Arc::new(AtomicU64::new(0));
    let threads: Vec<_> = (0..8u32)
        .map(|i| {
            let (barrier, total) = (barrier.clone(), total.clone());
            thread::Builder::new()
                .name(format!("worker {i}"))
                .spawn(move || {
                    barrier.wait();
                    for _ in 0..=i {
                        COUNT.with(|count| count.set(count.get() + 1));
                        total.fetch_add(1, Ordering::Relaxed);
                    }
                    ONCE.get_or_init(|| 17);
                    (thread::current().name().map(String::from), COUNT.with(Cell::get))
                })
                .unwrap()
        })
        .collect();
    let names: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
    println!("{:?} {} {:?} {}", names[7], total.load(Ordering::SeqCst), ONCE.get(), COUNT.with(Cell::get));

    // Waiting with a time limit, and being woken.
    let pair = (Mutex::new(false), Condvar::new());
    let start = Instant::now();
    let (_guard, timeout) = pair.1.wait_timeout_while(pair.0.lock().unwrap(), Duration::from_millis(20), |done| !*done).unwrap();
    println!("timed out {} {}", timeout.timed_out(), start.elapsed() >= Duration::from_millis(20));
    drop(_guard);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(5));
            *pair.0.lock().unwrap() = true;
            pair.1.notify_all();
        });
        let done = pair.1.wait_while(pair.0.lock().unwrap(), |done| !*done).unwrap();
        println!("woken {}", *done);
    });

    // Files of several threads in one directory.
    fs::create_dir("data/parts").unwrap();
    thread::scope(|scope| {
        for i in 0..6 {
            scope.spawn(move || fs::write(format!("data/parts/{i}"), "x".repeat(1000 * (i + 1))).unwrap());
        }
    });
    let bytes: u64 = fs::read_dir("data/parts").unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    fs::remove_dir_all("data/parts").unwrap();
    println!("bytes {bytes}");
    thread::spawn(|| std::process::exit(9));
    thread::sleep(Duration::from_secs(100));
}

// > pipeline 333833500
// > the 101
// > brown 50
// > dog 50
// > (Some("worker 7"), 8) 36 Some(17) 0
// > timed out true true
// > woken true
// > bytes 21000
