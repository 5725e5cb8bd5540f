//! Shows progress on the terminal, and writes the complete output of every command to log files.
//!
//! A [`Console`] runs numbered steps. While a step runs, a status line shows the compiled units, the elapsed
//! time and the usual time. If the output is not a terminal, xtask prints the same line once a minute.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::{process, workspace};

/// The interval between updates of the status line on a terminal.
const TICK: Duration = Duration::from_millis(500);
/// The interval between status lines if the output is not a terminal.
const HEARTBEAT: Duration = Duration::from_mins(1);
/// The maximum width of the status line, in characters. A line that wraps cannot be overwritten.
const WIDTH: usize = 100;

/// The amount of command output to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// One line per step, and a status line.
    Short,
    /// Also the complete output of every command.
    Verbose,
}

/// Runs steps and shows their progress.
#[derive(Clone)]
pub(crate) struct Console {
    shared: Arc<Shared>,
}

struct Shared {
    output: Output,
    is_terminal: bool,
    total: usize,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    started_steps: usize,
    running: Vec<Running>,
    done: Vec<(String, Duration)>,
    is_status_shown: bool,
}

struct Running {
    number: usize,
    title: String,
    started: Instant,
    estimate: Option<Duration>,
    /// The compiled units and the total units of cargo, by the label of the command.
    units: BTreeMap<&'static str, (u32, u32)>,
}

impl Console {
    /// Creates a console for `total` steps.
    pub(crate) fn new(total: usize, output: Output) -> Self {
        let shared = Arc::new(Shared {
            output,
            is_terminal: io::stdout().is_terminal(),
            total,
            started: Instant::now(),
            state: Mutex::default(),
        });
        let ticking = Arc::downgrade(&shared);
        thread::spawn(move || tick(&ticking));
        Self { shared }
    }

    /// Prints a step's title, runs it, and prints its duration. `estimate` is its usual duration on two
    /// cores.
    pub(crate) fn step<T>(
        &self,
        title: &str,
        estimate: Option<Duration>,
        work: impl FnOnce(&Task) -> Result<T>,
    ) -> Result<T> {
        let task = self.begin(title, estimate)?;
        let outcome = work(&task);
        self.finish(&task, outcome.is_ok());
        outcome
    }

    /// Prints the duration of each step and the total.
    pub(crate) fn print_summary(&self) {
        let state = self.shared.lock();
        println!();
        for (title, duration) in &state.done {
            println!("  {:>12}  {title}", format_duration(*duration));
        }
        println!("  {:>12}  total", format_duration(self.shared.started.elapsed()));
    }

    /// Returns the time since the console was created.
    pub(crate) fn elapsed(&self) -> Duration {
        self.shared.started.elapsed()
    }

    fn begin(&self, title: &str, estimate: Option<Duration>) -> Result<Task> {
        let (log_path, log) = open_log(title)?;
        let mut state = self.shared.lock();
        state.started_steps += 1;
        let (number, started) = (state.started_steps, Instant::now());
        let running = Running { number, title: title.to_owned(), started, estimate, units: BTreeMap::new() };
        state.running.push(running);
        let usual =
            estimate.map(|time| format!(" (usually about {})", format_estimate(time))).unwrap_or_default();
        state.print(&format!("[{number}/{}] {title}{usual}", self.shared.total));
        let shared = Arc::clone(&self.shared);
        Ok(Task { shared, number, log: Mutex::new(log), log_path })
    }

    fn finish(&self, task: &Task, succeeded: bool) {
        let mut state = self.shared.lock();
        let Some(index) = state.running.iter().position(|running| running.number == task.number) else {
            return;
        };
        let running = state.running.remove(index);
        let duration = running.started.elapsed();
        let outcome = if succeeded { "done in" } else { "failed after" };
        // If several steps run in parallel, the number and the title identify the finished step.
        let name = if state.running.is_empty() && state.started_steps == running.number {
            String::new()
        } else {
            format!("[{}/{}] {}: ", running.number, self.shared.total, running.title)
        };
        state.print(&format!("      {name}{outcome} {}", format_duration(duration)));
        state.done.push((running.title, duration));
    }
}

/// A running step. Its commands write to one log file.
pub(crate) struct Task {
    shared: Arc<Shared>,
    number: usize,
    log: Mutex<File>,
    log_path: PathBuf,
}

impl Task {
    /// Runs a command. Writes its output to the log file, and also to the terminal if the command fails.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        self.run_labelled("", command).map(drop)
    }

    /// Runs a command like [`run`](Self::run), and returns its standard output and standard error.
    pub(crate) fn run_labelled(&self, label: &'static str, command: &mut Command) -> Result<String> {
        let (outcome, text) = self.run_captured(label, command)?;
        outcome.inspect_err(|_| self.print_output(&text)).map(|()| text)
    }

    /// Runs a command, and returns its result and its output. Prints the output if the command fails.
    pub(crate) fn run_and_read(&self, command: &mut Command) -> Result<(Result<()>, String)> {
        let (outcome, text) = self.run_captured("", command)?;
        if outcome.is_err() {
            self.print_output(&text);
        }
        Ok((outcome, text))
    }

    /// Prints a line below the step's title.
    pub(crate) fn note(&self, text: &str) {
        let mut state = self.shared.lock();
        state.print(&format!("      {text}"));
    }

    fn run_captured(&self, label: &'static str, command: &mut Command) -> Result<(Result<()>, String)> {
        self.write_log(&format!("$ {}\n", process::shell_line(command)));
        if self.shared.output == Output::Short {
            // By default, cargo draws its progress bar only on a terminal:
            // https://doc.rust-lang.org/cargo/reference/config.html#termprogresswhen
            command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "100");
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| process::spawn_error(command, &error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let (text, errors) = thread::scope(|scope| {
            let errors = scope.spawn(|| stderr.map_or_else(String::new, |pipe| self.read(label, pipe)));
            let text = stdout.map_or_else(String::new, |pipe| self.read(label, pipe));
            errors.join().map(|errors| (text, errors))
        })
        .map_err(|_| anyhow!("cannot read the output of the command"))?;
        let status = child.wait().context("cannot wait for the command")?;
        Ok((process::check_status(command, status), format!("{text}\n{errors}")))
    }

    /// Reads the lines of a pipe. Sends progress bars to the status line and other lines to the log.
    fn read(&self, label: &'static str, pipe: impl Read) -> String {
        let mut text = String::new();
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            // Cargo overwrites its progress bar with carriage returns. The last part is the final line.
            for part in line.split('\r') {
                match cargo_progress(part) {
                    Some(units) => self.set_units(label, units),
                    None if part.is_empty() && line.contains('\r') => {}
                    None => {
                        let part = part.trim_start_matches("\u{1b}[K");
                        self.write_log(&format!("{part}\n"));
                        if self.shared.output == Output::Verbose {
                            println!("{part}");
                        }
                        let _ = writeln!(text, "{part}");
                    }
                }
            }
        }
        text
    }

    fn set_units(&self, label: &'static str, units: (u32, u32)) {
        let mut state = self.shared.lock();
        if let Some(running) = state.running.iter_mut().find(|running| running.number == self.number) {
            running.units.insert(label, units);
        }
    }

    fn write_log(&self, text: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        // Ignores errors: the log is optional, and on a full disk the command itself fails.
        let _ = log.write_all(text.as_bytes());
    }

    /// Prints the output of a failed command, without cargo's progress lines.
    fn print_output(&self, text: &str) {
        if self.shared.output == Output::Short {
            let lines: Vec<_> = text.lines().filter(|line| !is_progress_line(line)).collect();
            let mut state = self.shared.lock();
            state.print(lines.join("\n").trim_end());
            state.print(&format!("      complete output: {}", self.log_path.display()));
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Replaces the status line by a line of text.
    fn print(&mut self, line: &str) {
        self.clear_status();
        println!("{line}");
        let _ = io::stdout().flush();
    }

    fn clear_status(&mut self) {
        if std::mem::take(&mut self.is_status_shown) {
            print!("\r\u{1b}[2K");
        }
    }

    fn draw_status(&mut self) {
        self.clear_status();
        if !self.running.is_empty() {
            let status: String = status_line(&self.running).chars().take(WIDTH).collect();
            print!("{status}");
            self.is_status_shown = true;
        }
        let _ = io::stdout().flush();
    }
}

/// Updates the status line until the console is dropped.
fn tick(console: &Weak<Shared>) {
    let mut last = Instant::now();
    loop {
        thread::sleep(TICK);
        let Some(shared) = console.upgrade() else { return };
        let mut state = shared.lock();
        if shared.output == Output::Verbose || state.running.is_empty() {
            last = Instant::now();
        } else if shared.is_terminal {
            state.draw_status();
        } else if last.elapsed() >= HEARTBEAT {
            println!("{}", status_line(&state.running));
            let _ = io::stdout().flush();
            last = Instant::now();
        }
    }
}

/// Formats the running steps: compiled units, elapsed time and usual time.
fn status_line(running: &[Running]) -> String {
    let steps = running.iter().map(|step| {
        let mut text = step.title.clone();
        for (label, (done, all)) in &step.units {
            let name = if label.is_empty() { String::new() } else { format!("{label} ") };
            let _ = write!(text, ", {name}{done}/{all}");
        }
        let _ = write!(text, ", {}", format_seconds(step.started.elapsed()));
        if let Some(estimate) = step.estimate {
            let _ = write!(text, " of about {}", format_estimate(estimate));
        }
        text
    });
    format!("      {}", steps.collect::<Vec<_>>().join(" | "))
}

/// Parses the units in a progress bar of cargo, such as `Building [===>   ] 12/396: syn, quote`.
fn cargo_progress(line: &str) -> Option<(u32, u32)> {
    let (_, after) =
        line.trim_start_matches(|c: char| c != 'B').strip_prefix("Building")?.split_once("] ")?;
    let (done, rest) = after.split_once('/')?;
    let all: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some((done.trim().parse().ok()?, all.parse().ok()?))
}

/// Returns whether a line is one of cargo's progress messages.
fn is_progress_line(line: &str) -> bool {
    const VERBS: [&str; 12] = [
        "Compiling",
        "Checking",
        "Downloaded",
        "Downloading",
        "Documenting",
        "Updating",
        "Locking",
        "Adding",
        "Installing",
        "Blocking",
        "Building",
        "Fresh",
    ];
    let line = line.trim_start();
    VERBS.iter().any(|verb| line.strip_prefix(verb).is_some_and(|rest| rest.starts_with(' ')))
}

/// Creates the log file of a step.
fn open_log(title: &str) -> Result<(PathBuf, File)> {
    let folder = workspace::target_dir()?.join("xtask-log");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let name: String =
        title.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let path = folder.join(format!("{}.log", name.trim_matches('-')));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok((path, file))
}

/// Formats a duration: with tenths of a second below one minute, in whole seconds above.
pub(crate) fn format_duration(duration: Duration) -> String {
    if duration.as_secs() < 60 {
        format!("{:.1} s", duration.as_secs_f32())
    } else {
        format_seconds(duration)
    }
}

/// Formats a duration in whole seconds.
fn format_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 { format!("{seconds} s") } else { format!("{} min {} s", seconds / 60, seconds % 60) }
}

/// Formats an estimate, rounded to half minutes.
fn format_estimate(duration: Duration) -> String {
    let halves = (duration.as_secs() + 15) / 30;
    match (halves / 2, halves % 2) {
        (0, _) => "half a minute".to_owned(),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, _) => format!("{minutes}½ min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_durations_in_seconds_and_minutes() {
        assert_eq!(format_duration(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(format_duration(Duration::from_secs(125)), "2 min 5 s");
    }

    #[test]
    fn rounds_estimates_to_half_minutes() {
        let formatted = [20, 70, 100, 300].map(|seconds| format_estimate(Duration::from_secs(seconds)));
        assert_eq!(formatted, ["half a minute", "1 min", "1½ min", "5 min"]);
    }

    #[test]
    fn parses_the_progress_bar_of_cargo() {
        let bar = "    Building [=====>                 ] 12/396: syn, quote, proc-macro2...";
        assert_eq!(cargo_progress(bar), Some((12, 396)));
        let coloured = "\u{1b}[1m\u{1b}[96m    Building\u{1b}[0m [===>  ] 7/80: a(build)";
        assert_eq!(cargo_progress(coloured), Some((7, 80)));
        assert_eq!(cargo_progress("   Compiling syn v3.0.10"), None);
        assert_eq!(cargo_progress("error[E0308]: mismatched types: 1/2"), None);
    }

    #[test]
    fn recognises_the_progress_lines_of_cargo() {
        assert!(is_progress_line("   Compiling syn v3.0.10"));
        assert!(is_progress_line("  Downloaded syn v3.0.10"));
        assert!(!is_progress_line("error: could not compile `syn`"));
        assert!(!is_progress_line("Buildings are no progress lines"));
    }

    #[test]
    fn logs_the_output_of_a_failed_command() {
        let console = Console::new(1, Output::Short);
        let text = console.step("Testing the console", None, |task| {
            let mut script = process::command("sh");
            script
                .args(["-c", "printf 'some %s\\n' output; printf '   Building [=> ] 3/4: a\\r' >&2; exit 3"]);
            let (outcome, text) = task.run_and_read(&mut script)?;
            assert!(outcome.unwrap_err().to_string().contains("exit status: 3"));
            Ok(text)
        });
        assert_eq!(text.unwrap().trim(), "some output");
        let log = workspace::target_dir().unwrap().join("xtask-log").join("testing-the-console.log");
        assert!(fs::read_to_string(log).unwrap().contains("some output"));
    }
}
