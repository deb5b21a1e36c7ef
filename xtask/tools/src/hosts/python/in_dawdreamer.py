"""Ksmps Instrument in DawDreamer, which opens the first plugin of a bundle. Arguments: the VST3 bundle, the folder with
presets and reference sounds."""

import sys
import time

import dawdreamer
import numpy as np

from report import BLOCKS, KEYS, RATE, RATES, SECONDS, VELOCITY
from report import difference, reference, row

bundle, folder = sys.argv[1:]


class Host:
    """An engine with one instance that plays the notes."""

    def __init__(self, rate=RATE, block=512, document="tone"):
        self.engine = dawdreamer.RenderEngine(rate, block)
        self.plugin = self.engine.make_plugin_processor("ksmps", bundle)
        if document:
            self.plugin.load_vst3_preset(f"{folder}/{document}.vstpreset")
        for at, key in enumerate(KEYS):
            self.plugin.add_midi_note(key, VELOCITY, at + 0.5, 0.5)
        self.engine.load_graph([(self.plugin, [])])

    def play(self):
        self.engine.render(SECONDS)
        return self.engine.get_audio()

    def names(self):
        return [self.plugin.get_parameter_name(index) for index in range(3)]


def sound():
    started = time.monotonic()
    host = Host()
    took = 1000 * (time.monotonic() - started)
    row("opens with a document from a preset", host.names()[0].lower() == "level", f"{took:.0f} ms")
    first, second = host.play(), host.play()
    apart = difference(first, second)
    row("two renders are alike", apart == 0, f"differ by {apart}")
    for block in BLOCKS:
        apart = difference(Host(block=block).play(), reference(folder, f"tone-{RATE}"))
        row(f"plays the core's samples in blocks of {block}", apart == 0, f"differs by {apart}")
    for rate in RATES:
        apart = difference(Host(rate).play(), reference(folder, f"tone-{rate}"))
        row(f"plays the core's samples at {rate} Hz", apart == 0, f"differs by {apart}")


def parameters_and_state():
    host = Host()
    host.plugin.set_parameter(0, 0.25)
    text = host.plugin.get_parameter_text(0)
    half = host.play()
    apart = difference(half[:, RATE:], reference(folder, f"tone-{RATE}")[:, RATE:] / 2)
    row("half the level is half the sound", apart < 1e-6, f"differs by {apart:.1e}, reads {text}")
    path = f"{folder}/dawdreamer.state"
    host.plugin.save_state(path)
    again = Host(document=None)
    again.plugin.load_state(path)
    apart = difference(again.play(), half)
    row("a state sounds the same in another instance", apart == 0, f"differs by {apart}")


def automation():
    host = Host()
    frames = int(SECONDS * RATE)
    curve = np.linspace(1, 0, frames).astype(np.float32)
    host.plugin.set_automation(0, curve)
    sound = host.play()
    apart = difference(sound, host.play())
    row("two renders with an automation curve are alike", apart == 0, f"differ by {apart}")
    full = 2 * reference(folder, f"tone-{RATE}")
    off = 0.0
    for at in [0.6, 0.9, 1.6, 1.9, 2.6, 2.9, 3.6, 3.9]:
        around = slice(int((at - 0.02) * RATE), int((at + 0.02) * RATE))
        share = np.sqrt((sound[0][around] ** 2).mean() / (full[0][around] ** 2).mean())
        off = max(off, abs(share - curve[int(at * RATE)]))
    row("an automation curve is followed", off < 0.005, f"off by {off:.4f} at most")


for part in [sound, parameters_and_state, automation]:
    part()
