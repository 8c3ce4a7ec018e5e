#!/bin/sh
# stress on the guest kernel, on the translated machine.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
# shellcheck source=tests/stress.sh
. "$(dirname "$0")/../stress.sh"

stress_passes "one processor and a legacy disk" dbt --dbt=-tier --virtio legacy
stress_passes "four processors and a modern disk" dbt --cpus 4
stress_passes "no TLB, and the kernel marking pages itself" dbt --no-tlb --no-adue --memory 128M
stress_passes "none of its techniques and two processors" dbt --dbt=-all --cpus 2
stress_disk_is_whole
tap_done
