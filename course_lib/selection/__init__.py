"""Choosing and combining models: hyper-parameter search, ensembles, bagging, boosting, stacking."""

from course_lib.selection.boosting import AdaBoost, adaboost, resampling_learner, stump_learner, training_error_bound
from course_lib.selection.bootstrap import Bagging, bagging, bootstrap_indices, out_of_bag_mask
from course_lib.selection.decision_stump import Presorted, Stump, fit_stump, presort
from course_lib.selection.ensembles import (
    Ambiguity,
    BiasVarianceCovariance,
    ambiguity_decomposition,
    average_logits,
    average_probabilities,
    bias_variance_covariance,
    majority_vote,
    vote_shares,
)
from course_lib.selection.learners import Classifier, LogisticRegressionLearner, MLPLearner
from course_lib.selection.search import (
    Choice,
    Integer,
    LogUniform,
    Search,
    Trial,
    Uniform,
    grid_search,
    linear_scaled_lr,
    random_search,
    sqrt_scaled_lr,
    successive_halving,
)
from course_lib.selection.stacked_generalization import Stacked, stack_features, stacking
