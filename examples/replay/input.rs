//! Lines of files, as bytes: a line that is gigantic or not UTF-8 is one bad line and does not stop the others.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::failure::Flaw;

/// The longest line that is kept in memory, in bytes; of a longer one only the end is looked for.
pub(crate) const MAX_LINE: usize = 16 << 20;

/// Where a line is.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    file: Arc<str>,
    line: u64,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A line, or why there is none.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) spot: Spot,
    /// How far it moves the reader, in bytes.
    pub(crate) width: u64,
    pub(crate) content: Result<Vec<u8>, Flaw>,
}

/// How much there is to read, in bytes, as far as that is known beforehand.
pub(crate) fn size(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
}

/// The lines of all files, one after the other; blank ones are left out.
pub(crate) fn lines(files: &[PathBuf]) -> impl Iterator<Item = Line> {
    files.iter().flat_map(|file| Lines::of(file))
}

/// The lines of one file.
struct Lines {
    file: Arc<str>,
    /// `None` once there is nothing more to be had.
    reader: Option<io::Result<BufReader<File>>>,
    line: u64,
}

impl Lines {
    fn of(path: &Path) -> Self {
        let reader = File::open(path).map(BufReader::new);
        Self { file: path.display().to_string().into(), reader: Some(reader), line: 0 }
    }

    fn numbered(&mut self, width: u64, content: Result<Vec<u8>, Flaw>) -> Line {
        Line { spot: Spot { file: Arc::clone(&self.file), line: self.line }, width, content }
    }
}

impl Iterator for Lines {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        loop {
            self.line += 1;
            let read = match self.reader.as_mut()? {
                Ok(reader) => bounded_line(reader),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            match read {
                Ok(None) => self.reader = None,
                Ok(Some((_, Some(line)))) if line.trim_ascii().is_empty() => {}
                Ok(Some((width, Some(line)))) => return Some(self.numbered(width, Ok(line))),
                Ok(Some((width, None))) => return Some(self.numbered(width, Err(Flaw::LineTooLong))),
                Err(error) => {
                    self.reader = None;
                    return Some(self.numbered(0, Err(Flaw::CannotRead(error))));
                }
            }
        }
    }
}

/// The next line without its end, and how many bytes it took; the line is `None` if it is too long to keep.
fn bounded_line(reader: &mut impl BufRead) -> io::Result<Option<(u64, Option<Vec<u8>>)>> {
    let (mut line, mut width) = (Vec::new(), 0_u64);
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok((width > 0).then(|| (width, whole(line, width))));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        if line.len() + part.len() <= MAX_LINE {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        width += used as u64;
        reader.consume(used);
        if end.is_some() {
            return Ok(Some((width, whole(line, width - 1))));
        }
    }
}

/// The line, unless parts of it were dropped.
fn whole(line: Vec<u8>, length: u64) -> Option<Vec<u8>> {
    (line.len() as u64 == length).then_some(line)
}
