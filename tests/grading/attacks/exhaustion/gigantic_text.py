"""An exception whose message is gigabytes, and whose type's name is megabytes."""


class Shout(Exception):
    def __str__(self):
        return "x" * (1 << 28)

    __repr__ = __str__


Shout.__name__ = "y" * (1 << 22)


def relu_backward(dout, z):
    raise Shout
