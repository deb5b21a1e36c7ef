use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::*;
use crate::memory::SharedMemory;
use crate::wake::Futex;

const LIMITS: Limits =
    Limits { inputs: 2, outputs: 3, frames: 64, messages_in: 100, messages_out: 100, places: 1 };
const PATIENT: Patience = Patience { at_most: Some(Duration::from_secs(20)), awake: Duration::ZERO };
const IMPATIENT: Patience = Patience { at_most: Some(Duration::from_millis(1)), awake: Duration::ZERO };

/// Both ends, over two mappings of one memory as two processes have them.
fn ends() -> (HostEnd, EngineEnd, Arc<SharedMemory>) {
    ends_with(LIMITS)
}

fn ends_with(limits: Limits) -> (HostEnd, EngineEnd, Arc<SharedMemory>) {
    let host = Arc::new(SharedMemory::create(limits.words()).unwrap());
    let file = host.file().try_clone_to_owned().unwrap();
    let engine = Arc::new(SharedMemory::open(file, limits.words()).unwrap());
    let memory = Arc::clone(&host);
    (HostEnd::new(host, limits, Futex), EngineEnd::new(engine, limits, Futex), memory)
}

/// An engine that doubles its first input into output 0, gives the number of frames in output 1, and answers messages
/// backwards.
fn double(mut end: EngineEnd) {
    while let Some(mut request) = end.wait() {
        let frames = request.frames();
        let messages = request.play::<4, _>(3, |messages, inputs, outputs| {
            for (out, sample) in outputs[0].iter_mut().zip(inputs[0]) {
                *out = sample * 2.0;
            }
            outputs[1].fill(frames as f32);
            outputs[2].fill(f32::NAN);
            messages.iter().rev().copied().collect::<Vec<u8>>()
        });
        request.answer(&messages);
    }
}

fn take(host: &mut HostEnd) -> (Vec<Vec<f32>>, Vec<u8>, u32) {
    let mut heard = Vec::new();
    let answer = host.take(3, |_, samples| heard.push(samples.collect())).expect("an answer");
    let (messages, silenced) = (answer.messages.to_vec(), answer.silenced_samples);
    (heard, messages, silenced)
}

#[test]
fn blocks_of_any_length_go_there_and_back() {
    let (mut host, engine, memory) = ends();
    std::thread::scope(|scope| {
        scope.spawn(|| double(engine));
        for round in 0..3000_usize {
            let frames = [64, 0, 1, 17][round % 4];
            let input: Vec<f32> = (0..frames + 5).map(|frame| (round * 64 + frame) as f32).collect();
            let message = (round as u32).to_le_bytes();
            assert!(host.hand_over(&[&input], 5, frames, &message[..round % 5]));
            let awake = Duration::from_micros((round % 2 * 50) as u64);
            assert_eq!(host.wait(Patience { awake, ..PATIENT }), Waited::Answered);
            let (heard, mut messages, silenced) = take(&mut host);
            let doubled: Vec<f32> = input[5..].iter().map(|sample| sample * 2.0).collect();
            assert_eq!(heard, [doubled, vec![frames as f32; frames], vec![0.0; frames]]);
            messages.reverse();
            assert_eq!((messages.as_slice(), silenced), (&message[..round % 5], frames as u32));
        }
        Control(&memory).ask_to_quit(&Futex);
    });
}

/// Bytes of the memory that the system has given so far.
fn given(memory: &SharedMemory) -> i64 {
    rustix::fs::fstat(memory.file()).unwrap().st_blocks * 512
}

#[test]
fn blocks_find_the_pages_that_they_touch() {
    let (mut host, mut engine, memory) = ends_with(Limits::USUAL);
    assert_eq!(given(&memory), 0);
    host.have_pages(2, 3);
    engine.have_pages(2, 3);
    let before = given(&memory);
    assert!(before > 0 && before < 1 << 20, "{before} bytes for all places");
    for round in 0..2 * Limits::USUAL.places {
        let sound = [0.5; 1024];
        assert!(host.hand_over(&[&sound, &sound], 0, 1024, &[round as u8; 1000]));
        let mut request = engine.wait().expect("a block");
        let messages = request.play::<4, _>(3, |messages, inputs, outputs| {
            outputs.iter_mut().for_each(|output| output.copy_from_slice(inputs[1]));
            messages.to_vec()
        });
        request.answer(&messages);
        let (heard, messages, _) = take(&mut host);
        assert_eq!((heard, messages), (vec![vec![0.5; 1024]; 3], vec![round as u8; 1000]));
    }
    assert_eq!(given(&memory), before);
}

#[test]
fn a_block_that_is_late_keeps_its_place_and_its_answer_is_there_later() {
    let (mut host, mut engine, _memory) = ends();
    assert!(host.hand_over(&[&[1.0; 8]], 0, 8, b"first"));
    assert_eq!(host.wait(IMPATIENT), Waited::Late);
    assert!(!host.hand_over(&[&[2.0; 8]], 0, 8, b"second"), "the place belongs to the engine");
    let mut request = engine.wait().expect("a block");
    request.play::<2, _>(1, |messages, inputs, outputs| {
        assert_eq!((messages, inputs[0]), (&b"first"[..], &[1.0; 8][..]));
        outputs[0].fill(9.0);
    });
    request.answer(b"");
    assert_eq!(host.answered_frames(), Some(8));
    assert_eq!(take(&mut host).0[0], [9.0; 8]);
    assert!(host.hand_over(&[&[2.0; 8]], 0, 8, b"second"));
}

#[test]
fn several_blocks_are_out_at_once_and_answered_in_their_order() {
    let (mut host, mut engine, _memory) = ends_with(Limits { places: 4, ..LIMITS });
    let mut next = 0_u32;
    for round in 0..50_u32 {
        let count = 1 + round % 4;
        for block in next..next + count {
            let frames = (1 + block % 64) as usize;
            assert!(
                host.has_place() && host.hand_over(&[&[block as f32; 64]], 0, frames, &block.to_le_bytes())
            );
        }
        assert_eq!((host.out(), host.has_place()), (count as usize, count < 4));
        assert!(count < 4 || !host.hand_over(&[], 0, 1, b""), "every place is taken");
        for block in next..next + count {
            let mut request = engine.wait().expect("a block");
            assert_eq!(request.messages(), block.to_le_bytes());
            request.play::<2, _>(1, |_, inputs, outputs| outputs[0].copy_from_slice(inputs[0]));
            request.answer(b"");
        }
        for block in next..next + count {
            assert_eq!(host.wait(IMPATIENT), Waited::Answered);
            assert_eq!(host.answered_frames(), Some((1 + block % 64) as usize));
            assert_eq!(take(&mut host).0[0], vec![block as f32; (1 + block % 64) as usize]);
        }
        assert_eq!(host.answered_frames(), None);
        next += count;
    }
}

#[test]
fn what_exceeds_the_limits_is_not_handed_over() {
    let (mut host, _engine, _memory) = ends();
    assert!(!host.hand_over(&[], 0, 65, b""));
    assert!(!host.hand_over(&[], 0, 1, &[0; 101]));
    assert!(host.hand_over(&[], 0, 64, &[0; 100]));
}

#[test]
fn nothing_that_the_engine_writes_reaches_beyond_the_block() {
    let (mut host, engine, memory) = ends();
    drop(engine);
    let mut random = 1_u64;
    for round in 0..2000 {
        assert!(host.hand_over(&[&[0.5; 64]], 0, 16, b"x"));
        for word in memory.words(0, LIMITS.words()) {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            word.store((random >> 32) as u32, Ordering::Relaxed);
        }
        let waited = host.wait(Patience { at_most: Some(Duration::ZERO), awake: Duration::ZERO });
        assert_eq!(waited == Waited::Dead, host.is_dead(), "round {round}");
        // The number that is waited for, as a liar would guess it.
        memory.words(ANSWER, 1)[0].store((round + 1) * 2, Ordering::SeqCst);
        assert_eq!(host.wait(IMPATIENT), Waited::Answered);
        let (heard, messages, _) = take(&mut host);
        assert!(heard.iter().all(|channel| channel.len() == 16 && channel.iter().all(|x| x.is_finite())));
        assert!(messages.len() <= 100);
    }
}

#[test]
fn a_death_ends_the_wait_and_is_never_taken_back() {
    let (mut host, mut engine, memory) = ends();
    assert!(host.hand_over(&[], 0, 8, b""));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(20));
            Control(&memory).declare_dead(&Futex);
        });
        assert_eq!(host.wait(Patience { at_most: None, awake: Duration::ZERO }), Waited::Dead);
    });
    engine.wait().expect("the block").answer(b"");
    assert_eq!(host.wait(PATIENT), Waited::Dead);
    assert!(host.take(3, |_, _| {}).is_none());
}

#[test]
fn one_block_later_everything_is_the_same_for_any_lengths() {
    let (mut host, engine, memory) = ends();
    let mut pipeline = Pipeline::new(1, 48);
    let mut heard = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| double(engine));
        let mut at = 0;
        for frames in [48, 1, 48, 17, 3, 48, 48, 2].into_iter().cycle().take(500) {
            if host.out() > 0 {
                assert_eq!(host.wait(PATIENT), Waited::Answered);
                let answered = host.answered_frames().expect("an answer");
                host.take(1, |channel, samples| pipeline.push(channel, samples)).expect("an answer");
                pipeline.pushed(answered);
            }
            let input: Vec<f32> = (at..at + frames).map(|frame| frame as f32).collect();
            assert!(host.hand_over(&[&input], 0, frames, b""));
            let mut output = vec![9.0; frames];
            pipeline.pop(&mut [&mut output], 0, frames);
            heard.extend(output);
            at += frames;
        }
        Control(&memory).ask_to_quit(&Futex);
    });
    let latency = pipeline.latency_frames();
    assert_eq!(heard[..latency], [0.0; 48]);
    let late: Vec<f32> = (0..heard.len() - latency).map(|frame| frame as f32 * 2.0).collect();
    assert_eq!(heard[latency..], late);
}
