"""One arena for every process that runs tests."""

import pytest

pytest.register_assert_rewrite("arena")  # so that its failures say what was compared

from arena import planted  # noqa: E402


@pytest.fixture(scope="session")
def arena(assignment):
    with planted(assignment) as arena:
        yield arena
