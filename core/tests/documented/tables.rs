//! The tables of docs/engine.md: every name of csoundengine's documents is there, in their order, no cell is empty, and
//! what is said to be here is in the sources.

use std::collections::HashMap;
use std::path::Path;

const PAGE: &str = include_str!("../../../docs/engine.md");

const OFFLINE_ENGINE: &str = "OfflineEngine sr ksmps outfile nchnls a4 globalcode numAudioBuses numControlBuses quiet
    includes sampleAccurate encoding commandlineOptions compile assignEventId sched unsched setEndMarker perform cancel
    stop strSet inputMessage readSoundfile queryVariable call makeEmptyTable channelPointer initChannel getControlChannel
    fillTable makeTable elapsedTime playSample automatep rewind generateCsd write includeFile playSoundFromDisk setp
    assignBus releaseBus writeBus openOutfile now endtime renderjob tableInfo getTableData unschedAll automateTable
    readBus automateBus";

const ENGINE: &str = "Engine name sr ksmps backend outdev indev a4 nchnls nchnls_i realtime buffersize numbuffers
    globalcode numAudioBuses numControlBuses quiet udpserver udpport commandlineOptions includes midibackend midiin
    autosync latency numthreads activeEngines onecycle outdevName indevName globalCode extraOptions extraLatency csound
    bufferSize numBuffers midiBackend started udpPort blockSize reservedInstrRanges userInstrumentsRange stop start
    restart registerOutvalueCallback bufferLatency controlLatency sync needsSync compile evalCode tableWrite getTableData
    realElapsedTime elapsedTime lockClock isClockLocked pushLock popLock lockedClock sched queryNamedInstr unsched
    unschedFuture unschedAll session reserveInstrRange makeEmptyTable makeTable tableExists setTableMetadata callLater
    plotTableSpectrogram plotTable schedSync channelPointer setChannel initChannel getControlChannel fillTable tableInfo
    includeFile readSoundfile soundfontPlay soundfontPreparePreset getUniqueInstrInstance playSample playSoundFromDisk
    setp getp automateTable automatep strSet definedStrings strGet freeTable testAudio udpSendOrc udpSendScoreline
    udpSetChannel writeBus automateBus readBus releaseBus assignBus busSystemStatus hasBusSupport eventUI getEngine
    activeEngines";

const OFFLINE_SESSION: &str = "OfflineSession sr nchnls ksmps a4 priorities numAudioBuses numControlBuses
    dynamicArgsPerInstr dynamicArgsSlots scheduledEvents renderedJobs csd controlArgsPerInstr instrs numPriorities
    soundfileRegistry renderMode initChannel setChannel commitInstrument registerInstr defInstr registeredInstrs getInstr
    includeFile addGlobalCode schedEvent sched unsched hasBusSupport assignBus setCsoundOptions renderDuration
    scoreTimeRange setEndMarker render lastRenderJob lastRenderedSoundfile writeCsd generateCsd getEventById
    getEventsByP1 strSet makeTable readSoundfile playSample automate playPartials";

/// The rows of the table below a heading, as cells.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = PAGE.split_once(&format!("\n## {heading}\n")).expect("the heading is there");
    let lines =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

const TABLES: [(&str, &str); 3] =
    [("OfflineEngine", OFFLINE_ENGINE), ("Engine", ENGINE), ("OfflineSession", OFFLINE_SESSION)];

#[test]
fn no_cell_is_empty() {
    for (heading, _) in TABLES {
        for row in rows(heading) {
            assert!(row.len() == 4 && row.iter().all(|cell| !cell.is_empty()), "{heading}: {row:?}");
            assert!(
                row[2].contains("[control]") || row[2].contains("[any]") || row[2].contains("[audio]"),
                "{row:?}"
            );
        }
    }
}

#[test]
fn every_name_is_there_in_its_order() {
    for (heading, names) in TABLES {
        let there: String = rows(heading).iter().map(|row| row[0]).collect::<Vec<_>>().join("\n");
        let mut at = 0;
        for name in names.split_whitespace() {
            let found = ["`", "("].iter().filter_map(|end| there[at..].find(&format!("`{name}{end}"))).min();
            at += found.unwrap_or_else(|| panic!("{heading}: `{name}` is missing, or not in its place"));
        }
    }
}

/// What is in backticks in the second column: `Type::name`, a type, `module::name`, or a name of the type before it.
#[test]
fn what_is_said_to_be_here_is_here() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = std::fs::read_dir(core).unwrap().map(|entry| entry.unwrap().path().join("src"));
    let folders = crates.chain([core.join("src")]).filter(|folder| folder.is_dir());
    let sources: HashMap<String, String> = folders.flat_map(|folder| sources(&folder)).collect();
    for (heading, _) in TABLES {
        for row in rows(heading) {
            let mut owner = "";
            for name in row[1].split('`').skip(1).step_by(2) {
                let is_item = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
                // Csound's own words, directives and variables of the environment.
                if !name.chars().all(is_item)
                    || name.chars().all(|c| c.is_ascii_uppercase() || "_4".contains(c))
                {
                    continue;
                }
                let (before, item) = name.rsplit_once("::").unwrap_or(("", name));
                let item_is_type = item.starts_with(|c: char| c.is_ascii_uppercase());
                if !before.is_empty() {
                    owner = before.rsplit("::").next().unwrap_or(before);
                }
                let known = match (before.is_empty(), item_is_type) {
                    (true, true) => sources.values().any(|text| declares(text, item)),
                    _ => owned(&sources, owner, item),
                };
                assert!(known, "{heading}, {}: there is no `{name}` (of {owner})", row[0]);
                if before.is_empty() && item_is_type {
                    owner = item;
                }
            }
        }
    }
}

/// Every error stands beside the one it is for.
#[test]
fn every_error_has_its_place() {
    let engine = include_str!("../../data/src/verbs/error.rs");
    let session = include_str!("../../session/src/error.rs");
    for (source, heading) in [(engine, "\n## Errors\n"), (session, "\n### Errors of sessions\n")] {
        let (_, section) = PAGE.split_once(heading).expect("the heading is there");
        let table = section.lines().skip_while(|line| !line.starts_with('|'));
        let table: String = table.take_while(|line| line.starts_with('|')).collect();
        let variants = source
            .lines()
            .filter_map(|line| line.strip_prefix("    "))
            .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()) && line.ends_with([',', '{']));
        let mut count = 0;
        for variant in variants {
            let name: String = variant.chars().take_while(char::is_ascii_alphanumeric).collect();
            assert!(table.contains(&format!("`{name}`")), "{heading}: {name} is missing");
            count += 1;
        }
        assert!(count > 20, "{heading}: {count} variants were found");
    }
}

/// Whether a name belongs to a type or a module: it is declared in a file that has the type, or in the module's.
fn owned(sources: &HashMap<String, String>, owner: &str, item: &str) -> bool {
    let is_type = owner.starts_with(|c: char| c.is_ascii_uppercase());
    sources.iter().any(|(path, text)| {
        let is_owners = match is_type {
            true => {
                text.contains(&format!("impl {owner} "))
                    || text.contains(&format!("impl<'_> {owner}"))
                    || declares(text, owner)
            }
            false => path.contains(&format!("/{owner}")),
        };
        is_owners
            && (declares(text, item)
                || text.contains(&format!("pub use {item}"))
                || text.contains(&format!(" as {item}")))
    })
}

/// Whether a text declares an item, a method, a field or a variant of this name.
fn declares(text: &str, item: &str) -> bool {
    let starts = ["pub fn ", "pub trait ", "pub struct ", "pub enum ", "pub const ", "pub ", "fn ", ""];
    text.lines().map(str::trim_start).any(|line| {
        starts
            .iter()
            .filter_map(|start| line.strip_prefix(start))
            .filter_map(|rest| rest.strip_prefix(item))
            .any(|rest| rest.starts_with(['(', ':', ' ', ',', '<', '{', ';']))
    })
}

fn sources(folder: &Path) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(path.display().to_string(), std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}
