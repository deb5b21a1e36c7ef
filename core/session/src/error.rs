//! What a session can answer instead of doing what it was asked.

use ksmps_data::diagnostic::Diagnostic;
use ksmps_data::file::FileError;
use ksmps_data::template::TemplateError;
use ksmps_data::verbs::EngineError;

/// Why a session did not do something. It stays as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SessionError {
    /// A template cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No template of this name.
    #[error("there is no template {name}; there are: {}", known.join(", "))]
    UnknownTemplate {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The template has no such argument.
    #[error("{template} has no argument {name}; it has: {}", known.join(", "))]
    UnknownArgument {
        /// The template's name.
        template: String,
        /// The argument asked for.
        name: String,
        /// The arguments there are.
        known: Vec<String>,
    },
    /// The argument is read once, when the event starts.
    #[error(
        "{name} of {template} is read when the event starts and cannot change afterwards: one that begins with k can"
    )]
    FixedArgument {
        /// The template's name.
        template: String,
        /// The argument.
        name: String,
    },
    /// A text was given where a number is wanted, or the other way round.
    #[error("{name} of {template} takes a {wanted}")]
    ArgumentKind {
        /// The template's name.
        template: String,
        /// The argument.
        name: String,
        /// `number` or `text`.
        wanted: &'static str,
    },
    /// Arguments came as a list and by name at once, or there are too many.
    #[error("{0}")]
    Arguments(String),
    /// A priority that the session does not have.
    #[error("there is no priority {given}: there are 1 to {count}, or -1 to -{count} from the last")]
    Priority {
        /// The priority asked for.
        given: i32,
        /// How many there are.
        count: u32,
    },
    /// All instrument numbers of a priority are taken.
    #[error(
        "priority {priority} has room for {room} instruments, and they are taken: use another priority, or a session with fewer of them"
    )]
    PriorityFull {
        /// The priority.
        priority: u32,
        /// How many instruments it can have.
        room: u32,
    },
    /// No event with this id.
    #[error("there is no event {0}: `sched` says which number an event has")]
    UnknownEvent(u64),
    /// No event with this p1.
    #[error("there is no event with p1 = {0}: an event knows its own (`Event::p1`)")]
    UnknownP1(f64),
    /// A time that is negative or not a number.
    #[error("{0} is no time: seconds are wanted, 0 or more")]
    BadTime(f64),
    /// A channel needs a value or a kind.
    #[error("the channel {0} needs a value or a kind")]
    ChannelKind(String),
    /// No such bus in this session.
    #[error("there is no bus {0}: `assign_bus` makes one")]
    UnknownBus(i64),
    /// A bus cannot do this, or there is none left.
    #[error("{0}")]
    Bus(String),
    /// No such table in this session.
    #[error("there is no table {0}: `make_table` and `read_sound` make one")]
    UnknownTable(u32),
    /// The table cannot be made as it was asked for.
    #[error("the table cannot be made: {0}")]
    BadTable(String),
    /// A packed spectrum that is none.
    #[error("the partials cannot be played: {0}")]
    BadPartials(String),
    /// A value in the session's configuration is out of its range.
    #[error("{0}")]
    Configuration(String),
    /// Nothing to render: no event, or only events without an end and no end marker.
    #[error("there is nothing to render: {0}")]
    NothingToRender(&'static str),
    /// A template, its init code or global code does not compile.
    #[error("{place} does not compile:\n{}", diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Compile {
        /// `template sine`, `global code 1`.
        place: String,
        /// Lines are those of that text.
        diagnostics: Vec<Diagnostic>,
    },
    /// Csound refused while it played, or an engine's verb did.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The engine that plays the session has something with a number of the session's.
    #[error(
        "{what} {number} of the session has the number of a {what} of the document: give the document's another"
    )]
    Taken {
        /// `table` or `instr`.
        what: &'static str,
        /// The number.
        number: u32,
    },
    /// A document and the project's session declare a template of the same name.
    #[error("the template {0} is declared in the document and in the project's session: rename one of them")]
    TwoTemplates(String),
    /// Somebody else changed the project's session at the same time.
    #[error("the project's session was changed meanwhile: do it again")]
    Changed,
    /// Something that a render can do and a plugin cannot while it plays.
    #[error("a plugin cannot do this while it plays: {0}")]
    NotLive(String),
    /// A session file that cannot be understood.
    #[error("this is no session that can be read: {0}")]
    Json(String),
}
