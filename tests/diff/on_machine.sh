# shellcheck shell=bash
# shellcheck disable=SC2154 # tap_tmp is of tap.sh
# on_machine.sh: a program of one's own on the emulated machine, as the first process of the bundled
# kernel. Source it after tap.sh.

# make_initrd PROGRAM FILE: an initrd that has it as /bin/program.
make_initrd()
{
    mkdir -p "$tap_tmp/initrd/bin" && cp "$1" "$tap_tmp/initrd/bin/program" &&
        (cd "$tap_tmp/initrd" && printf 'bin\nbin/program\n' | cpio -o -H newc --quiet) >"$2"
}

# run_on_machine INITRD COMMAND WAY OPTION...: runs it.
run_on_machine()
{
    machine_initrd=$1
    machine_command=$2
    shift 2
    timeout 60 "$machine_command" run --on "$@" --memory 32M --kernel "$O/guest/rv64/kernel" \
        --initrd "$machine_initrd" --append "tty=off init=/bin/program" </dev/null
}
