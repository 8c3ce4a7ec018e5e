#!/bin/sh
# Random steps forward and back: see step_random.c, which prints TAP itself.
exec "$O/tests/e2e/step_random" "$O/guest/rv64/prime" "$O/guest/rv64/kernel" "$O/guest/rv64/initrd.cpio"
