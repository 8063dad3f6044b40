"""What an exception says, in words that tell what to change."""

import re
from collections import Counter
from collections.abc import Iterator

from autograder.causes.evidence import Cause, Evidence

# (name of the cause, what the error and its message look like, what that means)
MEANINGS = (
    (
        "decides_once",
        r"truth value of an array",
        "Python's if, and, or, not, max and min decide once, and here they were asked about a whole array. "
        "np.where or a mask decides for every entry.",
    ),
    (
        "generator_misused",
        r"_generator\.Generator'",
        "rng is asked for something that it does not do. It draws with its methods normal, standard_normal, uniform "
        "and random, which take the shape as size.",
    ),
    (
        "shape_number_by_number",
        r"(normal|uniform|random|integers)\(\) takes at most \d positional|Cannot interpret '.*' as a data type",
        "The methods of a generator take a shape as one argument, a tuple, as in size=(3, 4). Here its numbers are "
        "handed over one by one.",
    ),
    (
        "shape_as_tuple",
        r"'tuple' object cannot be interpreted as an integer",
        "A tuple stands where NumPy takes single integers. np.random.rand and randn want the sizes one by one; the "
        "methods of a generator want the tuple, as size.",
    ),
    (
        "spread_is_negative",
        r"scale < 0|high - low < 0",
        "Numbers are to be drawn whose standard deviation is negative, or whose upper end lies below the lower one.",
    ),
    (
        "matrix_shapes",
        r"matmul: |shapes .* not aligned|incompatible array sizes",
        "A matrix product is taken of two arrays whose inner axes differ in length. Is a matrix product due there? "
        "If so, is one of the two to be transposed?",
    ),
    (
        "shapes_do_not_fit",
        r"could not be broadcast|could not broadcast|all the input array|same number of dimensions|inhomogeneous",
        "Two arrays are combined whose shapes do not fit each other. Print both shapes just before that line.",
    ),
    (
        "one_number_functions",
        r"only (length-1|0-dimensional|integer scalar) arrays|must be real number, not",
        "A function or an index that takes one number got a whole array. NumPy's own functions, such as np.exp for "
        "math.exp, work on every entry.",
    ),
    (
        "caret",
        r"unsupported operand type\(s\) for \^",
        "^ is not a power in Python, but a bitwise operation. A power is **.",
    ),
    (
        "not_an_integer",
        r"cannot be interpreted as an integer|indices must be integers|must be an integer|only integers,",
        "A fraction stands where NumPy wants an integer: an axis, a size or an index. Is np.max meant to be "
        "np.maximum?",
    ),
    (
        "negative_power",
        r"negative integer power",
        "An integer is raised to a negative integer power, which NumPy refuses: make the base a float.",
    ),
    (
        "used_too_early",
        r"UnboundLocalError|cannot access local variable",
        "A variable is used before it gets a value, on at least one path through the function.",
    ),
    (
        "unknown_name",
        r"NameError",
        "A name is used that is defined nowhere.",
    ),
    (
        "several_as_one",
        r"unsupported operand type.*'(tuple|list|dict)'|can't multiply sequence|(tuple|"
        r"list) indices must be|bad operand type for .*'(tuple|list)'|can only concatenate",
        "A tuple, a list or a dict is used as if it were one array. Take it apart, and work on each array in it.",
    ),
    (
        "not_called",
        r"unsupported operand.*'(function|method|builtin_function_or_method|type)'",
        "A function is used as if it were its result: it has to be called, with brackets.",
    ),
    (
        "none_used",
        r"'?NoneType'?",
        "None is used as a value: a function that returns nothing was called for its result, or a variable was "
        "never set.",
    ),
    (
        "too_many_indices",
        r"too many indices|out of bounds|tuple index out of range|list index out of range",
        "An index goes beyond what is there: an axis that the array does not have, or an entry after its last one.",
    ),
    (
        "no_iteration",
        r"not iterable|iteration over a 0-d|has no len|not subscriptable|does not support item assignment",
        "A single number is treated as an array or a list.",
    ),
    (
        "unpacking",
        r"not enough values to unpack|too many values to unpack",
        "A tuple is taken apart into another number of names than it has values.",
    ),
    (
        "integer_array",
        r"Cannot cast ufunc",
        "Fractions are written into an array of integers. Make a float array first, such as z.astype(float).",
    ),
    (
        "read_only",
        r"read-only",
        "An argument is written into. Work on a copy: arguments belong to the caller.",
    ),
    (
        "division_by_zero",
        r"ZeroDivisionError|division by zero",
        "It divides by zero. What should come out there?",
    ),
    (
        "recursion",
        r"RecursionError|recursion depth",
        "The function calls itself without end.",
    ),
    (
        "wrong_key",
        r"KeyError",
        "A key is used that the dict does not have.",
    ),
    (
        "wrong_attribute",
        r"AttributeError",
        "An object is asked for something that it does not have.",
    ),
    (
        "overflow",
        r"OverflowError",
        "A number becomes too large to be represented.",
    ),
    (
        "wrong_call",
        r"takes .* positional argument|missing .* required|unexpected keyword|got multiple values",
        "A function is called with other arguments than it takes.",
    ),
)


def errors(evidence: Evidence) -> Iterator[Cause]:
    """What the exception means that most of the failing calls have raised."""
    raised = [evidence.outcomes[i] for i in evidence.failing if evidence.outcomes[i].status == "raised"]
    if 2 * len(raised) < len(evidence.failing) or not raised:
        return
    (kind, message), _ = Counter((o.error, shape_free(o.message)) for o in raised).most_common(1)[0]
    for name, pattern, meaning in MEANINGS:
        if re.search(pattern, f"{kind}: {message}"):
            yield Cause(name, meaning)
            return


def shape_free(message: str) -> str:
    """A message without its numbers, which differ from call to call."""
    return re.sub(r"\d+", "0", message)
