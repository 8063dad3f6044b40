"""One thread each: imported before numpy, torch and JAX, whose pools read these variables when they load."""

import os

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ["JAX_PLATFORMS"] = "cpu"
# Every library chooses the instructions for this processor by itself; some machines tie OpenBLAS alone to older ones.
os.environ.pop("OPENBLAS_CORETYPE", None)
