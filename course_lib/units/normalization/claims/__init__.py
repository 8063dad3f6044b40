"""Claims about normalisation.

``IN_LESSON`` names those whose cards stand in the lesson, in its order: one in each of its sections 3.2 to 3.7. The
others stand on the page of all claims.
"""

IN_LESSON = ("03.01", "03.02", "03.03", "03.04", "03.05", "03.06")
