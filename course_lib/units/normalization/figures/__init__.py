"""Figures of the unit on normalisation."""

from course_lib.units.normalization.figures.batches import BatchPicture
from course_lib.units.normalization.figures.depth_gain import DepthGainPicture
from course_lib.units.normalization.figures.ioffe import ioffe_figure
from course_lib.units.normalization.figures.noise import noisy_norm_figure
from course_lib.units.normalization.figures.sharing import SharingPicture, sharing_figure
from course_lib.units.normalization.figures.zigzag import ZigzagPicture

__all__ = [
    "BatchPicture",
    "DepthGainPicture",
    "SharingPicture",
    "ZigzagPicture",
    "ioffe_figure",
    "noisy_norm_figure",
    "sharing_figure",
]
