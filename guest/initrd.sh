#!/usr/bin/env bash
# initrd.sh FOLDER PROGRAM...: prints a cpio archive (format "newc") with /bin/PROGRAM for each.
#
# What cpio -o -H newc writes, but for two things: the same programs always make the same archive (no
# times, no inode numbers of this host), and each file's bytes start on a page boundary of the archive,
# for the kernel to use them in place. The room for that is made by NULs behind a file's name.
# Format: cpio(5), "New ASCII Format".
set -eu
page=4096
header=110
folder=$1
shift
offset=0
inode=0

# entry MODE NAME FILE: a header, the name, padded; and the file, if any, padded.
entry()
{
    local mode=$1 name=$2 file=$3 size=0 name_size=$((${#2} + 1)) end padding
    if [ -n "$file" ]; then
        size=$(stat -L -c %s "$file")
        end=$(((offset + header + name_size + page - 1) / page * page))
        name_size=$((end - offset - header))
    fi
    inode=$((inode + 1))
    printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \
        "$inode" "$mode" 0 0 1 0 "$size" 0 0 0 0 "$name_size" 0
    printf '%s' "$name"
    head -c $((name_size - ${#name})) /dev/zero
    offset=$((offset + header + name_size))
    pad
    if [ -n "$file" ]; then
        cat "$file"
        offset=$((offset + size))
        pad
    fi
}

# pad: NULs up to a multiple of four.
pad()
{
    padding=$(((4 - offset % 4) % 4))
    head -c "$padding" /dev/zero
    offset=$((offset + padding))
}

entry 0040755 bin ""
for program; do
    entry 0100755 "bin/$program" "$folder/$program"
done
entry 0 'TRAILER!!!' ""
head -c $(((page - offset % page) % page)) /dev/zero
