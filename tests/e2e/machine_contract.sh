#!/bin/sh
# The contract of the emulated machine, with our kernel on it: see board_contract.c.
exec "$O/tests/e2e/board_contract" "$O/guest/rv64/kernel" "$O/guest/rv64/initrd.cpio"
