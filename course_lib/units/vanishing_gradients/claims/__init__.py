"""Claims about what keeps signal and gradient alive in deep networks.

``IN_LESSON`` names those whose cards stand in the lesson, in its order; the others stand on the page of all claims.
"""

IN_LESSON = ("01.01", "01.02", "01.03", "01.04", "01.05", "01.06")
