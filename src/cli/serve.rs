//! `aftercare serve`: the planner's page. Must never listen beyond this machine unless told to.

use super::args::Common;
use super::fault::{Exit, Fault};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Arguments of `serve`.
#[derive(Clone, Debug, Args)]
pub(super) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one. The address is printed on stdout.
    #[arg(long, default_value = "127.0.0.1:8023")]
    addr: SocketAddr,
    /// Folder of finished runs.
    #[arg(long, default_value = super::runs::OUTPUT)]
    output: PathBuf,
    /// Folder of scenarios.
    #[arg(long, default_value = "scenarios")]
    scenarios: PathBuf,
    /// Lets other machines read everything in these folders.
    #[arg(long)]
    allow_remote: bool,
}

/// Refuses an address that other machines can reach, unless they may.
fn check_address(addr: SocketAddr, allow_remote: bool) -> Result<(), Fault> {
    if addr.ip().is_loopback() || allow_remote {
        return Ok(());
    }
    Err(Fault::input(format!(
        "{addr} can be reached by other machines and there is no password; use 127.0.0.1, or add \
         --allow-remote"
    )))
}

/// Serves until somebody stops it.
#[cfg(feature = "server")]
pub(super) fn run(arguments: &ServeArgs, common: &Common) -> Result<Exit, Fault> {
    use super::out;
    check_address(arguments.addr, arguments.allow_remote)?;
    let folders = crate::web::Folders {
        runs: arguments.output.clone(),
        scenarios: arguments.scenarios.clone(),
        chinese: common.lang == super::args::Language::Zh,
    };
    let ready = |addr: SocketAddr| {
        let url = format!("http://{addr}/");
        let told = if common.wants_json() {
            out::print_json(&serde_json::json!({ "url": url }))
        } else {
            out::print(&format!("{url}\n"))
        };
        common.note(common.say("stop with Ctrl-C", "按 Ctrl-C 停止"));
        // A reader of the address that went away does not stop the page.
        drop(told);
    };
    crate::web::serve(arguments.addr, arguments.allow_remote, folders, ready)
        .map_err(|error| Fault::input(format!("{}: {error}", arguments.addr)))?;
    Ok(Exit::Done)
}

/// Says how to get a program that can serve.
#[cfg(not(feature = "server"))]
pub(super) fn run(arguments: &ServeArgs, _: &Common) -> Result<Exit, Fault> {
    check_address(arguments.addr, arguments.allow_remote)?;
    let (runs, scenarios) = (arguments.output.display(), arguments.scenarios.display());
    Err(Fault::input(format!(
        "this program was built without the feature `server`, so {runs} and {scenarios} cannot be \
         served; build it with `cargo build --release --features server`, or open report.html in \
         the run's folder"
    )))
}
