//! A picture: its pixels, its file, and how far it is from another.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use egui::Color32;

/// Pixels of four bytes: red, green, blue, alpha (premultiplied), row after row from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgba: Vec<u8>,
}

/// Why a picture could not be written or read.
#[derive(Debug)]
pub enum PictureError {
    /// The file cannot be opened.
    Open(std::io::Error),
    /// The pixels cannot be written.
    Write(png::EncodingError),
    /// The file does not hold a picture.
    Read(png::DecodingError),
    /// The file holds a picture of another kind than 8-bit red, green, blue and alpha.
    OtherKind,
}

impl std::fmt::Display for PictureError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(error) => write!(f, "the file cannot be opened: {error}"),
            Self::Write(error) => write!(f, "the picture cannot be written: {error}"),
            Self::Read(error) => write!(f, "the file does not hold a picture: {error}"),
            Self::OtherKind => {
                write!(f, "the picture does not have 8 bits for each of red, green, blue and alpha")
            }
        }
    }
}

impl std::error::Error for PictureError {}

/// How far two pictures of one size are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The greatest difference of a byte.
    pub greatest: u8,
    /// How many pixels have a byte that differs by more than 4.
    pub pixels: usize,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

impl Picture {
    /// A picture of one colour; sizes in pixels. `[any]`
    pub fn filled(width: usize, height: usize, colour: Color32) -> Self {
        Self { width, height, rgba: colour.to_array().repeat(width * height) }
    }

    /// Its width in pixels. `[any]`
    pub fn width(&self) -> usize {
        self.width
    }

    /// Its height in pixels. `[any]`
    pub fn height(&self) -> usize {
        self.height
    }

    /// Its bytes. `[any]`
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// One pixel; a place outside the picture is an error of the caller. `[any]`
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        let at = 4 * (y * self.width + x);
        [self.rgba[at], self.rgba[at + 1], self.rgba[at + 2], self.rgba[at + 3]]
    }

    /// The bytes of columns `from..to` of a row.
    pub(crate) fn row_mut(&mut self, row: usize, from: usize, to: usize) -> &mut [u8] {
        let start = row * self.width;
        &mut self.rgba[4 * (start + from)..4 * (start + to)]
    }

    /// Writes it as a PNG file. `[control]`
    ///
    /// # Errors
    /// [`PictureError`], when the file cannot be made or written.
    pub fn write(&self, path: &Path) -> Result<(), PictureError> {
        let file = File::create(path).map_err(PictureError::Open)?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header().and_then(|mut w| w.write_image_data(&self.rgba)).map_err(PictureError::Write)
    }

    /// Reads a PNG file that [`Picture::write`] has written. `[control]`
    ///
    /// # Errors
    /// [`PictureError`], when the file is not there or holds something else.
    pub fn read(path: &Path) -> Result<Self, PictureError> {
        let file = File::open(path).map_err(PictureError::Open)?;
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().map_err(PictureError::Read)?;
        let info = reader.info();
        if info.color_type != png::ColorType::Rgba || info.bit_depth != png::BitDepth::Eight {
            return Err(PictureError::OtherKind);
        }
        let (width, height) = (info.width as usize, info.height as usize);
        let mut rgba = vec![0; 4 * width * height];
        reader.next_frame(&mut rgba).map_err(PictureError::Read)?;
        Ok(Self { width, height, rgba })
    }

    /// How far another picture is from this one; nothing when their sizes differ. `[any]`
    pub fn difference(&self, other: &Self) -> Option<Difference> {
        if (self.width, self.height) != (other.width, other.height) {
            return None;
        }
        let mut difference = Difference { greatest: 0, pixels: 0 };
        for (a, b) in self.rgba.chunks_exact(4).zip(other.rgba.chunks_exact(4)) {
            let apart = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
            difference.greatest = difference.greatest.max(apart);
            difference.pixels += usize::from(apart > 4);
        }
        Some(difference)
    }
}
