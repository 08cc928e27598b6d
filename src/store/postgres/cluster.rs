//! A throw-away local cluster from the installed server binaries, for `--start-postgres` and the tests.
//! Must never touch a cluster that it did not make, and never listen beyond a socket in its own folder.

use std::io::{Error, Result};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Where packages put the server's programs, when they are not on the path.
const PLACES: [&str; 2] = ["/usr/lib/postgresql", "/usr/pgsql"];
/// Tries, a tenth of a second apart, until a cluster must answer.
const TRIES: u32 = 600;
static CLUSTERS: AtomicU32 = AtomicU32::new(0);

/// Users that a server may run as when this process is root, in order of preference.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// A running cluster; it is stopped and deleted when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    server: Option<Child>,
}

impl Cluster {
    /// Makes and starts a cluster below a folder that the server's user can enter.
    pub fn start(below: &Path) -> Result<Cluster> {
        let number = CLUSTERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("aftercare-pg-{}-{number}", std::process::id());
        let folder = below.join(name);
        let programs = programs()?;
        std::fs::create_dir_all(&folder)?;
        // `initdb` refuses to run as root.
        let user = if folder.metadata()?.uid() == 0 { Some(server_user()?) } else { None };
        if let Some((uid, gid)) = user {
            chown(&folder, Some(uid), Some(gid))?;
        }
        let mut cluster = Cluster { folder, programs, user, server: None };
        let data = cluster.data();
        let made = cluster
            .program("initdb")
            .args(["-A", "trust", "-U", "aftercare", "-E", "UTF8", "--locale=C", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()?;
        if !made.status.success() {
            return Err(Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        cluster.restart()?;
        Ok(cluster)
    }

    /// How clients reach it.
    pub fn url(&self) -> String {
        format!("host={} user=aftercare dbname=postgres", self.folder.display())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.folder);
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Starts the server on the cluster's files, and waits until it answers.
    pub fn restart(&mut self) -> Result<()> {
        let socket = self.folder.display().to_string();
        let log = std::fs::File::create(self.folder.join("server.log"))?;
        let server = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .args(["-k", &socket, "-c", "listen_addresses=", "-c", "shared_buffers=256MB"])
            .args(["-c", "max_wal_size=4GB", "-c", "wal_compression=off"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.server = Some(server);
        for _ in 0..TRIES {
            if postgres::Client::connect(&self.url(), postgres::NoTls).is_ok() {
                return Ok(());
            }
            let ended = self.server.as_mut().and_then(|server| server.try_wait().ok().flatten());
            if ended.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let said = std::fs::read_to_string(self.folder.join("server.log"))?;
        Err(Error::other(format!("the server did not start: {said}")))
    }

    /// Kills the server and all of its processes with `SIGKILL`.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        server.kill()?;
        server.wait()?;
        // A child may be born until the last moment; a new server does not start beside one.
        for _ in 0..TRIES {
            let children = processes_in(&self.data())?;
            if children.is_empty() {
                return Ok(());
            }
            for child in children {
                // It may have followed its parent already.
                let _ = Command::new("kill")
                    .args(["-9", &child.to_string()])
                    .stderr(Stdio::null())
                    .status()?;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err(Error::other("processes of the killed server are still there"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data();
        let stopped = self
            .program("pg_ctl")
            .args(["stop", "-m", "fast", "-w", "-D"])
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if let Some(mut server) = self.server.take() {
            if !stopped.is_ok_and(|status| status.success()) {
                let _ = server.kill();
            }
            let _ = server.wait();
        }
        // What is left is a folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Processes that work in a folder, as each of a server's does in its data.
fn processes_in(folder: &Path) -> Result<Vec<u32>> {
    let folder = folder.canonicalize()?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if std::fs::read_link(format!("/proc/{process}/cwd")).is_ok_and(|cwd| cwd == folder) {
            found.push(process);
        }
    }
    Ok(found)
}

/// The folder of the newest installed server.
fn programs() -> Result<PathBuf> {
    let mut found = Vec::new();
    for place in PLACES {
        for entry in std::fs::read_dir(place).into_iter().flatten() {
            let folder = entry?.path();
            let version: u32 =
                folder.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or_default();
            if folder.join("bin/initdb").exists() {
                found.push((version, folder.join("bin")));
            }
        }
    }
    let newest = found.into_iter().max().map(|(_, folder)| folder);
    newest.ok_or_else(|| {
        Error::other("no PostgreSQL server is installed; `apt-get install postgresql` gets one")
    })
}

/// User and group of an account for the server.
fn server_user() -> Result<(u32, u32)> {
    let accounts = std::fs::read_to_string("/etc/passwd")?;
    let account = |name: &str| {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    USERS
        .into_iter()
        .find_map(account)
        .ok_or_else(|| Error::other("the server must not run as root, and no other user was found"))
}
