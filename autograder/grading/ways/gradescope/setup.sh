#!/usr/bin/env bash
# Gradescope runs this once, as root, while it builds the image in which submissions are graded.
# AUTOGRADER_ROOT and COURSE_USER are for a trial elsewhere.
set -euo pipefail

root=${AUTOGRADER_ROOT:-/autograder}
user=${COURSE_USER:-course-grader}
course=$root/source/course

fits() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    for python in python3 python3.13 python3.12 python3.11; do
        if fits "$python"; then return; fi
    done
    return 1
}

export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends bubblewrap util-linux python3 python3-venv
if ! find_python; then
    # Ubuntu 22.04 has 3.11 beside its own 3.10
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    find_python
fi

"$python" -m venv "$course/.venv"
cd "$course"
.venv/bin/python -m pip install --require-hashes -r requirements.lock
.venv/bin/python -m pip install --no-deps --no-build-isolation -e .

# Submissions are graded by a user of its own, to whom alone the course, the assignment and the key belong.
if ! id "$user" >/dev/null 2>&1; then
    useradd --system --create-home --shell /usr/sbin/nologin "$user"
fi
chown -R "$user:" "$root/source"
chmod -R go= "$root/source"
as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups -- env HOME="$root/source")
"${as_user[@]}" .venv/bin/course warmup
"${as_user[@]}" .venv/bin/course doctor || true
