#!/bin/sh
# The tests of tests/e2e/ctr_image.sh, on Linux 6.1 and as root.
# shellcheck source=tests/e2e/ctr_image.sh
. tests/e2e/ctr_image.sh
