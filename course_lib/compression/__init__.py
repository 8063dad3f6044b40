"""Smaller networks: pruning, quantisation and integer inference, low rank, reduced precision, distillation."""

from course_lib.compression.distillation import Distillation, distillation_loss, distillation_targets, soft_targets
from course_lib.compression.int8_inference import (
    Int8Affine,
    Int8MLP,
    fixed_point,
    int8_affine_forward,
    quantize_affine,
    quantize_mlp,
)
from course_lib.compression.low_rank import factorize_affine, low_rank_factors
from course_lib.compression.pruning import (
    CubicSparsity,
    MagnitudePruning,
    apply_masks,
    global_magnitude_masks,
    magnitude_mask,
    weight_matrices,
)
from course_lib.compression.quantization import (
    Quantizer,
    affine_quantizer,
    calibrate,
    dequantize,
    fake_quantize_backward,
    fake_quantize_forward,
    quantize,
    symmetric_quantizer,
)
from course_lib.compression.reduced_precision import LossScaler, round_to_bfloat16, round_to_float16
from course_lib.compression.sizes import Sizes, csr_bytes, network_size, parameter_sizes
