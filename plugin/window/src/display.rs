//! Whether a window can be opened here, and how large a point is: asked before there is one.

/// What is missing for a window to open. The editor does not open then; everything else goes on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// No X server.
    #[error(
        "no X11 display can be reached ({0}); set DISPLAY, or start the host in a session with X11 or XWayland"
    )]
    Server(String),
    /// A library.
    #[error("the library {name} is not there ({reason}); install {package}")]
    Library {
        /// Its file.
        name: &'static str,
        /// What the loader says.
        reason: String,
        /// Debian's package of it.
        package: &'static str,
    },
}

/// The display that windows open on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Display {
    /// Pixels per point that the user's settings ask for; `None` where they say nothing.
    scale: Option<f32>,
}

impl Display {
    /// Looks for the display, and for the libraries that a window opens. `[control]`
    ///
    /// # Errors
    /// Where something is missing.
    #[cfg(target_os = "linux")]
    pub fn find() -> Result<Self, Missing> {
        for (name, package) in LIBRARIES {
            find_library(name, package)?;
        }
        // Either of the two ways to OpenGL will do; each that is there is kept.
        let (gl, egl) = (find_library("libGL.so.1", "libgl1"), find_library("libEGL.so.1", "libegl1"));
        gl.or(egl)?;
        let (connection, _) = x11rb::rust_connection::RustConnection::connect(None)
            .map_err(|error| Missing::Server(error.to_string()))?;
        let resources = x11rb::resource_manager::new_from_default(&connection);
        let dpi =
            resources.ok().and_then(|resources| resources.get_value::<f32>("Xft.dpi", "").ok().flatten());
        Ok(Self { scale: dpi.map(|dpi| dpi / 96.0).filter(|scale| scale.is_finite() && *scale > 0.0) })
    }

    /// As on Linux; elsewhere a window can always be opened, and the host says how large a point is. `[control]`
    ///
    /// # Errors
    /// None.
    #[cfg(not(target_os = "linux"))]
    pub fn find() -> Result<Self, Missing> {
        Ok(Self { scale: None })
    }

    /// Pixels per point: what the host asks for, unless that is none or 1; then what the user's settings say. `[any]`
    pub fn scale(&self, host: Option<f32>) -> f32 {
        let said = host.filter(|scale| scale.is_finite() && *scale > 0.0);
        let scale = said.filter(|scale| *scale != 1.0).or(self.scale).or(said).unwrap_or(1.0);
        scale.clamp(0.5, 4.0)
    }
}

/// Libraries that a window opens besides OpenGL's, with Debian's package of each.
#[cfg(target_os = "linux")]
const LIBRARIES: [(&str, &str); 3] =
    [("libX11.so.6", "libx11-6"), ("libX11-xcb.so.1", "libx11-xcb1"), ("libxcb.so.1", "libxcb1")];

/// Opens a library for as long as the process lives. OpenGL's may not be unloaded: they have the system call them when a thread
/// ends, even when they are no longer there, and each further load takes one of the process's 1,024 keys for such calls.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "opening a library runs its initializers")]
fn find_library(name: &'static str, package: &'static str) -> Result<(), Missing> {
    // SAFETY: These are the system's libraries, whose initializers every program with a window runs.
    let library = unsafe { libloading::Library::new(name) };
    library.map(std::mem::forget).map_err(|error| Missing::Library {
        name,
        reason: error.to_string(),
        package,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_scale_goes_before_the_users_unless_it_is_ordinary() {
        let (with, without) = (Display { scale: Some(2.0) }, Display { scale: None });
        assert_eq!([with.scale(None), with.scale(Some(1.0)), with.scale(Some(1.5))], [2.0, 2.0, 1.5]);
        assert_eq!(
            [without.scale(None), without.scale(Some(1.0)), without.scale(Some(3.0))],
            [1.0, 1.0, 3.0]
        );
        assert_eq!(without.scale(Some(f32::NAN)), 1.0);
    }
}
