"""All bad calls, module after module."""

import image_rows
import network_rows
import selection_rows
import sequence_rows
import step_rows

MODULES = (step_rows, image_rows, sequence_rows, network_rows, selection_rows)
ROWS = [row._replace(module=module.__name__) for module in MODULES for row in module.ROWS]
