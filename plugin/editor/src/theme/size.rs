//! Lengths, in points: one scale for gaps, a few heights, radii and line widths.

/// The steps of all gaps: half a step, one, and so on.
pub const GAP: [f32; 6] = [4.0, 8.0, 12.0, 16.0, 24.0, 32.0];
/// Between things that belong together.
pub const TIGHT: f32 = 4.0;
/// Between neighbours, and between panels.
pub const NEAR: f32 = 8.0;
/// Between the edge of a panel and what is in it.
pub const INSET: f32 = 12.0;
/// Between groups.
pub const GROUP: f32 = 16.0;
/// Between sections.
pub const SECTION: f32 = 24.0;

/// The height of a button or a field.
pub const CONTROL: f32 = 28.0;
/// The height of a control in a dense row; nothing that is clicked is smaller.
pub const COMPACT: f32 = 24.0;
/// The width and height of a knob with its label and its value.
pub const KNOB_CELL: [f32; 2] = [72.0, 88.0];
/// The diameter of a knob's ring.
pub const KNOB_RING: f32 = 40.0;

/// Text of axes.
pub const TEXT_AXIS: f32 = 11.0;
/// Text of labels.
pub const TEXT_LABEL: f32 = 12.0;
/// Text that is read, and of buttons.
pub const TEXT_BODY: f32 = 13.0;
/// Text of code.
pub const TEXT_CODE: f32 = 14.0;
/// The height of a line of code.
pub const CODE_LINE: f32 = 18.0;
/// Titles.
pub const TEXT_TITLE: f32 = 16.0;
/// The document's name.
pub const TEXT_NAME: f32 = 20.0;

/// Corner radius of marks: selections, underlines, meters.
pub const RADIUS_MARK: u8 = 2;
/// Corner radius of controls.
pub const RADIUS_CONTROL: u8 = 4;
/// Corner radius of panels.
pub const RADIUS_PANEL: u8 = 6;
/// Corner radius of popups.
pub const RADIUS_POPUP: u8 = 8;

/// Width of edges and separators.
pub const LINE: f32 = 1.0;
/// Width of the ring round what has the keyboard, and of a modulation arc.
pub const RING: f32 = 2.0;
/// Width of a value's arc.
pub const ARC: f32 = 3.0;
