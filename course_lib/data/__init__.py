"""Data: digits, glyphs and toy sets, pretrained networks, sequences, downloads; scaling, augmentation and splits."""

from course_lib.data.augmentation import (
    add_noise,
    flip,
    random_crop,
    random_flip,
    random_rotation,
    random_shift,
    rotate,
    shift,
)
from course_lib.data.datasets import (
    Split,
    blobs,
    circles,
    digits,
    few_labels,
    glyph_letters,
    glyphs,
    learning_curve_splits,
    moons,
    spirals,
    xor,
)
from course_lib.data.downloads import (
    DataUnavailable,
    RemoteFile,
    Source,
    cache_folder,
    download,
    fetch,
    holds,
    load,
    read,
    source_of,
)
from course_lib.data.feature_scaling import min_max_apply, min_max_fit, standardize_apply, standardize_fit
from course_lib.data.image_files import read_cifar10, read_idx, read_mnist
from course_lib.data.inventory import DataItem, data_items
from course_lib.data.pretrained_networks import file_of, inputs, pretrained, task_of, untrained
from course_lib.data.sequence_data import adding_problem, one_hot_steps, parity, recall_first
from course_lib.data.splits import (
    alike,
    k_fold,
    learning_curve_subsets,
    out_of_fold,
    predicted,
    stratified_k_fold,
    stratified_split,
    trained,
)
