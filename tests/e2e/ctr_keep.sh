#!/bin/sh
# What a container wrote over its image is kept under its name, and becomes an image by a commit; the
# list of containers that run.
# shellcheck source=tests/tap.sh
. tests/tap.sh

TRIVIUM_IMAGES=$tap_tmp/store
TRIVIUM_RUN=$tap_tmp/run
export TRIVIUM_IMAGES TRIVIUM_RUN

# status COMMAND...: its exit status; its output is in out and err.
status()
{
    "$@" >"$tap_tmp/out" 2>"$tap_tmp/err" </dev/null
    echo $?
}

# run NAME IMAGE SCRIPT: a container of that name.
run()
{
    "$TRIVIUM" run --on container --name "$1" --image "$2" busybox sh -c "$3" </dev/null
}

# in_image IMAGE SCRIPT: what it prints there, on one line.
in_image()
{
    "$TRIVIUM" run --on container --image "$1" busybox sh -c "$2" </dev/null 2>&1 | xargs
}

# What the second layer has. Before Linux 6.6 files in memory have no attributes, so overlayfs does not let
# /etc/old go: then what was in it is gone, instead of the folder being opaque.
layers()
{
    "$TRIVIUM" image layers "$1" | awk '$1 == 2 { print $2 $4 }' | grep -v -E '/(dev|proc|tmp)$' |
        sed 's,^gone/etc/old/lower$,opaque/etc/old,' | xargs
}

mkdir -p "$tap_tmp/root/bin" "$tap_tmp/root/etc/old" "$tap_tmp/root/srv/me"
cp "$(busybox which busybox)" "$tap_tmp/root/bin/busybox"
cp "$O/tests/ctr/attack" "$tap_tmp/root/bin/attack"
for file in etc/first etc/both etc/old/lower srv/me/file; do
    echo one >"$tap_tmp/root/$file"
done
"$TRIVIUM" image build base "$tap_tmp/root"
if [ "$(status "$TRIVIUM" run --on container --image base busybox true)" != 0 ]; then
    tap_skip "containers are kept" "none can be run here: $(head -n 1 "$tap_tmp/err")"
    tap_done
fi

tap_is "without --name nothing is kept" "" "$("$TRIVIUM" ps --all | tail -n +2)"
tap_is "nor with --rm" 0 "$(status "$TRIVIUM" run --on container --rm --name gone --image base busybox touch /new)"
tap_is "really not" "" "$("$TRIVIUM" ps --all | tail -n +2)"

tap_is "a container that has ended" 7 "$(status run work base '
    rm /etc/first; echo two >/etc/both; rm -r /etc/old; mkdir /etc/old; echo two >/etc/old/upper
    mkdir -p /a/b; echo new >/a/b/file; ln -s b/file /a/link; mkfifo /a/pipe; chmod 640 /a/b/file; exit 7')"
tap_like "is kept" "^work +kept  2 layers" "$("$TRIVIUM" ps --all)"
tap_is "and does not run" "" "$("$TRIVIUM" ps | tail -n +2)"
tap_like "JSON has it" '"state": "kept"' "$("$TRIVIUM" ps --all --json -)"
tap_is "its name is taken" 125 "$(status run work base true)"
tap_like "which is told" "a container called 'work' is kept" "$(cat "$tap_tmp/err")"
tap_is "its image did not change" "one one lower" "$(in_image base 'cat /etc/first /etc/both; ls /etc/old')"

tap_is "a commit makes an image of it" 0 "$(status "$TRIVIUM" image commit work made)"
tap_is "with a layer of what was written: whiteouts and opaque folders as OCI has them" \
    "folder/a folder/a/b file/a/b/file link/a/link folder/etc file/etc/both gone/etc/first folder/etc/old opaque/etc/old file/etc/old/upper" \
    "$(layers made)"
tap_is "which does the same to the layers below" "two upper both old new b/file 640" \
    "$(in_image made 'cat /etc/both; ls /etc/old; ls /etc; cat /a/link; readlink /a/link; stat -c %a /a/b/file')"
tap_like "its history says of what it was made" "  container work$" "$("$TRIVIUM" image history made)"
tap_is "the layer has the digest that its name says" "" \
    "$(cd "$TRIVIUM_IMAGES/layers" && for f in *; do [ "$(sha256sum <"$f")" = "${f%.tar}  -" ] || echo "$f"; done)"
tap_is "two commits of the same have the same layers" "same" \
    "$("$TRIVIUM" image commit work again && cmp "$TRIVIUM_IMAGES/images/made.json" "$TRIVIUM_IMAGES/images/again.json" && echo same)"
tap_is "the container can go" 0 "$(status "$TRIVIUM" rm work)"
tap_is "and is no more" 125 "$(status "$TRIVIUM" image commit work made)"
tap_is "its image stays" "two" "$(in_image made 'cat /etc/both')"
tap_is "an image of an image" 3 "$(run more made 'echo 3 >/etc/both'; "$TRIVIUM" image commit more third; "$TRIVIUM" rm more; in_image third 'cat /etc/both')"

# What can happen to it.
tap_is "who is killed in there" 137 "$(status run killed base "echo x >/x; kill -9 \$\$")"
tap_like "is kept" "^killed +kept" "$("$TRIVIUM" ps --all)"
tap_is "so is who took too long" 124 "$(status "$TRIVIUM" run --on container --timeout 2 --name slow --image base busybox sh -c 'echo x >/x; sleep 100')"
tap_like "and had written" "^slow +kept  2 layers" "$("$TRIVIUM" ps --all)"
: >"$tap_tmp/out"
"$TRIVIUM" run --on container --name beheaded --image base busybox sh -c 'echo x >/x; exec attack serve x' </dev/null \
    >"$tap_tmp/out" 2>&1 &
until grep -q serving "$tap_tmp/out"; do sleep 0.1; done
kill -9 "$("$TRIVIUM" ps --json - | jq '.[0].pid')"
wait
tap_like "so is who lost its init" "^beheaded +kept  2 layers" "$("$TRIVIUM" ps --all)"
tap_is "who is not there is not kept" 125 "$(status "$TRIVIUM" run --on container --name absent --image base nothing)"
tap_not "with its name free" "$TRIVIUM" rm absent
tap_is "a file with a hole larger than --writable is no bomb" 125 \
    "$(status run bomb base 'truncate -s 900G /bomb')"
tap_like "but told" "what the container 'bomb' wrote is lost: .*larger than 64 MiB" "$(cat "$tap_tmp/err")"
tap_is "a name that would be a whiteout is refused" 125 "$(status run white base 'echo x >/etc/.wh.both')"
tap_like "with the name" "no layer can have the name etc/.wh.both" "$(cat "$tap_tmp/err")"
tap_is "nothing of that is left in the store" "" "$(find "$TRIVIUM_IMAGES" -name new)"
"$TRIVIUM" rm killed slow beheaded

# An image that is removed while it is run, and a store that is locked.
"$TRIVIUM" image build brief "$tap_tmp/root/etc" "$tap_tmp/root"
mkfifo "$tap_tmp/end"
: >"$tap_tmp/out"
"$TRIVIUM" run --on container --name orphan --image brief busybox sh -c 'echo x >/x; echo runs; read -r end' \
    <"$tap_tmp/end" >"$tap_tmp/out" 2>"$tap_tmp/err" &
exec 3>"$tap_tmp/end"
until grep -q runs "$tap_tmp/out"; do sleep 0.1; done
"$TRIVIUM" image remove brief
exec 3>&-
wait $!
tap_is "an image that was removed meanwhile" 125 $?
tap_like "is told" "a layer of brief is there no more" "$(cat "$tap_tmp/err")"
flock "$TRIVIUM_IMAGES/lock" sleep 1 &
tap_is "a store that is locked is waited for" 0 "$(sleep 0.2; run waits base 'echo x >/x'; status "$TRIVIUM" rm waits)"
wait

# The same without rights; and as root, where others than root can own files.
as_nobody()
{
    "$(busybox which setpriv)" --reuid 65534 --regid 65534 --clear-groups env TRIVIUM_IMAGES="$tap_tmp/nobody/store" \
        TRIVIUM_RUN="$tap_tmp/nobody/run" "$@" </dev/null
}
if [ "$(id -u)" != 0 ]; then
    tap_skip "what others than root are" "only root can be others"
else
    run owners base 'echo x >/x; chown 1000:100 /x'
    "$TRIVIUM" image commit owners owners
    tap_is "owners are the container's" "1000:100" "$(in_image owners 'stat -c %u:%g /x')"
    if [ "$(status "$TRIVIUM" run --on container --share user --name shared --image base busybox sh -c \
        'rm -r /etc/old; mkdir /etc/old; mv /srv/me /srv/you; chown 1000:100 /srv')" = 0 ]; then
        "$TRIVIUM" image commit shared shared
        tap_is "without a user namespace, a folder that was renamed is there" "1000:100 you one 0" \
            "$(in_image shared 'stat -c %u:%g /srv; ls /srv; cat /srv/you/file; ls /etc/old | wc -l')"
    else
        tap_skip "without a user namespace, a folder that was renamed is there" "$(head -n 1 "$tap_tmp/err")"
    fi
    mkdir "$tap_tmp/nobody"
    chmod 755 "$tap_tmp"
    chown 65534 "$tap_tmp/nobody"
    if [ "$(status as_nobody "$TRIVIUM" image build base "$tap_tmp/root")" = 0 ] &&
        [ "$(status as_nobody "$TRIVIUM" run --on container --image base busybox true)" = 0 ]; then
        as_nobody "$TRIVIUM" run --on container --name work --image base busybox sh -c \
            'rm -r /etc/old; mkdir /etc/old; echo two >/etc/both; rm /etc/first'
        as_nobody "$TRIVIUM" image commit work made
        tap_is "without rights as with them" "folder/etc file/etc/both gone/etc/first folder/etc/old opaque/etc/old" \
            "$(TRIVIUM_IMAGES=$tap_tmp/nobody/store layers made)"
    else
        tap_skip "without rights as with them" "nobody cannot run a container: $(head -n 1 "$tap_tmp/err")"
    fi
fi

# What an image would start. The record is what an import makes of a configuration (image_oci.sh).
jq '.config = {Cmd: ["busybox", "sh", "-c", "pwd; echo $A $B"], Env: ["A=1", "B=2"], WorkingDir: "/etc"}' \
    "$TRIVIUM_IMAGES/images/base.json" >"$TRIVIUM_IMAGES/images/starts.json"
in_starts()
{
    "$TRIVIUM" run --on container --image starts "$@" </dev/null 2>&1 | xargs
}
tap_is "an image's own command, variables and folder" "/etc 1 2" "$(in_starts)"
tap_is "a variable of ours counts" "/etc 1 3" "$(in_starts --env B=3)"
tap_is "and a folder of ours" "/srv 1 2" "$(in_starts --workdir /srv)"
tap_is "and a program of ours" "/etc" "$(in_starts busybox pwd)"
tap_is "a commit keeps them" "/etc 1 2" \
    "$(run inherits starts true; "$TRIVIUM" image commit inherits starts; "$TRIVIUM" rm inherits; in_starts)"
tap_is "an image that starts nothing needs a program" 125 "$(status "$TRIVIUM" run --on container --image base)"
tap_like "which is told" "the image 'base' does not say what is to be started" "$(cat "$tap_tmp/err")"
jq '.config = {WorkingDir: "/none"}' "$TRIVIUM_IMAGES/images/base.json" >"$TRIVIUM_IMAGES/images/lost.json"
tap_is "a folder that is not there is told" 125 "$(status "$TRIVIUM" run --on container --image lost busybox true)"
jq '.config = {WorkingDir: "none"}' "$TRIVIUM_IMAGES/images/base.json" >"$TRIVIUM_IMAGES/images/lost.json"
tap_is "a record that is none is refused" 125 "$(status "$TRIVIUM" run --on container --image lost busybox true)"
"$TRIVIUM" image build lost "$tap_tmp/root"

# Who runs.
: >"$tap_tmp/serving"
"$TRIVIUM" run --on container --name runs --image base attack serve x </dev/null >"$tap_tmp/serving" 2>&1 &
until grep -q . "$tap_tmp/serving"; do sleep 0.1; done
tap_like "a container that runs is listed" "^runs +[0-9]+  20[0-9-]+ [0-9:]+  base +[2-9].* attack serve x$" "$("$TRIVIUM" ps)"
"$TRIVIUM" ps --json "$tap_tmp/ps.json"
tap_like "with what it uses" "^[1-9][0-9]* true" "$(jq -r '.[] | select(.name == "runs") | "\(.processes) \(.memory > 0)"' "$tap_tmp/ps.json")"
tap_is "its process is its init" init "$(pid=$(jq -r '.[0].pid' "$tap_tmp/ps.json"); [ -e "/proc/$pid/task/$pid/children" ] && echo init)"
tap_is "its name is taken" 125 "$(status "$TRIVIUM" run --on container --name runs hello)"
tap_like "which is told" "a container called 'runs' is running" "$(cat "$tap_tmp/err")"
kill -9 $!
wait 2>"$tap_tmp/err"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do # who it made dies after it
    "$TRIVIUM" ps | grep -q "^runs" || break
    sleep 0.1
done
tap_is "who was killed with all its makers is listed no more" "" "$("$TRIVIUM" ps | tail -n +2)"
"$TRIVIUM" run --on container hello >"$tap_tmp/out" </dev/null
tap_not "and left nothing" test -e "$TRIVIUM_RUN"
tap_is "a name is a name" 125 "$(status "$TRIVIUM" run --on container --name ../x hello)"
tap_is "a folder that others may write to is none for this" 125 \
    "$(mkdir -m 777 "$tap_tmp/open"; TRIVIUM_RUN=$tap_tmp/open status "$TRIVIUM" run --on container --name n hello)"
tap_done
