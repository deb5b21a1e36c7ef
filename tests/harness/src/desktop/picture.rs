//! What a window looks like.

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use super::{Desktop, DesktopError};

/// A picture: red, green and blue of each pixel, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Three bytes a pixel.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// A pixel's red, green and blue. `[any]`
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        let at = 3 * (y * self.width + x) as usize;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// The pixels of a colour, column and row, row by row. `[any]`
    pub fn places(&self, colour: [u8; 3]) -> impl Iterator<Item = (u32, u32)> {
        let pixels = self.rgb.chunks_exact(3).zip(0..);
        let found = pixels.filter(move |(pixel, _)| *pixel == colour);
        found.map(|(_, at)| (at % self.width, at / self.width))
    }

    /// How many colours it has; a window that draws nothing has one. `[any]`
    pub fn colours(&self) -> usize {
        self.rgb.chunks_exact(3).collect::<std::collections::HashSet<_>>().len()
    }
}

impl Desktop {
    /// What a window looks like now, with the windows in it. `[control]`
    ///
    /// # Errors
    /// Where the window is not shown, or is partly outside the screen.
    pub fn picture(&self, window: u32) -> Result<Picture, DesktopError> {
        let (width, height) = self.size(window)?;
        // Of the root, so that children with other visuals are in it.
        let place = self.client.connection.translate_coordinates(window, self.client.root, 0, 0)?.reply()?;
        let (columns, rows) = (width as u16, height as u16);
        let image = self
            .client
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.client.root, place.dst_x, place.dst_y, columns, rows, !0)?
            .reply()?;
        let is_little =
            self.client.connection.setup().image_byte_order == x11rb::protocol::xproto::ImageOrder::LSB_FIRST;
        let rgb =
            image
                .data
                .chunks_exact(4)
                .flat_map(|pixel| {
                    if is_little { [pixel[2], pixel[1], pixel[0]] } else { [pixel[1], pixel[2], pixel[3]] }
                })
                .collect();
        Ok(Picture { width, height, rgb })
    }
}
