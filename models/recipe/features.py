"""MFCC features exactly as Vosk computes them, and frame labels from phone times."""

from __future__ import annotations

from collections.abc import Sequence

import kaldi_native_fbank as knf
import numpy as np
from numpy.typing import NDArray

from models.recipe.audio import RATE_HZ, Samples

CEPSTRA = 40
LOW_HZ, HIGH_HZ = 60, 3900
FRAME_SHIFT = 80  # samples: 10 ms
SUBSAMPLING = 3  # the network speaks every third frame
FRAME_CENTRE = 100  # samples from a frame's start to its middle (25 ms windows)
MFCC_CONF = f"""--use-energy=false
--sample-frequency={RATE_HZ}
--num-mel-bins={CEPSTRA}
--num-ceps={CEPSTRA}
--low-freq={LOW_HZ}
--high-freq={HIGH_HZ}
--dither=0
--allow-downsample=true
"""


def mfcc(samples: Samples) -> NDArray[np.float32]:
    """MFCC (frames, 40) of int16-scale samples (n,) at 8 kHz."""
    options = knf.MfccOptions()
    options.frame_opts.samp_freq = RATE_HZ
    options.frame_opts.dither = 0.0
    options.frame_opts.snip_edges = True
    options.mel_opts.num_bins = CEPSTRA
    options.mel_opts.low_freq = LOW_HZ
    options.mel_opts.high_freq = HIGH_HZ
    options.num_ceps = CEPSTRA
    options.use_energy = False
    computer = knf.OnlineMfcc(options)
    computer.accept_waveform(RATE_HZ, np.ascontiguousarray(samples, np.float32))
    computer.input_finished()
    count = computer.num_frames_ready
    frames = [computer.get_frame(index) for index in range(count)]
    return np.stack(frames) if frames else np.zeros((0, CEPSTRA), np.float32)


def output_count(frames: int) -> int:
    """How many outputs (30 ms each) the network gives for this many feature frames."""
    return (frames + SUBSAMPLING - 1) // SUBSAMPLING


def labels(phones: Sequence[tuple[int, float]], end_s: float, frames: int) -> NDArray[np.int16]:
    """Output class of each 30 ms step (steps,): 2 * phone on entering it, then 2 * phone + 1.

    ``phones``: (phone index, start in seconds) in time order; silence is phone 0 and
    also fills the time before the first phone and after ``end_s``.
    """
    starts, ids = [0.0], [0]
    for phone, start_s in [*phones, (0, end_s)]:
        if phone == 0 and ids[-1] == 0:
            continue
        starts.append(start_s)
        ids.append(phone)
    steps = np.arange(output_count(frames))
    centres = (steps * SUBSAMPLING * FRAME_SHIFT + FRAME_CENTRE) / RATE_HZ
    segment = np.searchsorted(np.asarray(starts), centres, side="right") - 1
    entering = np.ones(len(steps), bool)
    entering[1:] = segment[1:] != segment[:-1]
    return (np.asarray(ids)[segment] * 2 + np.where(entering, 0, 1)).astype(np.int16)


def pad_edges(frames: NDArray[np.float32], context: int, outputs: int) -> NDArray[np.float32]:
    """Repeat the edge frames, as Kaldi's decoder does, so that ``outputs`` steps come out.

    (frames, 40) -> (3 * (outputs - 1) + 1 + 2 * context, 40)
    """
    wanted = SUBSAMPLING * (outputs - 1) + 1
    index = np.clip(np.arange(-context, wanted + context), 0, len(frames) - 1)
    return frames[index]
