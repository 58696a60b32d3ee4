//! What verbs read that judge nothing.

use std::path::PathBuf;

use jiff::civil::Date;

use super::inputs::InputArgs;
use super::{Io, audit};
use crate::config::{ConfigFile, RunFlags, Settings};
use crate::engine::Survey;
use crate::error::Error;

impl InputArgs {
    /// Reads what is at `paths`, and what names may lead to. `wanted` is what the command line says of the configuration.
    pub(super) fn survey(
        &self,
        paths: &[PathBuf],
        wanted: ConfigFile,
        io: &mut Io<'_>,
    ) -> Result<(Survey, Settings), Error> {
        let (workspace, starts) = self.locate(paths, io)?;
        let config = self.configuration(&workspace)?;
        let flags = RunFlags {
            threads: self.threads,
            strict: false,
            exit_zero: false,
            allow_empty: self.force_exclude,
            no_ignores: true,
            today: Date::ZERO,
        };
        let wanted = ConfigFile { max_file_size: self.max_file_size, ..wanted };
        let settings = Settings::resolve(&workspace, config, wanted, flags)?;
        let (request, failed) = self.request((workspace, starts), paths, &settings, io);
        let survey = audit::survey(&request, failed, &settings)?;
        Ok((survey, settings))
    }
}
