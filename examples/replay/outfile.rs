//! The output: whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Options;
use crate::failure::Fatal;

/// A file that takes its name once it is complete; a run that is killed leaves the one before.
#[derive(Debug)]
pub(crate) struct OutFile {
    writer: BufWriter<File>,
    /// What is written, and what it is to become; `None` for a pipe or a device, which is written at once.
    rename: Option<(PathBuf, PathBuf)>,
    path: PathBuf,
}

impl OutFile {
    /// Begins the file of `--out`, if one is asked for.
    pub(crate) fn begin(options: &Options) -> Result<Option<Self>, Fatal> {
        let Some(path) = &options.out else { return Ok(None) };
        let inputs = options.files.iter().map(|file| (file, "input"));
        for (other, what) in inputs.chain([(&options.db, "database")]) {
            if is_same(path, other) {
                return Err(Fatal::OutputIs { path: path.clone(), what });
            }
        }
        Self::create(path).map(Some).map_err(|source| Fatal::Output { path: path.clone(), source })
    }

    fn create(path: &Path) -> io::Result<Self> {
        // A link stays a link: what it leads to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let rename = match target.metadata() {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => None,
            _ => {
                let mut name = target.clone().into_os_string();
                name.push(".partial");
                Some((PathBuf::from(name), target.clone()))
            }
        };
        let file = match &rename {
            Some((partial, _)) => File::create(partial)?,
            None => File::options().write(true).open(&target)?,
        };
        Ok(Self { writer: BufWriter::new(file), rename, path: path.to_owned() })
    }

    pub(crate) fn write(&mut self, line: &str) -> Result<(), Fatal> {
        self.writer.write_all(line.as_bytes()).map_err(|source| self.fatal(source))
    }

    /// Makes it complete.
    pub(crate) fn finish(mut self) -> Result<(), Fatal> {
        self.rename().map_err(|source| self.fatal(source))
    }

    fn rename(&mut self) -> io::Result<()> {
        self.writer.flush()?;
        if let Some((partial, target)) = &self.rename {
            self.writer.get_ref().sync_all()?;
            fs::rename(partial, target)?;
            self.rename = None;
        }
        Ok(())
    }

    fn fatal(&self, source: io::Error) -> Fatal {
        Fatal::Output { path: self.path.clone(), source }
    }
}

impl Drop for OutFile {
    /// What was not completed is of no use.
    fn drop(&mut self) {
        if let Some((partial, _)) = &self.rename {
            let _ = fs::remove_file(partial);
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}
