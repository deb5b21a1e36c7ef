//! The host API against its table in docs/host-api.md: that every method of the list in `names.txt` has its row, that every
//! item a row names exists, and that each of them was called. The calls are in `stories/`, each story a test with
//! assertions of its own.
//!
//! A call that is written with `called!` is a call of the item itself and notes its name: the type's as the compiler has
//! it, and the method's. So an item that is dropped does not compile here, and one that no story calls any more is missed
//! by the test of the table.

#[macro_use]
mod called;
mod stories;
mod table;

use std::sync::{LazyLock, PoisonError, RwLock};

/// Held by stories that have instances; the ones that need a process without any wait for it.
static INSTANCES: RwLock<()> = RwLock::new(());

/// A story, which runs once: as its own test or for the table's, whichever comes first. One that fails fails both.
type Story = LazyLock<()>;

macro_rules! stories {
    ($($name:ident = $path:path;)*) => {
        $(
            #[test]
            fn $name() {
                static_stories::$name();
            }
        )*

        /// Runs every story that has not run yet.
        fn tell_all() {
            $(static_stories::$name();)*
        }

        mod static_stories {
            use super::*;

            $(
                pub fn $name() {
                    static STORY: Story = LazyLock::new(|| {
                        let _together = INSTANCES.read().unwrap_or_else(PoisonError::into_inner);
                        $path();
                    });
                    LazyLock::force(&STORY);
                }
            )*
        }
    };
}

stories! {
    an_instance_says_what_it_is = stories::life::an_instance_says_what_it_is;
    an_instance_is_reset = stories::life::an_instance_is_reset;
    options_are_set_before_the_start = stories::life::options_are_set_before_the_start;
    inputs_and_outputs_have_names = stories::life::inputs_and_outputs_have_names;
    texts_are_compiled = stories::compile::texts_are_compiled;
    trees_are_compiled = stories::compile::trees_are_compiled;
    documents_are_compiled = stories::compile::documents_are_compiled;
    command_lines_are_compiled = stories::compile::command_lines_are_compiled;
    faulty_texts_are_refused = stories::compile::faulty_texts_are_refused;
    cycles_are_performed = stories::perform::cycles_are_performed;
    buffers_are_performed = stories::perform::buffers_are_performed;
    a_performance_is_stopped_from_another_thread = stories::perform::a_performance_is_stopped_from_another_thread;
    an_instance_that_left_performs_nothing = stories::perform::an_instance_that_left_performs_nothing;
    other_threads_ask = stories::perform::other_threads_ask;
    a_host_is_the_audio_device = stories::devices::a_host_is_the_audio_device;
    a_host_is_the_midi_device = stories::devices::a_host_is_the_midi_device;
    devices_are_listed = stories::devices::devices_are_listed;
    a_score_is_moved = stories::score::a_score_is_moved;
    a_score_is_reworked = stories::score::a_score_is_reworked;
    messages_are_kept = stories::messages::messages_are_kept;
    messages_go_over_udp = stories::messages::messages_go_over_udp;
    channels_carry_numbers_and_texts = stories::channels::channels_carry_numbers_and_texts;
    channels_have_hints = stories::channels::channels_have_hints;
    channels_carry_audio = stories::channels::channels_carry_audio;
    channels_carry_spectra = stories::channels::channels_carry_spectra;
    events_begin_and_end_notes = stories::events::events_begin_and_end_notes;
    tables_are_read_and_written = stories::tables::tables_are_read_and_written;
    gens_and_opcodes_are_listed = stories::tables::gens_and_opcodes_are_listed;
    callbacks_answer_and_hear = stories::callbacks::callbacks_answer_and_hear;
    keys_are_pressed = stories::callbacks::keys_are_pressed;
    graphs_are_drawn = stories::callbacks::graphs_are_drawn;
    a_callback_says_stop = stories::callbacks::a_callback_says_stop;
    a_callback_that_panics_is_taken_away = stories::callbacks::a_callback_that_panics_is_taken_away;
    an_opcode_is_written_in_rust = stories::opcodes::an_opcode_is_written_in_rust;
    opcodes_fail_in_words = stories::opcodes::opcodes_fail_in_words;
    utilities_run = stories::utilities::utilities_run;
    global_variables_are_shared = stories::utilities::global_variables_are_shared;
    samples_pass_a_circular_buffer = stories::utilities::samples_pass_a_circular_buffer;
    numbers_are_random = stories::utilities::numbers_are_random;
    time_passes = stories::utilities::time_passes;
    rust_has_threads_and_locks = stories::rusts_own::rust_has_threads_and_locks;
    rust_has_libraries_and_commands = stories::rusts_own::rust_has_libraries_and_commands;
}

/// Alone in the process: what all instances share is only changed while there is none.
fn the_environment_is_changed() {
    static STORY: Story = LazyLock::new(|| {
        let _alone = INSTANCES.write().unwrap_or_else(PoisonError::into_inner);
        stories::utilities::the_environment_is_changed();
    });
    LazyLock::force(&STORY);
}

#[test]
fn the_environment_is_changed_while_there_is_no_instance() {
    the_environment_is_changed();
}

#[test]
fn every_row_of_the_table_was_called() {
    tell_all();
    the_environment_is_changed();
    table::hold(&called::all());
}
