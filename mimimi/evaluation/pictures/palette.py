"""The colours of every picture, on the page and in files: after Okabe and Ito 2008.

Colour-blind eyes tell them apart. Each is at least 3:1 on the light and on the dark page, and so on
paper; what is written on paper in grey is the darker one.
"""

BLUE, GREEN, VERMILION, PURPLE = "#0077bb", "#009070", "#d55e00", "#aa6bb5"
GREY, DARK_GREY, BLACK = "#7f8c95", "#767676", "#000000"
ORANGE, SKY = "#e69f00", "#56b4e9"  # for lines on paper alone: too pale for the light page


def translucent(colour: str, opacity: float) -> str:
    """A colour that lets through what lies below it, as CSS and Plotly write it.

    Example:
        >>> translucent(BLUE, 0.25)
        'rgba(0, 119, 187, 0.25)'
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"
