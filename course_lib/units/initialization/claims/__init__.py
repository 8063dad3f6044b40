"""Claims about first weights.

``IN_LESSON`` names those whose cards stand in the lesson, in its order; the others stand on the page of all claims.
"""

IN_LESSON = ()
