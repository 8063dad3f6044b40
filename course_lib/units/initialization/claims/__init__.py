"""Claims about first weights.

``IN_LESSON`` names those whose cards stand in the lesson, in its order: one in each of its sections 2.2 to 2.7. The
others stand on the page of all claims.
"""

IN_LESSON = ("02.01", "02.02", "02.03", "02.04", "02.05", "02.06")
