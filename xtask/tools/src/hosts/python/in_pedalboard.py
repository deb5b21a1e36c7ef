"""The three plugins in pedalboard. Arguments: the VST3 bundle, the folder with presets and reference sounds."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pedalboard

from report import BLOCKS, CYCLE, KEYS, RATE, RATES, SECONDS, VELOCITY
from report import difference, level_at, reference, row, sine

bundle, folder = sys.argv[1:]


def opened(kind, document):
    plugin = pedalboard.load_plugin(bundle, plugin_name=f"Ksmps {kind}")
    plugin.load_preset(f"{folder}/{document}.vstpreset")
    return plugin


def play(plugin, rate=RATE, block=512, **options):
    """The notes. pedalboard does not take an instrument's latency off."""
    messages = []
    for at, key in enumerate(KEYS):
        messages += [([0x90, key, VELOCITY], at + 0.5), ([0x80, key, 64], at + 1.0)]
    return plugin(
        messages, duration=SECONDS, sample_rate=rate, num_channels=2, buffer_size=block, **options
    )


def scan():
    started = time.monotonic()
    names = pedalboard.VST3Plugin.get_plugin_names_for_file(bundle)
    took = 1000 * (time.monotonic() - started)
    expected = ["Ksmps Instrument", "Ksmps Multi-out", "Ksmps Effect"]
    row("lists the plugins", names == expected, f"{', '.join(names)} in {took:.0f} ms")


def instrument():
    started = time.monotonic()
    plugin = opened("Instrument", "tone")
    took = 1000 * (time.monotonic() - started)
    row("opens with a document from a preset", "level" in plugin.parameters, f"{took:.0f} ms")
    for block in BLOCKS:
        apart = difference(play(plugin, block=block), reference(folder, f"tone-{RATE}"))
        row(f"plays the core's samples in blocks of {block}", apart == 0, f"differs by {apart}")
    for rate in RATES:
        apart = difference(play(opened("Instrument", "tone"), rate), reference(folder, f"tone-{rate}"))
        row(f"plays the core's samples at {rate} Hz", apart == 0, f"differs by {apart}")


def parameters_and_state():
    plugin = opened("Instrument", "tone")
    full = reference(folder, f"tone-{RATE}")
    value = plugin.level
    row("shows the parameter's default", value == 0.5, f"level is {value}")
    plugin.level = 0.25
    half = play(plugin)
    apart = difference(half[:, RATE:], full[:, RATE:] / 2)
    row("half the level is half the sound", apart < 1e-6, f"differs by {apart:.1e}")
    again = pedalboard.load_plugin(bundle, plugin_name="Ksmps Instrument")
    again.raw_state = plugin.raw_state
    apart = difference(play(again), play(plugin))
    value = again.parameters["level"].raw_value
    good = apart == 0 and value == 0.25
    row("a state sounds the same in another instance", good, f"differs by {apart}, level is {value}")


def several():
    plugins = [opened("Instrument", "tone") for _ in range(10)]
    # Away from the main thread it does not reset; these are as new.
    with ThreadPoolExecutor(4) as pool:
        sounds = list(pool.map(lambda plugin: play(plugin, reset=False), plugins))
    apart = max(difference(sound, reference(folder, f"tone-{RATE}")) for sound in sounds)
    row("ten instances on four threads play the core's samples", apart == 0, f"differ by {apart}")


def effect():
    plugin = opened("Effect", "duck")
    tone = sine(2)
    # Of an effect it takes the latency off.
    out = plugin(tone, RATE, buffer_size=512)
    apart = difference(out, tone)
    row("an effect with a gain of 1 gives its input, latency taken off", apart == 0, f"differs by {apart}")
    # It has no automation: the parameter moves from call to call.
    steps = np.linspace(1, 0, 21)
    plugin.reset()
    parts = []
    for gain, part in zip(steps, np.split(sine(4.2), 21, axis=1)):
        plugin.gain = float(gain)
        parts.append(plugin(part, RATE, buffer_size=512, reset=False))
    sound = np.concatenate(parts, axis=1)
    # The steps reach the sound with the samples of their call, which the latency holds back by a cycle.
    sound = np.pad(sound, [(0, 0), (0, tone.shape[1] * 3 - sound.shape[1])])
    off = max(abs(level_at(sound, 0.2 * at + 0.1) - gain) for at, gain in enumerate(steps))
    row("a parameter that moves from call to call moves the sound", off < 0.002, f"off by {off:.4f} at most")


def multi_out():
    plugin = opened("Multi-out", "kit")
    out = play(plugin)
    peak = float(np.abs(out).max())
    apart = difference(out, reference(folder, "kit"))
    row("the main output of Multi-out sounds", apart == 0 and peak > 0.1, f"peak {peak:.3f}, differs by {apart}")


def onsets():
    sound = play(opened("Instrument", "tone"))[0]
    # A quarter of a second before each note the one before has ended.
    before = [sound[at * RATE + RATE // 4 :] for at in range(len(KEYS))]
    off = [int(np.argmax(np.abs(rest) > 1e-3)) - RATE // 4 for rest in before]
    good = all(frames == CYCLE for frames in off)
    row("notes begin a cycle late, because it leaves an instrument's latency on", good, f"{off} frames")


for part in [scan, instrument, parameters_and_state, onsets, several, effect, multi_out]:
    part()
