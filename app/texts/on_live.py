"""What the Live page says whatever is heard."""

INTRODUCTION = "Put a microphone close to the machine and let the page listen while it runs."
BEFORE_THE_FIRST_VERDICT = "The first verdict needs 10 s of sound; a new one comes every 5 s."

HOW_IT_WORKS = """
The microphone's sound is taken as it is: no echo cancellation, no noise suppression, no gain
control, no compression. It goes to the computer that runs this page, which judges the last 10 s
every 5 s, forgets the sound, and keeps the scores of twelve hours. Where sound is lost on its way,
or the computer is too slow to judge it all, the page says so and marks it.

A clear fault raises the alarm within 35 s of its beginning when 5 of 6 segments have to be unusual
(measured with a simulated slide rail whose belt comes loose), and the fewer have to be, the sooner.

Leaving the page closes the microphone. The scores stay until the browser's tab is closed.
"""


def no_microphone(reason: str) -> str:
    """Where the browser gives no unfiltered sound."""
    return (
        f"The microphone cannot be used here: {reason}. Record a file with another program and "
        "upload it on the page Analyse."
    )


def browsers_own_recorder(reason: str) -> str:
    """What stands in for it on the other pages."""
    return (
        f"Recording unfiltered does not work here: {reason}. The browser's own recorder may cancel "
        "echoes, suppress noise and level the sound, which makes a verdict less reliable."
    )
