#!/bin/sh
# What a step of the stepper costs, counted: see step_cost.c, which prints TAP itself.
exec "${O:-build}/tests/e2e/step_cost" "${O:-build}/guest/rv64/prime" "${O:-build}/guest/rv64/kernel" "${O:-build}/guest/rv64/initrd.cpio"
