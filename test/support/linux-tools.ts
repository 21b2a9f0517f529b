/**
 * Electron-builder downloads the programs that make a .deb and an AppImage. These take their places, with the same
 * arguments: Debian's own dpkg-deb, and a script for an image, with an archive behind it, that unpacks itself.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** https://fpm.readthedocs.io/en/latest/cli-reference.html, of which here is what electron-builder uses. */
const FPM = `#!/bin/bash
set -e
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/DEBIAN"
declare -A said
depends= recommends=
while (($#)); do
  case $1 in
    --force) shift ;;
    -d) depends+="\${depends:+, }$2"; shift 2 ;;
    --deb-recommends) recommends+="\${recommends:+, }$2"; shift 2 ;;
    --after-install) install -m 755 "$2" "$root/DEBIAN/postinst"; shift 2 ;;
    --after-remove) install -m 755 "$2" "$root/DEBIAN/postrm"; shift 2 ;;
    -*) said[$1]=$2; shift 2 ;;
    *)
      from=\${1%%=*} to=$root\${1#*=}
      if [ -d "$from" ]; then mkdir -p "$to"; cp -R "$from." "$to"; else install -D -m 644 "$from" "$to"; fi
      shift ;;
  esac
done
cat >"$root/DEBIAN/control" <<CONTROL
Package: \${said[--name]}
Version: \${said[--version]}
Architecture: \${said[--architecture]}
Maintainer: \${said[--maintainer]}
Depends: $depends
Recommends: $recommends
Description: \${said[--description]}
CONTROL
dpkg-deb --root-owner-group -Zgzip --build "$root" "\${said[--package]}"
`;

/** Room for what is before the archive. */
const RUNTIME_BYTES = 512;

const RUNTIME = `#!/bin/sh
[ "$1" = --appimage-extract ] || exit 1
mkdir squashfs-root && tail -c +${RUNTIME_BYTES + 1} "$0" | tar -x -C squashfs-root
exit
`;

/** `mksquashfs FOLDER IMAGE -offset BYTES …` */
const MKSQUASHFS = `#!/bin/sh
set -e
head -c "$4" /dev/zero >"$2"
tar -c -C "$1" . >>"$2"
`;

/** Writes them; the environment that electron-builder finds them by. */
export function writeLinuxTools(folder: string): Readonly<Record<string, string>> {
  const write = (path: string, content: string): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    return file;
  };
  const host = `linux-${process.arch}`;
  write(`app-image/${host}/mksquashfs`, MKSQUASHFS);
  write(`app-image/${host}/desktop-file-validate`, '#!/bin/sh\n');
  write('app-image/runtime-x64', RUNTIME.padEnd(RUNTIME_BYTES, '\n'));
  mkdirSync(join(folder, 'app-image/lib/x64'), { recursive: true });
  return { CUSTOM_FPM_PATH: write('fpm', FPM), APPIMAGE_TOOLS_PATH: join(folder, 'app-image') };
}
