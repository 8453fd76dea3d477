#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the modules of one kernel, out of tree, and prints hash and path of the finished ones, as sha256sum does:
# whoever depends on the list sees it change with them.
#
# usage: kbuild.sh modules SOURCE OUT HEADERS [TARGET DEPFILE]
#        kbuild.sh sparse  SOURCE OUT HEADERS
#   SOURCE   the project's source folder
#   OUT      folder for this build, made if missing; the modules become OUT/*.ko. A folder of drivers with a bugs.h
#            is built once more with STUNT_VARIANT set: OUT/variants/*.ko, the modules with planted bugs
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
variant_tree=$out/variant-tree

list_sources() {
    (cd "$source/guest-driver" && find . \( -name '*.[ch]' -o -name Kbuild \) | sed 's,^\./,,' | LC_ALL=C sort)
}

# The folders that have planted bugs, and the headers of the others.
list_variant_sources() {
    list_sources | while read -r file; do
        case $file in
        Kbuild | *.h) echo "$file" ;;
        *) [ ! -f "$source/guest-driver/$(dirname "$file")/bugs.h" ] || echo "$file" ;;
        esac
    done
}

# link_sources TREE LISTING-COMMAND
link_sources() {
    mkdir -p "$1"
    # Links of files that are no longer there would be built all the same.
    find "$1" -type l -exec rm -f {} +
    ln -s "$source/include" "$1/include"
    "$2" | while read -r file; do
        mkdir -p "$1/guest-driver/$(dirname "$file")"
        ln -s "$source/guest-driver/$file" "$1/guest-driver/$file"
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

# kmake TREE VARIABLE=VALUE …
# Type information for BPF needs pahole and the kernel's vmlinux: we have no use for it. Where the kernel can be told of
# undefined behaviour, our modules tell.
kmake() {
    where=$1
    shift
    make -C "$headers" M="$where/guest-driver" -j"$(nproc)" CONFIG_DEBUG_INFO_BTF_MODULES= \
        UBSAN_SANITIZE=y "$@" modules \
        >"$where.log" 2>&1 || { cat "$where.log" >&2; die "the modules do not build against $headers"; }
    # Only what is said of our own files; the kernel's headers have their own troubles.
    if grep "$where/.*\(warning\|error\):" "$where.log" >&2; then
        die "warnings, see above and $where.log"
    fi
}

kmake_modules() {
    link_sources "$tree" list_sources
    kmake "$tree" "$@"
}

# Two modules of one name are built apart; the variants use the symbols of the others.
kmake_variants() {
    link_sources "$variant_tree" list_variant_sources
    kmake "$variant_tree" STUNT_VARIANT=y KBUILD_EXTRA_SYMBOLS="$tree/guest-driver/Module.symvers"
}

# finish TREE FOLDER
# Debugging sections stay in the tree for gdb; the guest has no use for them.
finish() {
    [ -s "$1/guest-driver/modules.order" ] || die "no module was built, see $1.log"
    mkdir -p "$2"
    rm -f "$2"/*.ko
    # The list, not what lies about: there may be a module of a driver that is no longer there.
    LC_ALL=C sort "$1/guest-driver/modules.order" | while read -r object; do
        module=${object%.*}.ko
        strip --strip-debug -o "$2/$(basename "$module")" "$module"
        sha256sum "$2/$(basename "$module")"
    done
}

case $mode in
modules)
    kmake_modules
    kmake_variants
    finish "$tree" "$out"
    finish "$variant_tree" "$out/variants"
    [ $# -eq 4 ] || write_depfile "$5" "$6"
    ;;
sparse)
    command -v sparse >/dev/null || { echo "sparse is not installed"; exit 77; }
    kmake_modules C=2
    ;;
*)
    die "unknown mode '$mode'"
    ;;
esac
