"""What the standard deviation of random weights comes to when a mistake is made with the fans or the gain."""


def fan(fan_in, fan_out, mode):
    return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode]


def _of_fans(average):
    """The standard deviation for another average of the two fans."""
    return lambda i, o, mode, gain: gain * (average(i, o) if mode == "fan_avg" else fan(i, o, mode)) ** -0.5


# what the standard deviation may be instead, of (fan_in, fan_out, mode, gain), by the misconception that leads to it
WRONG = {
    "ignores_the_gain": lambda i, o, mode, gain: fan(i, o, mode) ** -0.5,
    "always_the_inputs": lambda i, o, mode, gain: gain * i**-0.5,
    "fans_exchanged": lambda i, o, mode, gain: gain * {"fan_in": o, "fan_out": i}.get(mode, (i + o) / 2) ** -0.5,
    "always_the_mean": lambda i, o, mode, gain: gain * ((i + o) / 2) ** -0.5,
    "halves_one_fan": _of_fans(lambda i, o: i + o / 2),
    "adds_the_fans": _of_fans(lambda i, o: i + o),
    "geometric_mean": _of_fans(lambda i, o: (i * o) ** 0.5),
    "averages_the_variances": _of_fans(lambda i, o: 2 / (1 / i + 1 / o)),
    "averages_the_standard_deviations": _of_fans(lambda i, o: 4 / (i**-0.5 + o**-0.5) ** 2),
    "takes_the_larger_fan": _of_fans(max),
    "always_the_outputs": lambda i, o, mode, gain: gain * o**-0.5,
    "divides_by_the_fan": lambda i, o, mode, gain: gain / fan(i, o, mode),
    "variance_for_standard_deviation": lambda i, o, mode, gain: gain**2 / fan(i, o, mode),
    "squares_the_gain": lambda i, o, mode, gain: gain**2 * fan(i, o, mode) ** -0.5,
    "variance_for_limit": lambda i, o, mode, gain: 3**0.5 * gain**2 / fan(i, o, mode),
    "gain_under_the_root": lambda i, o, mode, gain: (gain / fan(i, o, mode)) ** 0.5,
    "divides_by_the_gain": lambda i, o, mode, gain: fan(i, o, mode) ** -0.5 / gain,
    "always_for_relu": lambda i, o, mode, gain: gain * (2 / fan(i, o, mode)) ** 0.5,
    "multiplies_by_the_root": lambda i, o, mode, gain: gain * fan(i, o, mode) ** 0.5,
}
