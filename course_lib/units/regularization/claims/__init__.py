"""Claims about regularisation.

``IN_LESSON`` names those whose cards stand in the lesson, in its order. The others stand on the page of all claims.
"""

IN_LESSON = ("04.01", "04.02", "04.03", "04.04", "04.05", "04.06")
