/**
 * What runs on the other machine: POSIX sh, and of other programs only those that a NAS has too, in whatever make
 * (busybox, old coreutils). Every script begins its answer with three lines: a word, a path, and what belongs to
 * them; what the system itself says is on stderr. Paths are absolute and have no line breaks.
 */

const COMMON = String.raw`
umask 077
set -f
tell() { printf '%s\n%s\n%s\n' "$1" "$2" "$3"; exit; }
`;

/** PATH. Finds the file behind links; its content follows the three lines. */
export const LOOK = String.raw`${COMMON}
file=$1 hops=0
while :; do
  folder=$(dirname "$file")
  if ! real=$(cd -P "$folder" 2>/dev/null && pwd -P); then
    ls -ld "$folder/." >/dev/null
    tell no-folder "$folder" "$hops"
  fi
  file=$real/$(basename "$file")
  [ -L "$file" ] || break
  hops=$((hops + 1))
  [ "$hops" -le 40 ] || tell unreadable "$1" ELOOP
  link=$(readlink "$file") || tell unreadable "$1" ''
  case $link in
    /*) file=$link ;;
    *) file=$real/$link ;;
  esac
done
if [ ! -e "$file" ]; then
  [ "$hops" -eq 0 ] || tell unreadable "$1" dangling-link
  tell absent "$file" ''
fi
[ ! -d "$file" ] || tell unreadable "$file" EISDIR
[ -f "$file" ] || tell unreadable "$file" not-a-file
set -- $(ls -ldn "$file")
[ "$5" -le 1048576 ] || tell unreadable "$file" too-large
printf '%s\n' present "$file" "$1 $3 $4"
cat "$file" || exit 3
`;

/** How far the clock is ahead of UTC, as `+0200`; nothing where `date` does not know. */
export const TIME_ZONE = `date +%z`;

/** FILE. Why it, and why its folder, could not be written: the system's words, or nothing. */
export const PROBE = String.raw`${COMMON}
file=$1 folder=$(dirname "$1")
why_file= why_folder=
# Busybox's test -w looks at the mode only; this opens the file and writes nothing.
if [ -f "$file" ]; then why_file=$({ printf '' >>"$file"; } 2>&1); fi
if [ ! -w "$folder" ]; then why_folder=$({ printf '' >"$folder/.jeton-$$"; } 2>&1); fi
tell probed "$why_file" "$why_folder"
`;

/**
 * FILE OWN [HOLDER ASIDE]. Takes the lock, after putting that of a dead HOLDER aside. Whoever has it may remove what
 * others left when they were killed: temporary files exist under the lock only.
 */
export const LOCK = String.raw`${COMMON}
file=$1 own=$2 lock=$1.jeton-lock
if [ $# -eq 4 ] && mv -f "$lock" "$4" 2>/dev/null; then
  [ "$(cat "$4")" = "$3" ] || ln "$4" "$lock"
  rm -f "$4"
fi
if why=$({ set -C; printf '' >"$lock"; } 2>&1); then
  # By cat, because not every shell says what kept it from writing.
  printf '%s' "$own" | cat >"$lock" || { rm -f "$lock"; tell unwritable "$(dirname "$file")" ''; }
  set +f
  rm -f "$file".jeton-[1-9]*-*.tmp
  tell taken "$lock" ''
fi
[ ! -e "$lock" ] || tell held "$lock" "$(cat "$lock" 2>/dev/null)"
printf '%s\n' "$why" >&2
tell unwritable "$(dirname "$file")" ''
`;

/** FILE OWN. */
export const UNLOCK = String.raw`${COMMON}
[ "$(cat "$1.jeton-lock")" != "$2" ] || rm -f "$1.jeton-lock"
`;

/**
 * FILE OWN BEFORE AFTER PADDED MODE BACKUP UPLOAD OLD NEW: sizes in bytes (BEFORE is - for no file), a mode or
 * - for the file's own, a path or - for no backup, three temporary names. On stdin: the new content, line breaks up
 * to PADDED, the content that is to be replaced.
 *
 * The file that is a mount of its own, or whose owner we cannot give away, is overwritten in one write, padded;
 * cut off before it is shortened, it has blank lines more.
 */
export const REPLACE = String.raw`${COMMON}
file=$1 own=$2 before=$3 after=$4 padded=$5
shift 5
mode=$1 backup=$2 upload=$3 old=$4 new=$5
lock=$file.jeton-lock folder=$(dirname "$file")

trap 'rm -f "$upload" "$old" "$new"' EXIT
trap 'exit 1' HUP INT PIPE TERM

# FROM TO, and which blocks. Not every dd can wait for the disk, and not every sync for one file.
put() {
  from=$1 to=$2
  shift 2
  dd if="$from" of="$to" "$@" conv=notrunc,fsync ||
    { dd if="$from" of="$to" "$@" conv=notrunc && to_disk "$to"; }
}
cut_at() { dd if=/dev/null of="$1" bs=1 seek="$2"; }
to_disk() { sync "$1" 2>/dev/null || sync; }
size_of() { echo $(($(wc -c <"$1"))); }
unwritable() { tell unwritable "$1" "$2"; }
is_unchanged() {
  [ "$(cat "$lock")" = "$own" ] || return
  if [ "$before" = - ]; then
    [ ! -e "$file" ] && [ ! -L "$file" ]
  else
    [ -f "$file" ] && [ "$(cat "$file" && echo .)" = "$(cat "$seen" && echo .)" ]
  fi
}

owned=yes owner= seen=$old
if [ "$before" != - ]; then
  [ -f "$file" ] || tell changed "$file" ''
  [ -w "$file" ] || printf '' >>"$file" || unwritable "$file"
  set -- $(ls -ldn "$file")
  owner=$3:$4
  [ "$mode" != - ] || mode=$(printf '%s' "$1" |
    sed 's/^.\(...\)\(...\).*/u=\1,g=\2,o=/; s/-//g; s/s/x/g; s/S//g')
fi

printf '' >"$upload" || unwritable "$folder"
cat >"$upload" || unwritable "$file"
expected=$padded
[ "$before" = - ] || expected=$((padded + before))
[ "$(size_of "$upload")" -eq "$expected" ] || unwritable "$file" short-write

printf '' >"$old" && printf '' >"$new" || unwritable "$folder"
if [ "$before" != - ]; then
  set -- $(ls -ldn "$new")
  [ "$3:$4" = "$owner" ] || { chown "$owner" "$new" && chown "$owner" "$old"; } || owned=no
  put "$upload" "$old" bs="$padded" skip=1 || unwritable "$file"
  [ "$(size_of "$old")" -eq "$before" ] || unwritable "$file" short-write
fi
if [ "$owned" = yes ]; then
  put "$upload" "$new" bs="$after" count=1 && chmod "$mode" "$new" || unwritable "$file"
  [ "$(size_of "$new")" -eq "$after" ] || unwritable "$file" short-write
fi
if [ "$backup" != - ] && [ "$before" != - ]; then
  [ ! -d "$backup" ] || unwritable "$file" EISDIR
  mv -f "$old" "$backup" || unwritable "$file"
  seen=$backup
fi

is_unchanged || tell changed "$file" ''
if [ "$owned" = yes ]; then
  if why=$(mv -f "$new" "$file" 2>&1); then
    to_disk "$folder"
    tell replaced "$file" ''
  fi
  printf '%s\n' "$why" >&2
  case $why in
    *[Bb]usy*) ;;
    *) unwritable "$file" ;;
  esac
fi
[ "$before" != - ] || unwritable "$file"
if put "$upload" "$file" bs="$padded" count=1; then
  cut_at "$file" "$after" && to_disk "$file"
  chmod "$mode" "$file" 2>/dev/null
  tell in-place "$file" ''
fi
[ "$before" -eq 0 ] || put "$seen" "$file" bs="$before" count=1
cut_at "$file" "$before"
unwritable "$file"
`;
