//! What the window shows, as plain data: brought up to date by news, changed by commands.
