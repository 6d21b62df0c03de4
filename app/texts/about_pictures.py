"""What the pictures of a recording show, behind “What does this show?”."""

_SCORES = """
**Score of each window.** The recording is cut into windows of {window:.0f} s and each is scored.
The verdict is about all of them together, so one tall bar alone need not make a recording unusual.
The dashed line is the threshold of the whole recording, drawn here for comparison.
"""
_TIME = """
**Magnitude.** How loud each frequency is at each moment, as in a musical score: steady tones of
something that turns are horizontal lines, clicks are vertical ones. In decibels below a tone at
full scale. {pace}

Drag to zoom: all pictures follow. Double-click to see everything again. The camera saves a PNG.
"""


def over_time(columns: int, seconds: float, window: float | None) -> str:
    """The pictures over time.

    Args:
        columns: that they have.
        seconds: length of the recording.
        window: length of what is scored, in s; None: the scores are not drawn.
    """
    per_column = seconds / columns
    pace = (
        f"This recording is long: one column stands for {per_column:.1f} s and shows, for each "
        "frequency, its loudest moment."
        if per_column > 0.05
        else ""
    )
    scores = _SCORES.format(window=window) if window else ""
    return scores + _TIME.format(pace=pace)


PHASE = """
**Phase: its change in time.** How fast the phase of each frequency turns, less what a tone in the
middle of its bin would do: the distance of the sound's true (instantaneous) frequency from the
bin's, in Hz. A steady tone keeps one shade; a wavering one changes shade; noise is a mixture.

**Phase, raw.** The angle of each frequency at each moment, which turns so fast that it looks like
noise; the network reads it all the same. Both maps are cyclic: their two ends are the same angle.
"""

OUTLINE = """
**The outline**, drawn for unusual recordings, holds two thirds of what raised the score: the bands
and tones that are louder or quieter than they usually are on this machine, weighted by how much
they matter to the networks. What loudness does not explain lies in the **phase**, and with it in
timing; where that is, is known less well. A bar among what is for experts shows the two shares.
"""

ATTENTION = """
The network has two branches. The **magnitude** features see only how loud each frequency is; the
**complex** features see its phase too. Each has one channel for each machine it knows. The
attention weight *A* says by how much a channel was turned up for this recording,
*F_out = (1 + A) · F*. It tells where the network looked, not whether what it saw was unusual. A
network that knows machines of other types has channels for them too; their weights are added up.
"""

PROBABILITIES = """
The networks are trained to tell the machines they know apart by their normal sound. The shares say
which of them a recording is nearest to, and add up to 100 %; they do not say how near it is. A
failing machine can be nearest to itself and still far from how it usually sounds: that is what the
score says. The marked id is the one the recording was judged as.
"""

TWO_SPECTRA = "Its spectrum beside a normal one"
OVER_TIME = "Over time"
WITH_PHASE = "Over time, with the phase"
THIS_ONE, NORMAL_ONE = "This recording", "Nearest normal one"
NEAREST_NOT_AT_HAND = (
    "The sound of the nearest normal recording is not kept here; its spectrum is, see below."
)

NEAREST = """
Of the normal recordings of this machine that were learnt from, the one whose embedding and spectrum
are the nearest. The lines show how loud both are, frequency by frequency, as a mean
over the recording. Overall loudness is left out: it depends on the microphone. Grey is as far as
normal recordings of this machine may differ; what lies beyond is filled.
"""


def nearest_is(name: str) -> str:
    """Which normal recording it is compared with."""
    return f"Normal one: {name}, of those it was learnt from the one most like this recording."
