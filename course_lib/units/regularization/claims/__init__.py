"""Claims about regularization.

``IN_LESSON`` names those whose cards stand in the lesson, in its order. The others stand on the page of all claims.
"""

IN_LESSON = ()
