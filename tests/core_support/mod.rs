//! A served core and a plain HTTP client for the tests of the interfaces. Must never time anything.
#![allow(dead_code, reason = "each test binary uses its own part")]

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// A served core that ends with the test.
pub(crate) struct Core {
    process: Child,
    /// Name and port.
    pub(crate) address: String,
}

impl Drop for Core {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a call came to.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }
}

impl Core {
    /// A core of these arguments at a free port.
    pub(crate) fn start(arguments: &[&str]) -> Core {
        let mut process = Command::new(cargo_bin("aftercare"))
            .args(["--quiet", "serve-core"])
            .args(arguments)
            .args(["--addr", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut line).expect("its address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/');
        Core { process, address: address.to_owned() }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn get(&self, path: &str) -> Said {
        self.call(&format!("GET {path}"), "", b"")
    }

    pub(crate) fn post(&self, path: &str, kind: &str, body: &[u8]) -> Said {
        self.call(&format!("POST {path}"), &format!("Content-Type: {kind}\r\n"), body)
    }

    /// One call on a connection of its own.
    pub(crate) fn call(&self, what: &str, headers: &str, body: &[u8]) -> Said {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let (host, length) = (&self.address, body.len());
        let head = format!(
            "{what} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n"
        );
        // A core that refuses a call may close before the body is sent.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        Said { status, head: head.to_owned(), body: body.to_owned() }
    }
}
