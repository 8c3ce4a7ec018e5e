#!/bin/sh
# The nested virtual machine has what it is for; and what runs everywhere runs there, too.
# shellcheck source=tests/tap.sh
. tests/tap.sh

tap_ok "there is /dev/kvm" test -c /dev/kvm
tap_like "AMD's SVM is what it stands on" svm "$(grep -m 1 flags /proc/cpuinfo)"
for controller in cpu memory pids cpuset; do
    tap_like "cgroup v2 has the controller $controller" " $controller( |$)" \
        " $(cat /sys/fs/cgroup/cgroup.controllers)"
done
tap_is "a program runs natively" "hello, world" "$("$TRIVIUM" run --on native hello)"
tap_is "and on the interpreter's machine" "hello, world" "$("$TRIVIUM" run --on interp hello)"
tap_done
