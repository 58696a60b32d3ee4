//! A program with a limit on its time and on what it prints.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use super::{Limits, first_error};

/// How often it is looked whether the program has ended.
const PAUSE: Duration = Duration::from_millis(5);
/// How long its last words are waited for: something that it left behind may keep the pipe open.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// More of its errors is not read; bytes.
const MAX_ERRORS: usize = 64 << 10;

/// What the program prints.
///
/// # Errors
/// If it cannot be run, fails, takes too long or prints too much: the reason, in one line.
pub(super) fn run(mut command: Command, limits: Limits) -> Result<String, String> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let output = read(child.stdout.take(), limits.output);
    let errors = read(child.stderr.take(), MAX_ERRORS);
    let Some(status) = wait(&mut child, limits.time) else {
        return Err(format!("it took longer than {} s", limits.time.as_secs_f32()));
    };
    let Ok(output) = output.recv_timeout(LAST_WORDS) else {
        return Err("something that it started still runs".to_owned());
    };
    if output.len() > limits.output {
        return Err(format!("it printed more than {} MiB", limits.output >> 20));
    }
    if status.success() {
        return String::from_utf8(output).map_err(|_| "what it printed is not UTF-8".to_owned());
    }
    let errors = errors.recv_timeout(LAST_WORDS).unwrap_or_default();
    Err(first_error(&String::from_utf8_lossy(&errors)))
}

/// Reads from a pipe in a thread of its own, one byte more than allowed at most; the program cannot write on then.
fn read(pipe: Option<impl Read + Send + 'static>, limit: usize) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(pipe) = pipe {
            // What can be read before an error is enough.
            let _ = pipe.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes);
        }
        // Nobody may listen any more.
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for the end of a program; kills it when its time is up.
fn wait(child: &mut Child, time: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + time;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= end {
            // It may have ended just now.
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(PAUSE);
    }
}
