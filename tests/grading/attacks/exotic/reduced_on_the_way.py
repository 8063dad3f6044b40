"""Objects that run code when they are pickled, copied, unpickled or asked for their state, alone and in everything."""

import copyreg
import os

import numpy as np


class Reduced:
    def __reduce__(self):
        return os.system, ("touch /tmp/LEFTOVER",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __copy__ = __deepcopy__ = lambda self, *_: os.system("touch /tmp/LEFTOVER")
    __getnewargs__ = lambda self: (Reduced(),)


copyreg.pickle(Reduced, lambda one: (os.system, ("touch /tmp/LEFTOVER",)))


def relu_backward(dout, z):
    objects = np.empty(2, dtype=object)
    objects[:] = Reduced()
    return [Reduced(), {"reduced": Reduced()}, (Reduced(),), objects, np.where(z > 0, dout, 0.0)]
