//! Seam: the link between an instance and its editor: what is watched, from what the user does to what stands beside the
//! line.

use std::sync::Arc;
use std::time::Duration;

use ksmps::host_link::NoHost;
use ksmps::instance::Instance;
use ksmps::link::Link;
use ksmps_core::engine::verbs::prelude::*;
use ksmps_core::player::{InstanceConfig, Player, pair};
use ksmps_core::renderer::{Block, Reports};
use ksmps_core::route::HostChannels;
use ksmps_core::verbs::Sched;
use ksmps_editor::Editor;
use ksmps_editor::model::{Command, News, VariableOwner, WatchTarget, WatchVoice};

/// What is watched is written to a channel as well.
const DOCUMENT: &str = "ksmps = 16\nnchnls = 2\n0dbfs = 1\n;@notes off\n\
    instr glass\n kcut randh p4, 3000\n asig oscili kcut, 440\n chnset kcut, \"cut\"\n outs asig, asig\nendin\n";
const FRAMES: usize = 480;

/// An instance that plays, and its open editor.
struct Opened {
    instance: Arc<Instance>,
    player: Player,
    link: Link,
    editor: Editor,
}

impl Opened {
    fn new() -> Self {
        let channels = HostChannels { inputs: vec![], outputs: vec![2] };
        let (control, mut player) = pair(InstanceConfig { channels, default_document: DOCUMENT });
        let instance = Instance::new(control, Arc::new(NoHost));
        let status = instance.control().activate(48_000.0);
        assert!(!status.failed, "{:?}", status.diagnostics);
        player.adopt();
        let link = Link::new(&instance);
        let editor = Editor::new(link.view_state());
        Self { instance, player, link, editor }
    }

    fn act(&mut self, command: Command) {
        self.link.carry_out(command, self.editor.view_state());
    }

    /// Plays a block and looks at the instance, as the window does; what it was told.
    fn look(&mut self) -> Vec<News> {
        let (mut left, mut right) = ([0.0; FRAMES], [0.0; FRAMES]);
        let mut outputs = [&mut left[..], &mut right[..]];
        let mut block = Block { inputs: &[], outputs: &mut outputs, frames: FRAMES, events: &[] };
        self.player.process(&mut block, &mut Reports::default());
        let news = self.link.news();
        news.iter().cloned().for_each(|news| _ = self.editor.feed(news));
        news
    }

    /// What stands beside a watched value.
    fn shown(&self, watch: usize) -> Option<f64> {
        self.editor.model().watches[watch].now.shown()
    }

    fn play(&mut self, level: f64) {
        self.instance.control().sched(Sched::new("glass").arg(level).unique()).unwrap();
    }
}

fn variable(name: &str, line: u32) -> WatchTarget {
    let owner = VariableOwner::Instrument("glass".to_owned());
    WatchTarget::Variable { owner, name: name.to_owned(), line }
}

#[test]
fn what_stands_beside_the_line_is_what_the_orchestra_wrote_to_a_channel() {
    let mut opened = Opened::new();
    opened.act(Command::Watch(variable("kcut", 6)));
    opened.act(Command::Watch(WatchTarget::Channel("cut".to_owned())));
    opened.act(Command::Watch(variable("asig", 7)));
    opened.look();
    assert_eq!(opened.editor.model().watches.len(), 3);
    (0..4).for_each(|_| _ = opened.look());
    assert_eq!(opened.shown(0), None, "nothing sounds yet");
    opened.play(0.75);
    let mut values = Vec::new();
    for _ in 0..200 {
        let is_told = opened.look().iter().any(|news| matches!(news, News::Watched { watch: 0, .. }));
        let (variable, channel) = (opened.shown(0), opened.shown(1));
        if is_told && let Some(variable) = variable {
            assert_eq!(Some(variable.to_bits()), channel.map(f64::to_bits));
            values.push(variable);
        }
    }
    // 200 blocks of 480 frames, a reading after 1,024.
    assert!((90..=95).contains(&values.len()), "{}", values.len());
    values.dedup();
    assert!(values.len() > 80, "values that do not move prove nothing: {}", values.len());
    let watches = &opened.editor.model().watches;
    assert!(watches[0].history.len() > 80);
    assert!(watches[0].history.iter().all(|[low, high]| -0.75 <= *low && low < high && *high <= 0.75));
    let peak = opened.shown(2).unwrap();
    assert!(0.1 < peak && peak <= 0.75, "{peak}");
}

#[test]
fn the_voice_is_chosen_and_a_watch_is_ended() {
    let mut opened = Opened::new();
    opened.act(Command::Watch(variable("kcut", 6)));
    for level in [0.5, 0.0] {
        opened.play(level);
        opened.look();
    }
    (0..10).for_each(|_| _ = opened.look());
    assert_eq!(opened.shown(0), Some(0.0), "the newest one has no level");
    opened.act(Command::WatchVoice(WatchVoice::Number(0)));
    (0..10).for_each(|_| _ = opened.look());
    assert_eq!(opened.editor.model().watch_voice, WatchVoice::Number(0));
    assert_ne!(opened.shown(0), Some(0.0));
    opened.act(Command::Unwatch(variable("kcut", 6)));
    let told =
        (0..10).flat_map(|_| opened.look()).filter(|news| matches!(news, News::Watched { .. })).count();
    assert_eq!((told, opened.editor.model().watches.len()), (0, 0));
}

#[test]
fn what_is_watched_comes_back_with_the_editor() {
    let mut opened = Opened::new();
    opened.act(Command::Watch(variable("kcut", 6)));
    opened.act(Command::WatchVoice(WatchVoice::Number(0)));
    opened.play(0.5);
    (0..10).for_each(|_| _ = opened.look());
    // The views' state is kept for other reasons, too.
    opened.act(Command::KeepViewState);
    let Opened { instance, player, link, .. } = opened;
    drop(link);
    let link = Link::new(&instance);
    let editor = Editor::new(link.view_state());
    let mut opened = Opened { instance, player, link, editor };
    (0..10).for_each(|_| _ = opened.look());
    let model = opened.editor.model();
    assert_eq!(model.watches[0].target, variable("kcut", 6));
    assert_eq!(model.watch_voice, WatchVoice::Number(0));
    assert!(opened.shown(0).is_some());
}

#[test]
fn a_closed_editor_watches_nothing() {
    let mut opened = Opened::new();
    opened.act(Command::Watch(variable("kcut", 6)));
    let mut subscription = opened.instance.control().subscribe();
    let mut readings = |opened: &mut Opened| {
        (0..10).for_each(|_| _ = opened.look());
        std::iter::from_fn(|| subscription.next_notice())
            .filter(|notice| format!("{notice:?}").contains("Watched"))
            .count()
    };
    assert!(readings(&mut opened) > 0);
    let instance = Arc::clone(&opened.instance);
    // Another editor, which watches nothing either.
    instance.editor().keep_views(Default::default());
    opened.link = Link::new(&instance);
    opened.look();
    readings(&mut opened);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(readings(&mut opened), 0);
}
