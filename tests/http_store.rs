//! A core behind HTTP, spoken to in both interfaces over a line that loses messages: nothing is booked twice,
//! nothing that was answered is missing. Must never time anything.
#![cfg(feature = "server")]
#![expect(
    clippy::disallowed_methods,
    reason = "the line that loses messages carries them by itself"
)]

mod core_support;

use assert_cmd::Command;
use core_support::Core;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const PEOPLE: [&str; 5] = ["scenarios/smoke.toml", "--population", "2000", "--seed", "1"];

fn core() -> Core {
    Core::start(&PEOPLE)
}

/// One message: head and body.
fn message(from: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix("content-length:") {
            length = digits.trim().parse().ok()?;
        }
        bytes.extend_from_slice(&line);
        if line == b"\r\n" {
            break;
        }
    }
    let from_body = bytes.len();
    bytes.resize(from_body + length, 0);
    from.read_exact(&mut bytes[from_body..]).ok()?;
    Some(bytes)
}

/// Carries messages, but loses every seventh answer and every eleventh request to a path.
fn bad_line(url: &str, path: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let core = url.trim_start_matches("http://").to_owned();
    let number = Arc::new(AtomicU64::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (core, number) = (core.clone(), Arc::clone(&number));
            std::thread::spawn(move || carry(stream, &core, path, &number));
        }
    });
    format!("http://{address}")
}

fn carry(stream: TcpStream, core: &str, path: &str, number: &AtomicU64) -> Option<()> {
    let mut inward = BufReader::new(stream.try_clone().ok()?);
    let mut outward = stream;
    let upstream = TcpStream::connect(core).ok()?;
    let mut answers = BufReader::new(upstream.try_clone().ok()?);
    let mut upstream = upstream;
    let own = outward.local_addr().ok()?.to_string();
    loop {
        let asked = message(&mut inward)?;
        let head = String::from_utf8_lossy(&asked).into_owned();
        let lossy = head.lines().next()?.contains(path);
        let number = if lossy { number.fetch_add(1, Ordering::Relaxed) + 1 } else { 1 };
        if number % 11 == 0 {
            return None;
        }
        // The core answers to its own name only.
        let asked = replaced(&asked, &own, core);
        upstream.write_all(&asked).ok()?;
        let answer = message(&mut answers)?;
        if number % 7 == 0 {
            return None;
        }
        outward.write_all(&answer).ok()?;
    }
}

/// The message with the name of the host replaced in its head.
fn replaced(message: &[u8], from: &str, to: &str) -> Vec<u8> {
    let end = message.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&message[..end]).replace(from, to);
    [head.as_bytes(), &message[end..]].concat()
}

fn load(url: &str, more: &[&str]) -> Value {
    let mut command = Command::cargo_bin("aftercare").expect("the program is built");
    let output = command
        .args(["--quiet", "--format", "json", "load"])
        .args(PEOPLE)
        .args(["--store", "http", "--url", url, "--seconds", "2", "--time-out-ms", "3000"])
        .args(more)
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{text}"))
}

fn sound(report: &Value) {
    for field in ["lost", "doubled", "imbalance_fen"] {
        assert_eq!(report["audit"][field], 0, "{}", report["reasons"]);
    }
    assert_ne!(report["verdict"], "unsound", "{}", report["reasons"]);
}

#[test]
fn commands_over_a_line_that_loses_messages_are_booked_once() {
    let core = core();
    let line = bad_line(&core.url(), "/commands");
    let report = load(&line, &["--rate", "400", "--batch", "4"]);
    sound(&report);
    let network = &report["network"];
    assert!(network["unknown"].as_u64() > Some(20), "{network}");
    assert!(network["found_done"].as_u64() > Some(5), "{network}");
    assert!(report["measured"].as_u64() > Some(300), "{report}");
}

#[test]
fn transactions_whose_outcome_is_unknown_are_looked_up_or_undone() {
    let core = core();
    let line = bad_line(&core.url(), "/national");
    let mix = "settle=60,pre_settle=30,reverse=10";
    let more = ["--interface", "national", "--mix", mix, "--rate", "250"];
    let report = load(&line, &more);
    sound(&report);
    let network = &report["network"];
    assert!(network["unknown"].as_u64() > Some(20), "{network}");
    assert!(network["found_done"].as_u64() > Some(5), "{network}");
    assert!(network["undone"].as_u64() > Some(3), "{network}");
    let kinds = &report["client"]["by_command"];
    assert!(kinds["pre_settle"].as_u64() > Some(50), "{kinds}");
}

#[test]
fn an_overloaded_core_refuses_at_once_and_counts_it() {
    let core = core();
    let more = ["--rate", "200000", "--connections", "64", "--batch", "2000"];
    let report = load(&core.url(), &more);
    sound(&report);
    assert!(report["client"]["answered"].as_u64() > Some(1_000), "{report}");
    // 64 bodies are in hand at once and half as many may wait: some are sent away, and both sides count.
    let refused = report["network"]["busy"].as_u64().expect("a count");
    assert!(refused > 0, "{}", report["network"]);
    let metrics = core.get("/metrics").body;
    let counted = |name: &str| -> u64 {
        let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.and_then(|line| line.split(' ').nth(1)?.parse().ok()).expect(name)
    };
    assert!(counted("aftercare_refused_busy_total") > 0, "{metrics}");
    assert!(counted("aftercare_call_seconds_count") > 0, "{metrics}");
}
