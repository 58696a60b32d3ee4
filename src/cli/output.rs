//! Where reports go.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Io;
use super::io::unless_closed;
use crate::engine::Run;
use crate::error::Error;
use crate::report::{Output, TextOptions, reporter};

/// Refuses two reports on standard output: each would spoil the other.
pub(super) fn reject_collisions(outputs: &[Output]) -> Result<(), Error> {
    if outputs.iter().filter(|output| output.path.is_none()).count() > 1 {
        return Err(Error::OutputsCollide);
    }
    Ok(())
}

/// Writes a report to where it is wanted. Colours and links are for standard output only.
pub(super) fn write(wanted: &Output, options: TextOptions, run: &Run, io: &mut Io<'_>) -> Result<(), Error> {
    let Some(path) = &wanted.path else {
        return unless_closed(reporter(wanted.format, options).write(run, io.stdout));
    };
    let options = TextOptions { color: false, links: false, ..options };
    let path = io.environment.cwd.join(path);
    let written = replace(&path, |out| reporter(wanted.format, options).write(run, out));
    written.map_err(|source| Error::UnwritableFile { path, source })
}

/// Replaces a file at once or not at all, so that nobody ever reads half of it. Keeps the permissions of the old one;
/// through a link, the file behind it is replaced.
pub(super) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&target).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        // A terminal, a pipe, `/dev/null`: there is nothing to replace.
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(&target)?);
        write(&mut out)?;
        return out.flush();
    }
    let mut new = temporary_beside(&target)?;
    let mut out = BufWriter::new(new.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    if let Some(old) = old {
        keep_owner(new.as_file(), &old);
        new.as_file().set_permissions(old.permissions())?;
    }
    new.persist(&target).map(|_| ()).map_err(|error| error.error)
}

/// A file that root mends stays its owner's. Others may give away neither user nor group, and mend all the same.
fn keep_owner(new: &File, old: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
    }
    #[cfg(not(unix))]
    let _ = (new, old);
}

/// A new file in the same folder, so that it can be renamed, readable for those whom the umask lets.
fn temporary_beside(target: &Path) -> io::Result<NamedTempFile> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".saudit-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).map_err(|error| without_path(&error))
}

/// The reason alone: nobody asked for a temporary file, so its name helps nobody.
fn without_path(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let reason = text.split_once(" at path ").map_or(text.as_str(), |(reason, _)| reason);
    io::Error::new(error.kind(), reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, text: &str) -> io::Result<()> {
        replace(path, |out| out.write_all(text.as_bytes()))
    }

    #[test]
    fn a_file_is_made_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        put(&path, "one").unwrap();
        put(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "and nothing is left behind");
    }

    #[test]
    fn a_failure_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        put(&path, "old").unwrap();
        assert!(replace(&path, |_| Err(io::ErrorKind::StorageFull.into())).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn folders_are_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let error = put(&folder.path().join("no/report"), "").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(!error.to_string().contains(".saudit-"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("report"), folder.path().join("link"));
        put(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        // Only root can give files away; for others nothing changes.
        let _ = std::os::unix::fs::chown(&path, Some(4321), Some(4321));
        let owner = fs::metadata(&path).unwrap().uid();
        symlink("report", &link).unwrap();
        put(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&path).unwrap().uid(), owner);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn only_one_report_on_standard_output() {
        let outputs =
            |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Output>>();
        assert!(reject_collisions(&outputs(&["text", "sarif=a", "json=b"])).is_ok());
        assert!(reject_collisions(&outputs(&["text", "sarif"])).is_err());
    }
}
