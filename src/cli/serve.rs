//! `aftercare serve` and `aftercare serve-core`: the planner's page, and the engine over HTTP. Must
//! never listen beyond this machine unless told to.

use super::args::Common;
use super::fault::{Exit, Fault};
use super::national::NationalArgs;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Where to listen.
#[derive(Clone, Debug, Args)]
struct PlaceArgs {
    /// Address and port to listen on; port 0 takes a free one. The address is printed on stdout.
    #[arg(long, default_value = "127.0.0.1:8023")]
    addr: SocketAddr,
    /// Lets other machines in; there is no password.
    #[arg(long)]
    allow_remote: bool,
}

/// Arguments of `serve`.
#[derive(Clone, Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Folder of finished runs.
    #[arg(long, default_value = super::runs::OUTPUT)]
    output: PathBuf,
    /// Folder of scenarios.
    #[arg(long, default_value = "scenarios")]
    scenarios: PathBuf,
}

/// Arguments of `serve-core`.
#[derive(Clone, Debug, Args)]
pub(super) struct CoreArgs {
    /// Scenario whose people, rules and credit policy the engine serves.
    scenario: PathBuf,
    /// People of a sample of whole hospitals.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..))]
    population: Option<u32>,
    /// Root seed of the people; the scenario's if not given.
    #[arg(long)]
    seed: Option<u64>,
    /// Overrides of the scenario, such as `--set people.population=5000`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Folder of a journal: what is answered survives a crash. In memory only if not given.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Keeps the books in this `PostgreSQL` database, such as `host=localhost user=me dbname=test`.
    #[arg(long, conflicts_with = "journal")]
    database_url: Option<String>,
    #[command(flatten)]
    national: NationalArgs,
    #[command(flatten)]
    place: PlaceArgs,
}

impl PlaceArgs {
    /// Refuses an address that other machines can reach, unless they may.
    fn check(&self) -> Result<(), Fault> {
        if self.addr.ip().is_loopback() || self.allow_remote {
            return Ok(());
        }
        Err(Fault::input(format!(
            "{} can be reached by other machines and there is no password; use 127.0.0.1, or add \
             --allow-remote",
            self.addr
        )))
    }
}

/// Serves the page until somebody stops it.
#[cfg(feature = "server")]
pub(super) fn page(arguments: &ServeArgs, common: &Common) -> Result<Exit, Fault> {
    arguments.place.check()?;
    let folders = crate::web::Folders {
        runs: arguments.output.clone(),
        scenarios: arguments.scenarios.clone(),
        chinese: common.lang == super::args::Language::Zh,
    };
    let place = arguments.place.service();
    crate::web::serve(place, folders, |addr| ready(addr, common))
        .map_err(|error| Fault::input(format!("{}: {error}", place.addr)))?;
    Ok(Exit::Done)
}

/// Serves the engine until somebody stops it.
#[cfg(feature = "server")]
pub(super) fn core(arguments: &CoreArgs, common: &Common) -> Result<Exit, Fault> {
    use crate::loadtest::LoadWorld;
    use crate::store::{Journal, JournalOptions, Memory};
    arguments.place.check()?;
    let scenario = crate::scenario::load_with(&arguments.scenario, &arguments.set)?;
    let seed = arguments.seed.unwrap_or(scenario.run.seed);
    common.note(common.say("building the people", "正在生成人口"));
    let pool = super::run::pool(common)?;
    let world = pool.install(|| LoadWorld::new(&scenario, arguments.population, seed));
    let (areas, sign) = arguments.national.read()?;
    let at = (arguments.place.service(), crate::service::National::new(areas, sign));
    if let Some(url) = &arguments.database_url {
        return over_database(&world, url, at, common);
    }
    let Some(folder) = &arguments.journal else {
        let mut store = Memory::open(world.engine(), &world.census);
        common.note(common.say(
            "the books are in memory and are gone when this ends",
            "账本只在内存中，程序结束即消失",
        ));
        return serve_store(&mut store, at, common);
    };
    let opened = Journal::open(world.engine(), &world.census, folder, JournalOptions::default());
    let (mut store, recovery) = opened.map_err(Fault::internal)?;
    let commands = recovery.commands;
    common.note(&match common.lang {
        super::args::Language::En => format!("recovered {commands} commands"),
        super::args::Language::Zh => format!("已恢复 {commands} 条命令"),
    });
    serve_store(&mut store, at, common)
}

/// Serves the engine over books in a database.
#[cfg(all(feature = "server", feature = "postgres"))]
fn over_database(
    world: &crate::loadtest::LoadWorld<'_>,
    url: &str,
    at: (crate::service::Place, crate::service::National),
    common: &Common,
) -> Result<Exit, Fault> {
    let opened = crate::store::postgres::Postgres::open(world.engine(), &world.census, url);
    serve_store(&mut opened.map_err(Fault::input)?, at, common)
}

/// Says how to get a program that can.
#[cfg(all(feature = "server", not(feature = "postgres")))]
fn over_database(
    _: &crate::loadtest::LoadWorld<'_>,
    _: &str,
    _: (crate::service::Place, crate::service::National),
    _: &Common,
) -> Result<Exit, Fault> {
    Err(Fault::input(crate::store::StoreKind::Postgres.missing().unwrap_or_default()))
}

/// Serves a store until somebody stops it, then audits it.
#[cfg(feature = "server")]
fn serve_store<S: crate::store::Store>(
    store: &mut S,
    (place, national): (crate::service::Place, crate::service::National),
    common: &Common,
) -> Result<Exit, Fault> {
    use crate::service::{Stopped, serve_core};
    let served = serve_core(store, place, national, |addr| ready(addr, common));
    served.map_err(|stopped| match stopped {
        Stopped::Http(error) => Fault::input(format!("{}: {error}", place.addr)),
        Stopped::Store(error) => Fault::internal(error),
    })?;
    let audit = store.audit();
    if audit.sound() { Ok(Exit::Done) } else { Err(Fault::invalid(audit.findings.join("\n"))) }
}

#[cfg(feature = "server")]
impl PlaceArgs {
    fn service(&self) -> crate::service::Place {
        crate::service::Place { addr: self.addr, allow_remote: self.allow_remote }
    }
}

/// Prints the address; a reader of it that went away stops nobody.
#[cfg(feature = "server")]
fn ready(addr: SocketAddr, common: &Common) {
    use super::out;
    let url = format!("http://{addr}/");
    let told = if common.wants_json() {
        out::print_json(&serde_json::json!({ "url": url }))
    } else {
        out::print(&format!("{url}\n"))
    };
    common.note(common.say("stop with Ctrl-C", "按 Ctrl-C 停止"));
    drop(told);
}

/// Says how to get a program that can serve.
#[cfg(not(feature = "server"))]
fn without_server(what: &str) -> Fault {
    Fault::input(format!(
        "this program was built without the feature `server`, so {what} cannot be served; build it \
         with `cargo build --release --features server`"
    ))
}

/// Says how to get a program that can serve.
#[cfg(not(feature = "server"))]
pub(super) fn page(arguments: &ServeArgs, _: &Common) -> Result<Exit, Fault> {
    arguments.place.check()?;
    let (runs, scenarios) = (arguments.output.display(), arguments.scenarios.display());
    Err(without_server(&format!("{runs} and {scenarios}")))
}

/// Says how to get a program that can serve.
#[cfg(not(feature = "server"))]
pub(super) fn core(arguments: &CoreArgs, _: &Common) -> Result<Exit, Fault> {
    arguments.place.check()?;
    let CoreArgs { scenario, population, seed, set, journal, database_url, national, .. } =
        arguments;
    let set = &[&set[..], database_url.as_slice()].concat();
    let size = population.map_or(String::new(), |people| format!(" with {people} people"));
    let seed = seed.map_or(String::new(), |seed| format!(", seed {seed}"));
    let seed = format!("{seed}{}", national.told());
    let set = match journal {
        Some(folder) => [&set[..], &[format!("journal {}", folder.display())]].concat(),
        None => set.clone(),
    };
    let set = if set.is_empty() { String::new() } else { format!(", {}", set.join(", ")) };
    Err(without_server(&format!("{}{size}{seed}{set}", scenario.display())))
}
