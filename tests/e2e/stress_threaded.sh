#!/bin/sh
# stress on the guest kernel, on the machine with the threaded interpreter.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/stress.sh
. "$(dirname "$0")/../stress.sh"

stress_passes "one processor and a legacy disk" threaded --virtio legacy
stress_passes "four processors and a modern disk" threaded --cpus 4
stress_passes "no TLB, and the kernel marking pages itself" threaded --no-tlb --no-adue --memory 128M
stress_disk_is_whole
tap_done
