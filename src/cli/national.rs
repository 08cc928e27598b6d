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
    /// How long that program may take for an answer, ms; then it is killed and the message is not let through.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=20_000))]
    sign_deadline_ms: u64,
    /// Most such programs at a time; each is asked one thing at a time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=16))]
    sign_programs: u16,
}

#[cfg(not(feature = "server"))]
impl NationalArgs {
    /// What was asked for, in words.
    pub(super) fn told(&self) -> String {
        let files = [&self.areas, &self.sign_key].into_iter().flatten();
        let files = files.map(|path| path.display().to_string());
        let words = [&self.sign_with, &self.sign_type].into_iter().flatten().cloned();
        let limits = format!("{} ms, {} programs", self.sign_deadline_ms, self.sign_programs);
        files
            .chain(words)
            .chain(self.sign_with.as_ref().map(|_| limits))
            .fold(String::new(), |told, word| told + ", " + &word)
    }
}

#[cfg(feature = "server")]
mod served {
    use super::NationalArgs;
    use crate::cli::fault::Fault;
    use crate::service::{SignerLimits, SigningProgram};
    use crate::wire::national::{Areas, Keyed, Sign, Unsigned};
    use std::path::PathBuf;
    use std::time::Duration;

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
                    let limits = SignerLimits {
                        deadline: Duration::from_millis(self.sign_deadline_ms),
                        programs: usize::from(self.sign_programs),
                    };
                    let started = SigningProgram::start(program, kind, limits);
                    let wrong = |error| Fault::input(format!("--sign-with {program}: {error}"));
                    Box::new(started.map_err(wrong)?)
                }
                (None, None) => Box::new(Unsigned),
            };
            Ok((areas, sign))
        }
    }
}
