//! What presets a soundfont has. Csound itself says nothing that can be relied on where one is missing.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::EngineError;

/// A preset of a soundfont.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoundfontPreset {
    /// Its bank, 0 to 128; drums are usually 128.
    pub bank: u16,
    /// Its program, 0 to 127.
    pub program: u16,
    /// Its name.
    pub name: String,
}

/// Bytes of a preset's header.
const HEADER: usize = 38;
/// A list of presets that is longer than this is none.
const LIST_MAX: u32 = 1 << 20;

/// The presets of a soundfont, in the order in which the file has them. `[control]`
///
/// # Errors
/// [`EngineError::File`] where it cannot be read or is no soundfont.
pub fn presets(path: &Path) -> Result<Vec<SoundfontPreset>, EngineError> {
    let refused = |reason: String| EngineError::File { path: path.to_owned(), reason };
    let mut file = File::open(path).map_err(|error| refused(error.to_string()))?;
    let headers = headers(&mut file).map_err(|_| refused("this is no soundfont (.sf2)".into()))?;
    // The last one only says where the list ends.
    let count = (headers.len() / HEADER).saturating_sub(1);
    Ok(headers.chunks_exact(HEADER).take(count).map(preset).collect())
}

fn preset(header: &[u8]) -> SoundfontPreset {
    let name = header[..20].split(|byte| *byte == 0).next().unwrap_or_default();
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    SoundfontPreset {
        bank: number(22),
        program: number(20),
        name: String::from_utf8_lossy(name).trim().into(),
    }
}

/// The chunk `phdr`, which lies in the list `pdta`.
fn headers(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut form = [0; 12];
    file.read_exact(&mut form)?;
    if !(form.starts_with(b"RIFF") && form.ends_with(b"sfbk")) {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    loop {
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let mut kind = [0; 4];
        match &head[..4] {
            b"phdr" if length <= LIST_MAX => {
                let mut headers = vec![0; length as usize];
                file.read_exact(&mut headers)?;
                return Ok(headers);
            }
            b"LIST" => {
                file.read_exact(&mut kind)?;
                // Other lists are passed over; the samples are long.
                if &kind != b"pdta" {
                    skip(file, i64::from(length) - 4)?;
                }
            }
            _ => skip(file, i64::from(length))?,
        }
    }
}

/// Chunks begin at even places.
fn skip(file: &mut File, length: i64) -> std::io::Result<()> {
    file.seek(SeekFrom::Current(length + length % 2)).map(drop)
}
