#!/bin/sh
# A container whose makers are killed at each of its steps, on cgroup v2: the same test as outside.
# shellcheck source=tests/e2e/ctr_kill.sh
. tests/e2e/ctr_kill.sh
