"""Claims about normalisation."""

IN_LESSON = ()
