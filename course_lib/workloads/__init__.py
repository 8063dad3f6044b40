"""Small runs of every kernel, one module a topic, which ``course_lib.warmup`` goes through to compile them."""
