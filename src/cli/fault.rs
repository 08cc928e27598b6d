//! Exit codes and how a failure is told. Must never print a backtrace for somebody's wrong input.

use crate::scenario::Problems;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// The documented exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Internal or I/O fault.
    Internal = 1,
    /// Bad usage or bad input.
    BadInput = 2,
    /// The run is invalid.
    Invalid = 4,
    /// A gate, an objective or a validation was missed.
    Missed = 99,
    /// Interrupted; partial results kept.
    Interrupted = 130,
}

impl Exit {
    /// As the system wants it.
    pub fn code(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// A failure with its exit code and its message.
#[derive(Debug)]
pub struct Fault {
    exit: Exit,
    message: String,
}

impl Fault {
    /// Wrong input or usage, with a way out in the message.
    pub fn input(message: impl Display) -> Fault {
        Fault { exit: Exit::BadInput, message: message.to_string() }
    }

    /// A fault of the machine or of this program.
    pub fn internal(message: impl Display) -> Fault {
        Fault { exit: Exit::Internal, message: message.to_string() }
    }

    /// The run is invalid.
    pub fn invalid(message: impl Display) -> Fault {
        Fault { exit: Exit::Invalid, message: message.to_string() }
    }

    /// Somebody stopped the run.
    pub fn interrupted(message: impl Display) -> Fault {
        Fault { exit: Exit::Interrupted, message: message.to_string() }
    }

    /// Prints the message on stderr and gives the exit code.
    pub fn report(self) -> ExitCode {
        let text = self.message.trim_end();
        let _ = writeln!(std::io::stderr(), "error: {text}");
        self.exit.code()
    }
}

impl From<Problems> for Fault {
    fn from(problems: Problems) -> Fault {
        Fault::input(problems)
    }
}

impl From<crate::archive::Error> for Fault {
    fn from(error: crate::archive::Error) -> Fault {
        use crate::archive::Error;
        match error {
            Error::Foreign { .. } | Error::Exists { .. } | Error::Missing { .. } => {
                Fault::input(error)
            }
            _ => Fault::internal(error),
        }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::internal(error)
    }
}
