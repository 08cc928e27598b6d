//! A program beside this one that signs and checks messages (`--sign-with`): a line of JSON in, a line out, a
//! deadline for each, so many programs at most. Must never keep a caller beyond the deadline, and never
//! take the answer to one question for that to another: a program that was late or wrong is killed.

use crate::wire::national::Sign;
use serde_json::{Value, json};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Longest answer of a program, bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

/// What is asked of the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignerLimits {
    /// How long a question may take, the wait for a free program included.
    pub deadline: Duration,
    /// Most programs at a time.
    pub programs: usize,
}

/// Programs that sign and check; they end with this one.
pub struct SigningProgram {
    kind: String,
    words: Vec<String>,
    limits: SignerLimits,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Program>,
    /// Idle or asked.
    running: usize,
}

impl std::fmt::Debug for SigningProgram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningProgram").field("words", &self.words).finish_non_exhaustive()
    }
}

impl SigningProgram {
    /// Starts the first program; `line` is its name with its arguments, `kind` the word of `signtype`.
    pub fn start(line: &str, kind: String, limits: SignerLimits) -> io::Result<SigningProgram> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let pool = Pool { idle: vec![Program::start(&words)?], running: 1 };
        Ok(SigningProgram { kind, words, limits, pool: Mutex::new(pool), freed: Condvar::new() })
    }

    fn ask(&self, question: &Value) -> Result<Value, String> {
        let until = now() + self.limits.deadline;
        let told = |words: String| format!("the signing program {words}");
        let program = self.free_program(until).map_err(told)?;
        let answer = program.ask(question, until);
        // Dropped, and so killed, unless it answered: its answer could still come.
        self.give_back(answer.is_ok().then_some(program));
        answer.map_err(told)
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle program, or a new one where there is room, or the next that is given back in time.
    fn free_program(&self, until: Instant) -> Result<Program, String> {
        let mut pool = self.pool();
        loop {
            if let Some(program) = pool.idle.pop() {
                return Ok(program);
            }
            if pool.running < self.limits.programs {
                let program = Program::start(&self.words).map_err(|e| format!("cannot start: {e}"));
                pool.running += usize::from(program.is_ok());
                return program;
            }
            let left = until.saturating_duration_since(now());
            if left.is_zero() {
                return Err("is busy".to_owned());
            }
            let woken = self.freed.wait_timeout(pool, left);
            pool = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn give_back(&self, program: Option<Program>) {
        let mut pool = self.pool();
        match program {
            Some(program) => pool.idle.push(program),
            None => pool.running -= 1,
        }
        drop(pool);
        self.freed.notify_one();
    }
}

impl Sign for SigningProgram {
    fn kind(&self) -> &str {
        &self.kind
    }

    fn sign(&self, text: &str) -> Result<String, String> {
        let answer = self.ask(&json!({ "sign": text }))?;
        let signature = answer["signature"].as_str().map(str::to_owned);
        signature.ok_or_else(|| format!("the signing program answered `{answer}`"))
    }

    fn fits(&self, text: &str, signature: &str) -> Result<bool, String> {
        let answer = self.ask(&json!({"check": text, "signature": signature}))?;
        let fits = answer["fits"].as_bool();
        fits.ok_or_else(|| format!("the signing program answered `{answer}`"))
    }
}

#[expect(clippy::disallowed_methods, reason = "a deadline is a matter of the clock")]
fn now() -> Instant {
    Instant::now()
}

/// One program; a thread of its own talks to it, because neither its ears nor its mouth can be waited for
/// with a deadline.
struct Program {
    process: Child,
    questions: Sender<String>,
    answers: Receiver<io::Result<String>>,
}

impl Program {
    #[expect(clippy::disallowed_methods, reason = "waits for a program and decides nothing")]
    fn start(words: &[String]) -> io::Result<Program> {
        let (name, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(name);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        // With what it starts itself, so that all of it can be killed.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let (Some(ears), Some(mouth)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let (questions, asked) = channel();
        let (told, answers) = channel();
        std::thread::spawn(move || talk(ears, mouth, &asked, &told));
        Ok(Program { process, questions, answers })
    }

    fn ask(&self, question: &Value, until: Instant) -> Result<Value, String> {
        let ended = || "ended".to_owned();
        self.questions.send(question.to_string()).map_err(|_| ended())?;
        let line = match self.answers.recv_timeout(until.saturating_duration_since(now())) {
            Ok(Ok(line)) => line,
            Ok(Err(error)) => return Err(format!("failed: {error}")),
            Err(RecvTimeoutError::Timeout) => return Err("did not answer in time".to_owned()),
            Err(RecvTimeoutError::Disconnected) => return Err(ended()),
        };
        serde_json::from_str(&line).map_err(|_| format!("answered `{}`", line.trim()))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = rustix::process::Pid::from_raw(self.process.id().cast_signed()) {
            // It may have ended already.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Puts questions to a program until one fails or nobody asks any more.
fn talk(
    mut ears: ChildStdin,
    mouth: ChildStdout,
    asked: &Receiver<String>,
    told: &Sender<io::Result<String>>,
) {
    let mut mouth = BufReader::new(mouth);
    for question in asked {
        let answer = one_line(&mut ears, &mut mouth, &question);
        let failed = answer.is_err();
        // Whoever asked may have given up.
        if told.send(answer).is_err() || failed {
            return;
        }
    }
}

fn one_line(
    ears: &mut ChildStdin,
    mouth: &mut BufReader<ChildStdout>,
    question: &str,
) -> io::Result<String> {
    writeln!(ears, "{question}")?;
    let mut line = String::new();
    mouth.by_ref().take(LONGEST_ANSWER).read_line(&mut line)?;
    if line.ends_with('\n') { Ok(line) } else { Err(io::Error::other("it ended")) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Answers with the words of the question, hangs with a child of its own at `hang`, dies at `die`.
    const PROGRAM: &str = r#"echo started >> "$0.log"
while IFS= read -r line; do
  case $line in
    *hang*) sleep 600 ;;
    *die*) exit 3 ;;
    *babble*) echo babble ;;
    *check*) echo '{"fits":false}' ;;
    *) t=${line#'{"sign":"'}; echo "{\"signature\":\"<${t%\"\}}>\"}" ;;
  esac
done
"#;

    struct Bench {
        folder: tempfile::TempDir,
        signer: SigningProgram,
    }

    impl Bench {
        fn of(programs: usize, ms: u64) -> Bench {
            let folder = tempfile::tempdir().expect("a folder");
            let script = folder.path().join("sign.sh");
            std::fs::write(&script, PROGRAM).expect("written");
            let limits = SignerLimits { deadline: Duration::from_millis(ms), programs };
            let line = format!("sh {}", script.display());
            let signer = SigningProgram::start(&line, "TEST".to_owned(), limits).expect("started");
            Bench { folder, signer }
        }

        /// Programs started so far.
        fn started(&self) -> usize {
            let log = std::fs::read_to_string(self.folder.path().join("sign.sh.log"));
            log.unwrap_or_default().lines().count()
        }
    }

    #[test]
    fn a_program_that_hangs_or_dies_costs_one_question_and_no_more() {
        let bench = Bench::of(1, 2_000);
        let signed = |text: &str| bench.signer.sign(text);
        assert_eq!(signed("a").as_deref(), Ok("<a>"));
        assert_eq!(bench.signer.fits("check", "x"), Ok(false));
        for (text, words) in
            [("hang", "did not answer in time"), ("die", "it ended"), ("babble", "babble")]
        {
            let from = now();
            let error = signed(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
            assert!(from.elapsed() < Duration::from_secs(20), "{text} took {:?}", from.elapsed());
            assert_eq!(signed("b").as_deref(), Ok("<b>"), "after {text}");
        }
        assert_eq!(bench.started(), 4, "one at first and one after each");
    }

    #[test]
    fn many_callers_are_kept_no_longer_than_one_and_start_no_more_programs() {
        let bench = Bench::of(2, 2_000);
        let (from, kept) = (now(), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    bench.signer.sign("hang").expect_err("it hangs");
                    kept.fetch_max(from.elapsed().as_millis() as u64, Ordering::Relaxed);
                });
            }
            while kept.load(Ordering::Relaxed) == 0 {
                assert!(bench.signer.pool().running <= 2);
                std::thread::yield_now();
            }
        });
        // Six times as long if they stood in a line; whoever comes when one was killed has a short time left.
        assert!(kept.load(Ordering::Relaxed) < 10_000, "{kept:?} ms");
        assert_eq!(bench.signer.sign("a").as_deref(), Ok("<a>"));
        let pool = bench.signer.pool();
        assert!(pool.running <= 2 && pool.idle.len() == pool.running);
    }

    #[test]
    fn what_hangs_is_killed_with_what_it_started() {
        let bench = Bench::of(1, 300);
        let group = bench.signer.pool().idle[0].process.id().cast_signed();
        let group = rustix::process::Pid::from_raw(group).expect("a process");
        assert!(rustix::process::test_kill_process_group(group).is_ok(), "it runs");
        bench.signer.sign("hang").expect_err("it hangs");
        // The sleep that it started is its parent's to bury; a moment may pass.
        let from = now();
        while rustix::process::test_kill_process_group(group).is_ok() {
            assert!(from.elapsed() < Duration::from_secs(10), "the group still runs");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_program_that_is_not_there_is_said_at_the_start() {
        let limits = SignerLimits { deadline: Duration::from_secs(1), programs: 1 };
        assert!(SigningProgram::start("/no/such/signer", "SM2".to_owned(), limits).is_err());
        assert!(SigningProgram::start(" ", "SM2".to_owned(), limits).is_err());
    }
}
