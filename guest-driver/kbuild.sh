#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the modules of one kernel, out of tree, and prints hash and path of the finished ones, as sha256sum does:
# whoever depends on the list sees it change with them.
#
# usage: kbuild.sh modules SOURCE OUT HEADERS [TARGET DEPFILE]
#        kbuild.sh sparse  SOURCE OUT HEADERS
#   SOURCE   the project's source folder
#   OUT      folder for this build, made if missing; the modules become OUT/*.ko
#   HEADERS  the kernel's header folder (has Makefile and Module.symvers)
#   DEPFILE  gets a make rule for TARGET with all that the modules are made of
# sparse checks the sources, fails on any warning, and is skipped (77) where sparse is not installed.
#
# kbuild writes its objects beside the sources, so it is given a folder of symbolic links.
set -eu

die() {
    echo "kbuild.sh: $*" >&2
    exit 1
}

[ $# -eq 4 ] || [ $# -eq 6 ] || die "usage: kbuild.sh modules|sparse SOURCE OUT HEADERS [TARGET DEPFILE]"
mode=$1
source=$(cd "$2" && pwd)
headers=$4
[ -f "$headers/Makefile" ] || die "no kernel headers in $headers: is the package linux-headers installed?"
mkdir -p "$3"
out=$(cd "$3" && pwd)
tree=$out/tree

list_sources() {
    (cd "$source/guest-driver" && find . \( -name '*.[ch]' -o -name Kbuild \) | sed 's,^\./,,' | LC_ALL=C sort)
}

link_sources() {
    mkdir -p "$tree"
    # Links of files that are no longer there would be built all the same.
    find "$tree" -type l -exec rm -f {} +
    ln -s "$source/include" "$tree/include"
    list_sources | while read -r file; do
        mkdir -p "$tree/guest-driver/$(dirname "$file")"
        ln -s "$source/guest-driver/$file" "$tree/guest-driver/$file"
    done
}

# Folders too: a new file changes its folder's time.
write_depfile() {
    {
        printf '%s:' "$1"
        find "$source/include" -name '*.h' -exec printf ' %s' {} +
        find "$source/guest-driver" \( -type d -o -name '*.[ch]' -o -name Kbuild \) -exec printf ' %s' {} +
        echo
    } >"$2"
}

# Type information for BPF needs pahole and the kernel's vmlinux: we have no use for it.
kmake() {
    make -C "$headers" M="$tree/guest-driver" -j"$(nproc)" CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules \
        >"$out/log" 2>&1 || { cat "$out/log" >&2; die "the modules do not build against $headers"; }
    # Only what is said of our own files; the kernel's headers have their own troubles.
    if grep "$tree.*\(warning\|error\):" "$out/log" >&2; then
        die "warnings, see above and $out/log"
    fi
}

# Debugging sections stay in the tree for gdb; the guest has no use for them.
finish() {
    [ -s "$tree/guest-driver/modules.order" ] || die "no module was built, see $out/log"
    rm -f "$out"/*.ko
    # The list, not what lies about: there may be a module of a driver that is no longer there.
    LC_ALL=C sort "$tree/guest-driver/modules.order" | while read -r object; do
        module=${object%.*}.ko
        strip --strip-debug -o "$out/$(basename "$module")" "$module"
        sha256sum "$out/$(basename "$module")"
    done
}

case $mode in
modules)
    link_sources
    kmake
    finish
    [ $# -eq 4 ] || write_depfile "$5" "$6"
    ;;
sparse)
    command -v sparse >/dev/null || { echo "sparse is not installed"; exit 77; }
    link_sources
    kmake C=2
    ;;
*)
    die "unknown mode '$mode'"
    ;;
esac
