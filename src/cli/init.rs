//! `saudit init`: a configuration to start from.

use std::fs::OpenOptions;
use std::io::{self, Write};

use super::{Exit, Io};
use crate::config::{CONFIG_NAMES, TEMPLATE};
use crate::error::Error;

pub(super) fn run(io: &mut Io<'_>) -> Result<Exit, Error> {
    let cwd = io.environment.cwd.clone();
    if let Some(path) = CONFIG_NAMES.map(|name| cwd.join(name)).into_iter().find(|path| path.exists()) {
        return Err(Error::ConfigExists { path });
    }
    let path = cwd.join("saudit.yaml");
    // `create_new`: what appears there in the meantime, a link that leads elsewhere included, is left alone.
    let written = OpenOptions::new().write(true).create_new(true).open(&path);
    written.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|source| {
        match source.kind() {
            io::ErrorKind::AlreadyExists => Error::ConfigExists { path: path.clone() },
            _ => Error::UnwritableFile { path: path.clone(), source },
        }
    })?;
    io.print("wrote saudit.yaml\n")?;
    Ok(Exit::Clean)
}
