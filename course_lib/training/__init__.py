"""The training loop and what goes with it: history, checkpoints, weights, early stopping, the range test.

``fit`` trains any network; ``mlp_fit`` trains a small one in a single compiled call.
"""

from course_lib.training.checkpoint import Checkpoint
from course_lib.training.early_stopping import EarlyStopping
from course_lib.training.fused import mlp_fit
from course_lib.training.history import History, Run
from course_lib.training.learning_rate_range import RangeTest, range_test
from course_lib.training.loop import backprop, evaluate, fit, minibatches
from course_lib.training.progress import training_bar
from course_lib.training.two_layer_step import training_step
from course_lib.training.weights import load_weights, named_tensors, save_weights
