"""What is asked outside of the lessons."""

from course_lib.widgets.prediction import Question

QUESTIONS = (
    Question(
        name="fifty_layers",
        text="In each layer of a network a signal loses a tenth of its size. How much of it is left after fifty?",
        options=("about a half", "about a tenth", "less than a hundredth"),
        answer=lambda left: 0 if left > 0.2 else 1 if left > 0.02 else 2,
        explanation="What is left is {result:.4f} of it: a factor that looks harmless, fifty times over.",
    ),
)
