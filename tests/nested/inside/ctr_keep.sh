#!/bin/sh
# The tests of tests/e2e/ctr_keep.sh, on Linux 6.1, cgroup v2 and as root.
# shellcheck source=tests/e2e/ctr_keep.sh
. tests/e2e/ctr_keep.sh
