//! How the national interface is spoken: areas, and who signs. Must never print a secret.

use clap::Args;
use std::path::PathBuf;

/// How the national interface is spoken.
#[derive(Clone, Debug, Args)]
pub(super) struct NationalArgs {
    /// Areas served and how they write codes (`aftercare.areas/1`); only 440100 if not given.
    #[arg(long)]
    areas: Option<PathBuf>,
    /// File with the secret of the signature; unsigned if not given.
    #[arg(long)]
    sign_key: Option<PathBuf>,
    /// Program that signs and checks messages, with its arguments: a line of JSON in, a line out.
    #[arg(long, value_name = "PROGRAM", conflicts_with = "sign_key", requires = "sign_type")]
    sign_with: Option<String>,
    /// Word of `signtype` for that program's signatures, such as SM2.
    #[arg(long, requires = "sign_with")]
    sign_type: Option<String>,
}

#[cfg(not(feature = "server"))]
impl NationalArgs {
    /// What was asked for, in words.
    pub(super) fn told(&self) -> String {
        let files = [&self.areas, &self.sign_key].into_iter().flatten();
        let files = files.map(|path| path.display().to_string());
        let words = [&self.sign_with, &self.sign_type].into_iter().flatten().cloned();
        files.chain(words).fold(String::new(), |told, word| told + ", " + &word)
    }
}

#[cfg(feature = "server")]
mod served {
    use super::NationalArgs;
    use crate::cli::fault::Fault;
    use crate::wire::national::{Areas, Keyed, Sign, Unsigned};
    use serde_json::{Value, json};
    use std::io::{BufRead, BufReader, Write};
    use std::path::PathBuf;
    use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
    use std::sync::{Mutex, PoisonError};

    /// Area that is served where no dictionary is given: Guangzhou.
    const AREA: &str = "440100";

    impl NationalArgs {
        /// The dictionary and the signature.
        pub(in crate::cli) fn read(&self) -> Result<(Areas, Box<dyn Sign>), Fault> {
            let place = |path: &PathBuf, error: &dyn std::fmt::Display| {
                Fault::input(format!("{}: {error}", path.display()))
            };
            let areas = match &self.areas {
                None => Areas::only(AREA),
                Some(path) => {
                    let text =
                        std::fs::read_to_string(path).map_err(|error| place(path, &error))?;
                    Areas::parse(&text).map_err(|error| place(path, &error))?
                }
            };
            let sign: Box<dyn Sign> = match (&self.sign_key, &self.sign_with) {
                (Some(path), _) => {
                    let secret = std::fs::read(path).map_err(|error| place(path, &error))?;
                    Box::new(Keyed::new(&secret))
                }
                (None, Some(program)) => {
                    let kind = self.sign_type.clone().unwrap_or_default();
                    let started = Beside::start(program, kind);
                    let wrong = |error| Fault::input(format!("--sign-with {program}: {error}"));
                    Box::new(started.map_err(wrong)?)
                }
                (None, None) => Box::new(Unsigned),
            };
            Ok((areas, sign))
        }
    }

    /// A program that signs and checks, started once and asked line by line. It ends with this one.
    struct Beside {
        kind: String,
        talk: Mutex<Talk>,
    }

    struct Talk {
        program: Child,
        ask: ChildStdin,
        answers: BufReader<ChildStdout>,
    }

    impl Drop for Talk {
        fn drop(&mut self) {
            // It may have ended already.
            let _ = self.program.kill();
            let _ = self.program.wait();
        }
    }

    impl Beside {
        fn start(program: &str, kind: String) -> std::io::Result<Beside> {
            let mut words = program.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or_default());
            let piped = command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut program = piped.spawn()?;
            let pipes = (program.stdin.take(), program.stdout.take());
            let (Some(ask), Some(answers)) = pipes else {
                return Err(std::io::Error::other("it has no pipes"));
            };
            let talk = Talk { program, ask, answers: BufReader::new(answers) };
            Ok(Beside { kind, talk: Mutex::new(talk) })
        }

        /// One line there and one back.
        fn ask(&self, question: &Value) -> Result<Value, String> {
            let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
            let mut line = String::new();
            let told = writeln!(talk.ask, "{question}").and_then(|()| talk.ask.flush());
            let heard = told.and_then(|()| talk.answers.read_line(&mut line));
            heard.map_err(|error| format!("the signing program: {error}"))?;
            let wrong = |_| format!("the signing program answered `{}`", line.trim());
            serde_json::from_str(&line).map_err(wrong)
        }
    }

    impl Sign for Beside {
        fn kind(&self) -> &str {
            &self.kind
        }

        fn sign(&self, text: &str) -> Result<String, String> {
            let answer = self.ask(&json!({ "sign": text }))?;
            let signature = answer["signature"].as_str().map(str::to_owned);
            signature.ok_or_else(|| format!("the signing program answered `{answer}`"))
        }

        fn fits(&self, text: &str, signature: &str) -> bool {
            let question = json!({"check": text, "signature": signature});
            self.ask(&question).is_ok_and(|answer| answer["fits"] == true)
        }
    }
}
