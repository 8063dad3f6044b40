"""The only code of the project that is mounted inside the sandbox: it holds no reference and imports none."""
