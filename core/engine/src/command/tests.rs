//! Commands, answers and questions come through a socket as they were.

use ksmps_data::verbs::{BusKind, ChannelValue, Curve, Points, SETP_PAIRS_MAX};
use ksmps_data::watched::{VariableScope, WhichVoice};

use super::*;

fn actions() -> Vec<Action> {
    let pairs = Pairs { pairs: [(4, f64::NEG_INFINITY); SETP_PAIRS_MAX], count: 2 };
    let points = Points::new([(0.0, 1.0), (0.5, -2.5)]).unwrap();
    let line = |target| {
        let line = Line::new(points.clone(), Curve::Expon(2.0), true, 1378.125);
        let id = LineId { engine: 3, number: 9 };
        Action::Line(Box::new(PendingLine { id, target, line, settle: true, ahead: false }))
    };
    vec![
        Action::Start { pfields: [100.0002, 0.0, -1.0, 0.1].into(), exact: true },
        Action::Stop(Instances::Exactly(7.25), true),
        Action::SetPfields(Instances::All(7), pairs),
        Action::SetChannel(ChannelIndex(u32::MAX), 0.1),
        Action::SetText(TextChannelIndex(0), c"a \"text\"".into()),
        Action::WriteTable(300, usize::MAX, -0.0),
        Action::DescribeTable(300, 44_100.0, 2),
        Action::WriteBus(BusToken(-1), 1e300),
        Action::ReleaseBus(BusToken(i64::MAX)),
        line(LineTarget::Pfield { which: Instances::All(1), index: 4 }),
        line(LineTarget::Table { number: 1, index: 0 }),
        line(LineTarget::Channel(ChannelIndex(1))),
        line(LineTarget::Bus(BusToken(2))),
    ]
}

fn questions() -> Vec<Question> {
    vec![
        Question::Channel(ChannelIndex(3)),
        Question::Text(TextChannelIndex(4)),
        Question::Bus(BusToken(5)),
        Question::Buses,
        Question::Pfield(Instances::Exactly(1.5), 4),
        Question::NewBus { kind: Some(BusKind::Control), value: Some(0.5), persists: true },
        Question::NewBus { kind: None, value: None, persists: false },
        Question::IsTable(1),
        Question::Table(2),
        Question::ReadTable { table: 3, start: 10, count: 100_000 },
    ]
}

fn makings() -> Vec<Making> {
    let name = || "level".to_owned();
    vec![
        Making::Compile { code: "instr 1\nendin".into(), own_numbers: false },
        Making::Evaluate("return 1".into()),
        Making::Table { number: 0, values: [1.0, 2.0].into(), rate: 48_000, channels: 2 },
        Making::ReadSoundfile { number: 1, path: "a b.wav".into(), skip: 0.5, channel: 0 },
        Making::FreeTable(1),
        Making::WriteTable(1, 2, 3.0),
        Making::DescribeTable(1, 48_000, 2),
        Making::ReleaseBus(BusToken(1)),
        Making::GiveText { number: 24, text: "text".into() },
        Making::DeclareChannel { name: name(), value: ChannelValue::Number(1.0), mode: 3 },
        Making::SetChannel { name: name(), value: ChannelValue::Text("text".into()) },
        Making::SetChannel { name: name(), value: ChannelValue::Audio(vec![0.25; 3]) },
    ]
}

fn watched() -> Vec<WatchPlace> {
    let variable = |scope| WatchPlace::Variable { scope, name: c"kcut".into() };
    vec![
        variable(VariableScope::Global),
        variable(VariableScope::Instrument(3)),
        variable(VariableScope::Opcode(c"Deep".into())),
        WatchPlace::Channel(ChannelIndex(4)),
        WatchPlace::Bus(BusToken(5)),
        WatchPlace::Table(6, 7),
        WatchPlace::Unknown,
    ]
}

fn commands() -> Vec<Command> {
    let others = [
        Command::StartAndAnswer { id: 1, pfields: [1.0].into(), exact: false, token: 2, table: 3 },
        Command::ForgetEvents(Instances::All(1)),
        Command::ForgetLine(LineId { engine: 1, number: 2 }),
        Command::StopAll,
        Command::GiveText { number: 24, text: c"text".into() },
        Command::FillTable { table: 1, values: [0.0, f64::INFINITY].into() },
        Command::ReleaseBus(BusToken(1)),
        Command::Watch { watch: 1, channel: ChannelIndex(2), known: Some(0.5) },
        Command::Unwatch(1),
        Command::WatchValues(Box::new(WatchList::new(3, WhichVoice::Number(2), 1024, watched()))),
    ];
    let asked =
        questions().into_iter().map(|question| Command::Ask { id: 7, question, room: question.room() });
    let all = actions().into_iter().map(Command::Do).chain(others).chain(asked);
    all.chain(makings().into_iter().map(Command::Make)).collect()
}

fn again<T: Serialize + for<'a> Deserialize<'a>>(value: &T) -> T {
    postcard::from_bytes(&postcard::to_stdvec(value).unwrap()).unwrap()
}

#[test]
fn every_command_comes_through_a_socket_as_it_was() {
    for (number, mut command) in (1..).zip(commands()) {
        let when = if number % 2 == 0 { When::In(0.5) } else { When::At(f64::MIN_POSITIVE) };
        let mut came = again(&Timed { engine: number, when, command: command.clone() });
        // Room is made where the question arrives.
        came.command.make_room();
        command.make_room();
        assert_eq!(came, Timed { engine: number, when, command });
    }
}

#[test]
fn every_answer_comes_back_as_it_was() {
    let table =
        TableReading { number: 1, length: 9, rate: 48e3, channels: 2, is_sound: true, full_scale: 1.0 };
    let values = [
        Value::Nothing,
        Value::Number(-0.0),
        Value::Numbers(vec![1.0, 2.0]),
        Value::Text(b"t\xff".to_vec()),
        Value::Table(table),
    ];
    for (id, value) in (1..).zip(values) {
        let reply = Reply { id, value };
        assert_eq!(again(&reply), reply);
    }
}

#[test]
fn a_question_has_room_for_its_answer_where_it_arrives() {
    let question = Question::ReadTable { table: 1, start: 0, count: 10 };
    let mut came = again(&Command::Ask { id: 1, question, room: question.room() });
    came.make_room();
    let Command::Ask { room: Value::Numbers(room), .. } = came else { panic!("it is a question") };
    assert!(room.capacity() >= 10);
}
