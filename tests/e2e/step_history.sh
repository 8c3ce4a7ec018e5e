#!/bin/sh
# What the stepper keeps to go back, and what going back costs: see step_history.c, which prints TAP itself.
# A table of times, when nothing else runs:    POSITIONS=1000000000 sh tests/e2e/step_history.sh
exec "${O:-build}/tests/e2e/step_history" "${O:-build}/guest/rv64/prime" "${O:-build}/guest/rv64/kernel" "${O:-build}/guest/rv64/initrd.cpio"
