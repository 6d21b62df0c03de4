"""What the pictures of a recording show, behind “What does this show?”."""

_TIME = """
**Score of each window.** The recording is cut into windows of about 2 s and each is scored. The
verdict is about all of them together, so one tall bar alone need not make a recording unusual. The
dashed line is the threshold of the whole recording, drawn here for comparison.

**Magnitude.** How loud each frequency is at each moment, as in a musical score: steady tones of
something that turns are horizontal lines, clicks are vertical ones. In decibels below a tone at
full scale. {pace}

**Phase: its change in time.** How fast the phase of each frequency turns, less what a tone in the
middle of its bin would do: the distance of the sound's true (instantaneous) frequency from the
bin's, in Hz. A steady tone keeps one shade; a wavering one changes shade; noise is a mixture.

**Phase, raw.** The angle of each frequency at each moment, which turns so fast that it looks like
noise; the network reads it all the same. Both maps are cyclic: their two ends are the same angle.

Drag to zoom: all pictures follow. Double-click to see everything again. The camera saves a PNG.
"""


def over_time(columns: int, seconds: float) -> str:
    """The three pictures over time.

    Args:
        columns: that they have.
        seconds: length of the recording.
    """
    per_column = seconds / columns
    pace = (
        f"This recording is long: one column stands for {per_column:.1f} s and shows, for each "
        "frequency, its loudest moment."
        if per_column > 0.05
        else ""
    )
    return _TIME.format(pace=pace)


OUTLINE = """
**The outline**, drawn for unusual recordings, holds two thirds of what raised the score: the bands
and tones that are louder or quieter than they usually are on this machine, weighted by how much
they matter to the networks. What loudness does not explain lies in the **phase**, and with it in
timing; where that is, is known less well. The bar below the verdict shows the two shares.
"""

ATTENTION = """
The network has two branches. The **magnitude** features see only how loud each frequency is; the
**complex** features see its phase too. Each has one channel for each machine it knows. The
attention weight *A* says by how much a channel was turned up for this recording,
*F_out = (1 + A) · F*. It tells where the network looked, not whether what it saw was unusual. A
network that knows machines of other types has channels for them too; their weights are added up.
"""

PROBABILITIES = """
The detector is trained to tell machines of one type apart by their normal sound. A machine that
runs well is recognised; one that sounds like another, or like none, is unusual. The marked id is
the one the recording was judged as.
"""

NEAREST_NOT_AT_HAND = "Its sound is not kept here; what is shown is its stored spectrum."

NEAREST = """
Of the normal recordings of this machine that the detector was trained on, the one whose embedding
and spectrum are the nearest. The lines show how loud both are, frequency by frequency, as a mean
over the recording. Overall loudness is left out: it depends on the microphone. Grey is as far as
normal recordings of this machine may differ; what lies beyond is filled. Where nothing does, the
spectrum is not what is unusual: look at the time above.
"""
