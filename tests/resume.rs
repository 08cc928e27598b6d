//! Interrupted work goes on to the bytes of undisturbed work: kill -9 at random moments, a full disk,
//! tasks in any order, twice, some of them killed.

mod run_support;

use run_support::{files, names, program, scenario};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const VARY: &str = "behaviour.use_of_line.outpatient_share=0..0.9:4";
const SIZE: [&str; 7] = ["--days", "2", "--replications", "2", "--population", "6000", "--quiet"];

/// A sweep of eight units into `out`.
fn sweep(room: &Path, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aftercare"));
    command.current_dir(room).arg("sweep").arg(scenario("smoke.toml"));
    command.args(["--vary", VARY, "--out", out]).args(SIZE);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Everything but the manifest, which holds the clock.
fn result(room: &Path, out: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = files(&room.join(out));
    assert!(found.remove("manifest.json").is_some(), "{out} is not finished: {:?}", found.keys());
    found
}

/// No file of a part but whole ones: `.part` files whose first line is the hash of the rest.
fn assert_parts_are_whole(parts: &Path) -> usize {
    let mut whole = 0;
    for name in if parts.exists() { names(parts) } else { Vec::new() } {
        if Path::new(&name).extension().is_none_or(|end| end != "part") {
            continue;
        }
        let bytes = std::fs::read(parts.join(&name)).expect("a part");
        let end = bytes.iter().position(|&byte| byte == b'\n').expect("a hash line");
        let hash = blake3::hash(&bytes[end + 1..]).to_hex();
        assert_eq!(&bytes[..end], hash.as_bytes(), "{name} is torn");
        whole += 1;
    }
    whole
}

/// Spread over an interval without a clock or a library: the golden ratio's multiples.
fn moments(count: u32, whole: Duration) -> impl Iterator<Item = Duration> {
    (1..=count).map(move |n| whole.mul_f64((f64::from(n) * 0.618_033_988_75).fract()))
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the moments of the kills spread over a run's length"
)]
fn a_sweep_killed_at_twenty_moments_goes_on_to_the_undisturbed_bytes() {
    let room = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    assert!(sweep(room.path(), "whole").status().expect("a run").success());
    // The first run may have waited for a busy machine: kills fall within six tenths of its length.
    let whole = begun.elapsed().mul_f64(0.6);
    let undisturbed = result(room.path(), "whole");
    let mut killed = 0;
    for (number, moment) in moments(20, whole).enumerate() {
        let out = format!("cut{number}");
        let mut child = sweep(room.path(), &out).spawn().expect("a run");
        std::thread::sleep(moment);
        killed += u32::from(child.try_wait().expect("a state").is_none());
        child.kill().expect("kill -9");
        child.wait().expect("an end");
        assert_parts_are_whole(&room.path().join(format!("{out}.parts")));
        let resumed = sweep(room.path(), &out).arg("--resume").status().expect("a run");
        assert!(resumed.success(), "{out} after {moment:?}");
        assert!(result(room.path(), &out) == undisturbed, "{out} after {moment:?} differs");
        assert!(!room.path().join(format!("{out}.parts")).exists(), "parts are cleared");
    }
    assert!(killed >= 5, "only {killed} of 20 were still at work");
}

/// Ctrl-C: the running replication is dropped, whole parts stay, exit code 130.
#[cfg(unix)]
#[test]
fn an_interrupted_run_says_so_and_goes_on_to_the_undisturbed_bytes() {
    let room = tempfile::tempdir().expect("a folder");
    let run = |out: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_aftercare"));
        command.current_dir(room.path()).arg("run").arg(scenario("smoke.toml"));
        command.args(["--days", "5", "--replications", "40", "--population", "6000", "--quiet"]);
        command.args(["--out", out]).args(more).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    };
    assert!(run("whole", &[]).status().expect("a run").success());
    let child = run("cut", &[]).spawn().expect("a run");
    let parts = room.path().join("cut.parts");
    for _ in 0..3_000 {
        if assert_parts_are_whole(&parts) > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill").success());
    let ended = child.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("interrupted"), "{said}");
    assert!(!room.path().join("cut").exists(), "no half result");
    let kept = assert_parts_are_whole(&parts);
    assert!((1..40).contains(&kept), "{kept} parts");
    assert!(run("cut", &["--resume"]).status().expect("a run").success());
    assert!(result(room.path(), "cut") == result(room.path(), "whole"));
    assert_eq!(names(room.path()), ["cut", "whole"]);
}

/// A folder system of so many KiB, if this machine lets us mount one.
struct SmallDisk<'p>(&'p Path);

impl<'p> SmallDisk<'p> {
    fn mount(at: &'p Path, kib: u32) -> Option<SmallDisk<'p>> {
        std::fs::create_dir_all(at).ok()?;
        let size = format!("size={kib}k");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at);
        let status = mount.stdout(Stdio::null()).stderr(Stdio::null()).status().ok()?;
        status.success().then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_disk_that_fills_up_keeps_whole_parts_and_the_rest_is_added_on_a_larger_one() {
    let room = tempfile::tempdir().expect("a folder");
    assert!(sweep(room.path(), "whole").status().expect("a run").success());
    let undisturbed = result(room.path(), "whole");
    let disk = room.path().join("disk");
    let Some(mounted) = SmallDisk::mount(&disk, 192) else {
        eprintln!("no file system may be mounted here: the limit on file size stands in");
        return;
    };
    let full = sweep(&disk, "out").output().expect("a run");
    assert_eq!(full.status.code(), Some(1), "a full disk is a fault of the machine");
    let whole = assert_parts_are_whole(&disk.join("out.parts"));
    assert!(whole > 0 && whole < 8, "{whole} parts fit on the small disk");
    assert!(!disk.join("out").exists(), "no half result");
    let remount = Command::new("mount").args(["-o", "remount,size=16m"]).arg(&disk).status();
    assert!(remount.expect("mount").success());
    assert!(sweep(&disk, "out").arg("--resume").status().expect("a run").success());
    assert!(result(&disk, "out") == undisturbed);
    drop(mounted);
}

/// The same where nothing may be mounted: files may not grow beyond a limit, and writing on is an
/// error (the signal is ignored, as a full disk sends none).
#[cfg(unix)]
#[test]
fn a_write_that_fails_half_way_leaves_no_torn_part() {
    let room = tempfile::tempdir().expect("a folder");
    assert!(sweep(room.path(), "whole").status().expect("a run").success());
    let undisturbed = result(room.path(), "whole");
    let program = sweep(room.path(), "out");
    let words: Vec<String> = std::iter::once(program.get_program())
        .chain(program.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect();
    let script = format!("trap '' XFSZ; ulimit -f 4; exec {}", words.join(" "));
    let mut shell = Command::new("sh");
    shell.current_dir(room.path()).args(["-c", &script]);
    let cut = shell.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a shell");
    assert_eq!(cut.code(), Some(1));
    assert_eq!(assert_parts_are_whole(&room.path().join("out.parts")), 0);
    let parts = room.path().join("out.parts");
    assert!(!parts.exists() || names(&parts).is_empty(), "the torn file is taken back");
    assert!(sweep(room.path(), "out").arg("--resume").status().expect("a run").success());
    assert!(result(room.path(), "out") == undisturbed);
}

#[test]
fn eight_tasks_in_any_order_twice_and_two_killed_merge_to_the_bytes_of_one_machine() {
    let room = tempfile::tempdir().expect("a folder");
    let smoke = scenario("smoke.toml");
    let sized = ["--days", "3", "--replications", "8", "--population", "6000", "--quiet"];
    let run = |more: &[&str]| {
        let mut command = program(room.path());
        command.arg("run").arg(&smoke).args(sized).args(more);
        command
    };
    run(&["--out", "alone"]).assert().code(0);
    let merge = || {
        let mut command = program(room.path());
        command.arg("merge").arg(&smoke).args(sized).args(["--out", "shared"]);
        command
    };
    let refused = merge().assert().code(2);
    let message = run_support::text(&refused.get_output().stderr);
    assert!(message.contains("replication 1") && message.contains("plan"), "{message}");
    for (task, wait_ms) in [("5/8", 3), ("2/8", 40)] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aftercare"))
            .current_dir(room.path())
            .arg("run")
            .arg(&smoke)
            .args(sized)
            .args(["--out", "shared", "--task", task])
            .stdout(Stdio::null())
            .spawn()
            .expect("a task");
        std::thread::sleep(Duration::from_millis(wait_ms));
        child.kill().expect("kill -9");
        child.wait().expect("an end");
    }
    for index in [7, 2, 8, 1, 5, 3, 6, 4, 4, 1] {
        let mut task = run(&["--out", "shared", "--format", "json"]);
        if index == 6 {
            task.env("SLURM_ARRAY_TASK_ID", "6").args(["--task", "env/8"]);
        } else {
            task.args(["--task", &format!("{index}/8")]);
        }
        task.assert().code(0);
    }
    let mut plan = program(room.path());
    plan.arg("plan").arg(&smoke).args(sized).args(["--out", "shared", "--format", "json"]);
    let listed = plan.assert().code(0);
    let listed: serde_json::Value =
        serde_json::from_slice(&listed.get_output().stdout).expect("JSON");
    assert_eq!((&listed["done"], listed["units"].as_array().map(Vec::len)), (&8.into(), Some(8)));
    merge().assert().code(0);
    assert!(result(room.path(), "shared") == result(room.path(), "alone"));
    assert_eq!(names(room.path()), ["alone", "shared"], "the parts are gone");
    run(&["--out", "shared", "--task", "3/8"]).assert().code(0);
    assert_eq!(names(room.path()), ["alone", "shared"], "a late task finds the result");
}

#[test]
fn done_parts_are_not_run_again() {
    let room = tempfile::tempdir().expect("a folder");
    let task = |words: &[&str]| {
        let mut command = sweep(room.path(), "out");
        command.args(words).args(["--format", "json"]).stdout(Stdio::piped());
        let output = command.output().expect("a task");
        assert!(output.status.success());
        serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON")
    };
    let first = task(&["--task", "1/2"]);
    assert_eq!((&first["units"], &first["were_done"]), (&4.into(), &0.into()));
    let before = files(&room.path().join("out.parts"));
    let again = task(&["--task", "1/2"]);
    assert_eq!((&again["units"], &again["were_done"]), (&4.into(), &4.into()));
    assert!(before == files(&room.path().join("out.parts")), "nothing was touched");
}
