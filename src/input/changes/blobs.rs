//! The bytes that files had in a commit.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::ChangesError;
use super::git::{Git, not_run};

/// Longer answers than `<object> blob <size>` are none; bytes.
const MAX_HEADER: u64 = 256;

/// Reads objects, up to a size each and a size of all.
pub(super) struct Blobs<'g> {
    git: &'g Git,
    max: u64,
    left: u64,
    running: Option<Running>,
}

/// One process tells sizes, the other gives contents, so that git never unpacks what is too large.
struct Running {
    sizes: Batch,
    contents: Batch,
}

impl<'g> Blobs<'g> {
    /// Objects of not more than `max` bytes, all together not more than `total`.
    pub(super) fn new(git: &'g Git, max: u64, total: u64) -> Self {
        Self { git, max, left: total, running: None }
    }

    /// The object's bytes. `None` if it is too large or not there.
    ///
    /// # Errors
    /// If git fails.
    pub(super) fn read(&mut self, object: &str) -> Result<Option<Vec<u8>>, ChangesError> {
        let running = match self.running.take() {
            Some(running) => self.running.insert(running),
            None => self.running.insert(Running::start(self.git)?),
        };
        let Some(size) = running.sizes.ask(object)?.filter(|size| *size <= self.max.min(self.left)) else {
            return Ok(None);
        };
        self.left -= size;
        running.contents.ask(object)?;
        running.contents.take(size).map(Some)
    }
}

impl Running {
    fn start(git: &Git) -> Result<Self, ChangesError> {
        Ok(Self { sizes: Batch::start(git, "--batch-check")?, contents: Batch::start(git, "--batch")? })
    }
}

/// A `git cat-file` that is asked for one object after the other. Each answer is read before the next question, so that
/// neither side waits for the other with a full pipe.
struct Batch {
    process: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn start(git: &Git, mode: &str) -> Result<Self, ChangesError> {
        let mut command = git.command(&["cat-file", mode]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().map_err(not_run)?;
        let questions = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().ok_or_else(stopped)?);
        Ok(Self { process, questions, answers })
    }

    /// The size of the object, if there is such a file.
    fn ask(&mut self, object: &str) -> Result<Option<u64>, ChangesError> {
        let questions = self.questions.as_mut().ok_or_else(stopped)?;
        questions.write_all(format!("{object}\n").as_bytes()).map_err(ChangesError::CannotRun)?;
        let mut header = String::new();
        let read = self.answers.by_ref().take(MAX_HEADER).read_line(&mut header);
        if read.map_err(ChangesError::CannotRun)? == 0 {
            return Err(stopped());
        }
        let mut words = header.split_whitespace().skip(1);
        let is_blob = words.next() == Some("blob");
        Ok(words.next().filter(|_| is_blob).and_then(|size| size.parse().ok()))
    }

    /// The object's bytes, after its size was asked for.
    fn take(&mut self, size: u64) -> Result<Vec<u8>, ChangesError> {
        let mut bytes = Vec::new();
        // A newline follows.
        self.answers
            .by_ref()
            .take(size.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(ChangesError::CannotRun)?;
        bytes.pop().filter(|last| *last == b'\n' && bytes.len() as u64 == size).ok_or_else(stopped)?;
        Ok(bytes)
    }
}

impl Drop for Batch {
    /// Without questions git ends; not waiting for it would leave a zombie.
    fn drop(&mut self) {
        self.questions = None;
        // It may still be writing an answer that nobody reads.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn stopped() -> ChangesError {
    ChangesError::Failed { message: "`git cat-file` stopped early".to_owned() }
}
