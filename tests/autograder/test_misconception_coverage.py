"""Every wrong form in the catalogue of misconceptions is executable: label -> (exercise, form).

A letter after the label tells apart several ways of writing the same mistake.
"""

import re

import pytest

from autograder.exercise import load

TRAINING_LOOP = {
    "NG1a": ("numeric_grad", "one_sided_forward"),
    "NG1b": ("numeric_grad", "one_sided_backward"),
    "NG2": ("numeric_grad", "divides_by_h"),
    "NG3a": ("numeric_grad", "moves_cumulatively"),
    "NG3b": ("numeric_grad", "leaves_x_moved"),
    "NG3c": ("numeric_grad", "restores_by_arithmetic"),
    "NG3d": ("numeric_grad", "restores_x_by_arithmetic"),
    "NG4": ("numeric_grad", "moves_a_copy_and_asks_the_original"),
    "NG5a": ("numeric_grad", "step_below_rounding"),
    "NG5b": ("numeric_grad", "float32_arithmetic"),
    "NG6a": ("numeric_grad", "cuts_the_step"),
    "NG6b": ("numeric_grad", "cuts_the_gradient"),
    "NG6c": ("numeric_grad", "keeps_the_dtype_of_x"),
    "RE1": ("rel_error", "averages"),
    "RE2a": ("rel_error", "divides_by_the_first_without_eps"),
    "RE2b": ("rel_error", "divides_by_the_first"),
    "RE3a": ("rel_error", "signed_denominator"),
    "RE3b": ("rel_error", "signed_denominator_without_eps"),
    "RE4a": ("rel_error", "calls_small_gradients_equal"),
    "RE4b": ("rel_error", "answers_yes_or_no"),
    "AB1": ("affine_backward", "bias_without_sum"),
    "AB2": ("affine_backward", "transposed_weight_gradient"),
    "AB3a": ("affine_backward", "averages_again"),
    "AB3b": ("affine_backward", "averages_the_weight_gradient"),
    "AB4": ("affine_backward", "adds_the_weights"),
    "AB5a": ("affine_backward", "multiplies_elementwise_for_dx"),
    "AB5b": ("affine_backward", "multiplies_elementwise_for_dw"),
    "SX1a": ("softmax_xent", "exp_overflows"),
    "SX1b": ("softmax_xent", "log_of_the_sum_overflows"),
    "SX2a": ("softmax_xent", "one_maximum_for_all_rows"),
    "SX2b": ("softmax_xent", "one_maximum_for_all_rows_in_log_space"),
    "SX3": ("softmax_xent", "gradient_not_averaged"),
    "SX4a": ("softmax_xent", "sums_over_samples"),
    "SX4b": ("softmax_xent", "columns_throughout"),
    "SX5a": ("softmax_xent", "logarithm_with_1e_8"),
    "SX5b": ("softmax_xent", "logarithm_with_1e_12"),
    "SX6": ("softmax_xent", "softmax_twice"),
    "SX7": ("softmax_xent", "loss_of_the_wrong_sign"),
    "AC4": ("sigmoid_slope_bound", "slope_of_one"),
    "GN1a": ("gradient_norms_by_layer", "norms_of_the_activations"),
    "GN1b": ("gradient_norms_by_layer", "norms_of_all_activations"),
    "GN1c": ("gradient_norms_by_layer", "unpacks_in_the_wrong_order"),
    "GN2": ("gradient_norms_by_layer", "last_batch_only"),
    "GN3": ("gradient_norms_by_layer", "mean_of_the_entries"),
    "CL1": ("clip_by_global_norm", "one_norm_per_array"),
    "CL2": ("clip_by_global_norm", "always_rescales"),
    "CL3": ("clip_by_global_norm", "divides_by_the_squared_norm"),
    "CL4a": ("clip_by_global_norm", "sum_of_absolute_values"),
    "CL4b": ("clip_by_global_norm", "largest_absolute_value"),
    "CL5a": ("clipped_sgd_step", "clips_the_new_parameters"),
    "CL5b": ("clipped_sgd_step", "clips_the_old_parameters"),
    "CL5c": ("clipped_sgd_step", "clips_the_update"),
    "CL6a": ("clip_by_global_norm", "clips_in_place"),
    "CL6b": ("clip_by_value", "clips_in_place"),
    "CL7a": ("clip_by_global_norm", "nan_for_zero_gradients"),
    "CL7b": ("clip_by_global_norm", "always_rescales_zero_too"),
    "CL7c": ("clip_by_global_norm", "zero_division"),
    "CL8": ("clip_by_global_norm", "returns_the_clipped_norm"),
    "CL9": ("clipping_cosine", "believes_the_direction_is_kept"),
}

ACTIVATIONS = {
    "AC1a": ("sigmoid_backward", "takes_a_for_z"),
    "AC1b": ("tanh_backward", "takes_a_for_z"),
    "AC2a": ("tanh_backward", "forgets_the_square"),
    "AC2b": ("sigmoid_backward", "forgets_the_factor_a"),
    "AC3": ("sigmoid", "overflows_to_nan"),
    "AC4b": ("sigmoid_backward", "scales_the_peak_to_one"),
    "RL1": ("relu_backward", "masks_by_the_gradient"),
    "RL2": ("relu_backward", "returns_the_mask"),
    "RL3": ("relu_backward", "passes_at_zero"),
    "RL4": ("relu_backward", "edits_dout_in_place"),
    "LR1a": ("leaky_relu", "takes_the_smaller"),
    "LR1b": ("prelu", "takes_the_smaller"),
    "LR2a": ("leaky_relu", "swaps_the_branches"),
    "LR2b": ("prelu", "swaps_the_branches"),
    "LR2c": ("prelu_backward", "swaps_the_branches"),
    "LR3a": ("leaky_relu", "takes_the_larger"),
    "LR3b": ("prelu", "takes_the_larger"),
    "LR4a": ("prelu_backward", "da_sums_the_gradient"),
    "LR4b": ("prelu_backward", "da_forgets_z"),
    "LR4c": ("prelu_backward", "da_from_the_positive_side"),
    "LR5a": ("prelu_backward", "da_not_summed"),
    "LR5b": ("prelu_backward", "da_summed_over_everything"),
    "EL1": ("elu", "forgets_minus_one"),
    "EL2a": ("elu", "multiplies_inf_by_zero"),
    "EL2b": ("elu_backward", "multiplies_inf_by_zero"),
    "EL3": ("elu_backward", "takes_the_output_for_the_slope"),
    "EL4a": ("elu", "ignores_alpha"),
    "EL4b": ("elu_backward", "ignores_alpha"),
    "SE1a": ("selu", "as_printed_in_the_lecture_notes"),
    "SE1b": ("selu", "exponential_on_the_positive_side"),
    "SE2a": ("selu", "swaps_the_constants_as_printed"),
    "SE2b": ("selu", "swaps_the_constants"),
    "SE3": ("selu", "lambda_on_the_left_only"),
    "SE4a": ("selu", "lambda_twice"),
    "SE4b": ("selu", "lambda_in_place_of_alpha"),
    "SE5a": ("selu", "constants_of_two_decimals"),
    "SE5b": ("selu", "constants_of_four_decimals"),
    "SE5c": ("selu", "constants_of_five_decimals"),
    "SW1a": ("swish", "beta_outside"),
    "SW1b": ("swish_backward", "backward_of_beta_outside"),
    "SW2": ("swish_backward", "slope_is_the_gate"),
    "SW3a": ("swish_backward", "slope_never_negative"),
    "SW3b": ("swish", "cuts_off_the_dip"),
}

COVERED = TRAINING_LOOP | ACTIVATIONS

GROUP_SIZES = {
    **{"NG": 6, "RE": 4, "AB": 5, "SX": 7, "GN": 3, "CL": 9},
    **{"AC": 4, "RL": 4, "LR": 5, "EL": 4, "SE": 5, "SW": 3},
}


@pytest.mark.parametrize("label", COVERED)
def test_the_form_is_executable(label):
    name, form = COVERED[label]
    exercise = load(name)
    assert form in {f.name for f in [*exercise.misconceptions, *exercise.variants]}


@pytest.mark.parametrize("group", GROUP_SIZES)
def test_every_label_of_the_group_is_covered(group):
    covered = {re.fullmatch(r"([A-Z]+\d+)[a-z]?", label)[1] for label in COVERED}
    wanted = {f"{group}{number}" for number in range(1, GROUP_SIZES[group] + 1)}
    assert not wanted - covered
