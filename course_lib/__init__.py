"""Deep learning in plain NumPy and short compiled loops, to be read.

Functions come first, ``x_forward(...) -> out, cache`` and ``x_backward(dout, cache) -> dx, ...``; layer objects and
networks call them. Import a module by its name, as in ``from course_lib.layers.network import Sequential``.

Networks
    ``network`` (Sequential, mlp), ``layers`` (the layer objects), ``autoencoder``, ``gan``, ``rbm``, ``pretrained``
Layers as functions
    ``activations``, ``affine``, ``convolution``, ``pooling``, ``receptive_field``, ``normalization``, ``dropout``,
    ``residual``, ``recurrent``, ``lstm``, ``gru``, ``attention``, ``transformer``
Data, and where training starts
    ``datasets``, ``downloads``, ``sequence_data``, ``feature_scaling``, ``augmentation``, ``initialization``
Training
    ``training`` (fit, evaluate), ``losses``, ``optimizers``, ``adam``, ``schedules``, ``range_test``, ``clipping``,
    ``regularization``, ``early_stopping``, ``checkpoint``, ``history``, ``progress``, ``training_step`` (one step,
    written out), ``fused`` (mlp_fit: a whole run in one compiled call)
Looking
    ``summary``, ``gradient_check``, ``diagnostics``, ``surfaces``, ``descent``, ``newton``, ``moving_average``
Using what has been learnt
    ``weights``, ``transfer``, ``pretext``, ``distillation``
Choosing and combining models
    ``model_selection``, ``search``, ``learners``, ``ensembles``, ``bagging``, ``boosting``, ``decision_stump``,
    ``stacking``
Making networks smaller
    ``pruning``, ``quantization``, ``int8_inference``, ``reduced_precision``, ``low_rank``, ``compression``
The course
    ``experiments`` (parameters in, a result out), ``claims`` (statements and their verdicts), ``figures``, ``widgets``
Inner parts
    ``convolution_kernels``, ``pooling_kernels``, ``im2col``, ``files``, ``image_files``, ``holdings``, ``warmup``,
    ``workloads``
"""
