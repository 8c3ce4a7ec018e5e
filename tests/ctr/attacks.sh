# shellcheck shell=sh
# attacks.sh: what is tried from within a container, against decoys. To be sourced after tap.sh.
#
#   attacks_begin          starts the decoys; $attack, $decoy (a process) and $tap_tmp/decoy are there
#   attacks_fail NAME RUN  every attack, each by `RUN $attack ...`, is refused; NAME says how it is run
#   attacks_image NAME     makes an image with the attacks, for `trivium run --image NAME /bin/attack ...`
#   attacks_end

: "${tap_tmp:?tap.sh is sourced before}"
attack=$O/tests/ctr/attack

attacks_begin()
{
    sleep 1000 &
    decoy=$!
    "$attack" serve "trivium-$decoy" >"$tap_tmp/serving" &
    server=$!
    until grep -q serving "$tap_tmp/serving"; do
        sleep 0.1
    done
    made_decoy=
    [ -e /tmp/trivium-decoy ] || made_decoy=/tmp/trivium-decoy
    : >/tmp/trivium-decoy
}

attacks_end()
{
    kill "$decoy" "$server"
    [ -z "$made_decoy" ] || rm -f "$made_decoy"
}

attacks_image()
{
    mkdir -p "$tap_tmp/root/bin"
    cp "$attack" "$tap_tmp/root/bin/attack"
    "$TRIVIUM" image build "$1" "$tap_tmp/root"
}

# The group of processes that the caller is in: does it hear from the container?
attacks_group()
{
    heard=no
    trap 'heard=yes' WINCH
    "$@" "$attack" group "" >/dev/null 2>&1
    trap - WINCH
    echo $heard
}

attacks_fail()
{
    how=$1
    shift
    for name in $("$attack" --list); do
        tap_like "$how: $name" "^refused: E" "$("$@" "$attack" "$name" 7</ 2>&1)"
    done
    tap_like "$how: kill a process of the host" "^refused: ESRCH" "$("$@" "$attack" kill "$decoy" 2>&1)"
    tap_like "$how: trace a process of the host" "^refused: E" "$("$@" "$attack" ptrace "$decoy" 2>&1)"
    tap_like "$how: connect to an abstract socket of the host" "^refused: ECONNREFUSED" \
        "$("$@" "$attack" socket "trivium-$decoy" 2>&1)"
    tap_is "$how: signal the process group that it was started from" no "$(attacks_group "$@")"
}
