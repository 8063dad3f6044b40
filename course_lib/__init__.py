"""Deep learning in plain NumPy and short compiled loops, to be read.

Functions come first, ``x_forward(...) -> out, cache`` and ``x_backward(dout, cache) -> dx, ...``; layer objects and
networks call them. Each topic exports its public names: ``from course_lib.functions import batchnorm_forward``.

The mathematics
    ``functions`` (layers, losses and penalties as functions), ``initialization``, ``layers`` (the same as objects, and
    networks of them), ``optimizers`` (and schedules), ``training`` (``fit``, and ``mlp_fit`` in one compiled call),
    ``analysis`` (gradient checks, descent, surfaces)
What is built on it
    ``data``, ``models`` (autoencoders, transfer, a GAN, an RBM), ``selection`` (search, ensembles), ``compression``
The lessons
    ``units`` (a folder for each: experiments, figures, widgets, claims), and what these are made with: ``figures``,
    ``widgets``, ``claims``
Underneath
    ``kernels`` (what compiles a loop, exp and tanh in one), ``warmup`` (compiles them all), ``files``, ``store`` (what
    is remembered of a learner)
"""
