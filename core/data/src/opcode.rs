//! What Csound says of an opcode, for whoever writes, colours or completes an orchestra.

/// One form of an opcode; one that takes several types has a form for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opcode {
    /// Its name; without the type that Csound puts behind a `.` to tell forms apart.
    pub name: String,
    /// The types of its results, one letter each: `i` `k` `a` `S` `f`, `[]` behind one for an array, `m` and its kin for
    /// any number.
    pub out_types: String,
    /// The types of its arguments: the same letters, `x` for `k` or `a`, and `o p q v j h O P V J` for ones that may be
    /// left out.
    pub in_types: String,
    /// What it depends on and what it changes, as the bits of [`Opcode::READS_TABLE`] and the others.
    pub flags: u32,
}

impl Opcode {
    /// It reads a table.
    pub const READS_TABLE: u32 = 0x8;
    /// It writes a table.
    pub const WRITES_TABLE: u32 = 0x10;
    /// It reads a channel.
    pub const READS_CHANNEL: u32 = 0x20;
    /// It writes a channel.
    pub const WRITES_CHANNEL: u32 = 0x40;
    /// It prints.
    pub const PRINTS: u32 = 0x100;
    /// It is kept for old orchestras.
    pub const DEPRECATED: u32 = 0x8000;

    /// Whether it is kept for old orchestras, and another one should be used. `[any]`
    pub fn is_deprecated(&self) -> bool {
        self.flags & Self::DEPRECATED != 0
    }
}
