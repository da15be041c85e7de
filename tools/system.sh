#!/usr/bin/env bash
# Installs what pip cannot bring, where the user may: system.sh portaudio chromium ...
set -euo pipefail

has() {
    case $1 in
        chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
        portaudio) PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep libportaudio.so.2 ;;
        apache) ls /usr/sbin/apache2 /usr/lib/apache2/modules/mod_auth_openidc.so ;;
        softhsm2) command -v softhsm2-util ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

package() {
    case $1 in
        chromium) echo chromium ;;
        portaudio) echo libportaudio2 ;;
        apache) echo libapache2-mod-auth-openidc ;;
        node) echo nodejs ;;
        *) echo "$1" ;;
    esac
}

packages=()
for part in "$@"; do
    has "$part" || packages+=("$(package "$part")")
done
[ ${#packages[@]} -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    echo "Installing ${packages[*]} through the system's package manager ..."
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null && exit 0
fi
echo "Please install: ${packages[*]} (as root: apt-get install ${packages[*]}); what needs them is left out until then." >&2
