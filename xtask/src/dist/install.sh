#!/bin/sh
# Puts the plugins and the program ksmps where hosts and shells look for them, or takes them away.
# It needs a POSIX shell and the usual commands, and nothing from elsewhere.
set -eu

usage() {
    cat <<'END'
usage: ./install.sh [--user | --system] [uninstall]

  --user      for you alone (if nothing is said):
                ~/.clap/Ksmps        the CLAP, Csound, the program, the factory documents
                ~/.vst3/Ksmps.vst3   the VST3
                ~/.local/bin/ksmps   a link to the program
  --system    for everybody on this machine; needs the right to write there:
                /usr/lib/clap/Ksmps, /usr/lib/vst3/Ksmps.vst3, /usr/local/bin/ksmps
  uninstall   take away what was installed so

DESTDIR names a folder that stands for /, for those who make packages.
Exit status: 0 done, 1 something could not be written or removed, 2 the command line makes no sense.
END
}

fail() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

scope=user
action=install
for word in "$@"; do
    case $word in
    --user) scope=user ;;
    --system) scope=system ;;
    install | uninstall) action=$word ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        usage >&2
        fail "what is '$word'?" 2
        ;;
    esac
done

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ "$scope" = user ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set: copy Ksmps and Ksmps.vst3 by hand, README.md says where"
    clap=${DESTDIR:-}$HOME/.clap
    vst3=${DESTDIR:-}$HOME/.vst3
    bin=${DESTDIR:-}$HOME/.local/bin
else
    clap=${DESTDIR:-}/usr/lib/clap
    vst3=${DESTDIR:-}/usr/lib/vst3
    bin=${DESTDIR:-}/usr/local/bin
fi

# Where the link to the program leads.
program=$clap/Ksmps/ksmps
program=${program#"${DESTDIR:-}"}
is_ours() {
    [ -L "$bin/ksmps" ] && [ "$(readlink -- "$bin/ksmps")" = "$program" ]
}

remove() {
    if is_ours; then
        rm -f -- "$bin/ksmps" || fail "$bin/ksmps cannot be removed"
        echo "removed $bin/ksmps"
    fi
    for path in "$clap/Ksmps" "$vst3/Ksmps.vst3"; do
        if [ -e "$path" ]; then
            rm -rf -- "$path" || fail "$path cannot be removed"
            echo "removed $path"
        fi
    done
}

# Copies to a name beside the place first: a copy that is broken off leaves what was there.
put() {
    mkdir -p -- "$(dirname -- "$2")" || fail "$(dirname -- "$2") cannot be made"
    rm -rf -- "$2.new"
    cp -R -- "$1" "$2.new" || fail "$2 cannot be written"
    if [ "${3:-}" ]; then
        cp -R -- "$3" "$2.new/" || fail "$2 cannot be written"
    fi
    rm -rf -- "$2"
    mv -- "$2.new" "$2" || fail "$2 cannot be written"
    echo "installed $2"
}

if [ "$action" = uninstall ]; then
    removed=$(remove)
    echo "${removed:-there was nothing to remove}"
    exit 0
fi

for part in Ksmps Ksmps.vst3 instruments; do
    [ -d "$here/$part" ] || fail "$here/$part is missing: unpack the archive again, as a whole"
done
put "$here/Ksmps" "$clap/Ksmps" "$here/instruments"
put "$here/Ksmps.vst3" "$vst3/Ksmps.vst3"
if { [ -e "$bin/ksmps" ] || [ -L "$bin/ksmps" ]; } && ! is_ours; then
    echo "left $bin/ksmps alone: it is something else than this program"
else
    mkdir -p -- "$bin" || fail "$bin cannot be made"
    ln -sf -- "$program" "$bin/ksmps" || fail "$bin/ksmps cannot be written"
    echo "installed $bin/ksmps"
    case ":$PATH:" in
    *":$bin:"*) ;;
    *) echo "add $bin to PATH to type ksmps alone" ;;
    esac
fi
echo "let the DAW scan its plugins again to see them"
