"""What the scripts of all Python hosts share: rows, reference sounds, the notes."""

import json

import numpy as np

RATE = 48000
RATES = [22050, 44100, 48000, 96000, 192000]
BLOCKS = [17, 64, 512, 1000, 8192]
KEYS = [57, 60, 64, 69]
VELOCITY = 100
SECONDS = 4.5
# The document's cycle, which is the latency of what it plays.
CYCLE = 32


def row(check, good, figure):
    print(json.dumps({"check": check, "good": bool(good), "figure": str(figure)}), flush=True)


def reference(folder, name, channels=2):
    """What the core alone has played, a row for each channel."""
    return np.fromfile(f"{folder}/{name}.f32", "<f4").reshape(channels, -1)


def difference(sound, other):
    """The largest difference of two sounds; infinite where they are not of one length."""
    return float(np.abs(sound - other).max()) if sound.shape == other.shape else np.inf


def sine(seconds, hz=1000, level=0.25):
    """A stereo tone."""
    wave = level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack([wave, wave]).astype(np.float32)


def level_at(sound, at):
    """The level of the tone around a second, as a share of the input's."""
    around = sound[0][int((at - 0.01) * RATE) : int((at + 0.01) * RATE)]
    return float(np.sqrt((around.astype(np.float64) ** 2).mean()) / (0.25 / np.sqrt(2)))
