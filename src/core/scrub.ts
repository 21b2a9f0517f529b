const MASK = '[secret]';

/** A name that says its value is secret, at the end of a longer one too: `DB_PASSWORD`, `clientSecret`. */
const SECRET_NAME = String.raw`(?:pass(?:word|wd|phrase)|pwd|secret|token|(?:api|master|private|recovery)[ _-]?key)`;

/** A quote, escaped as often as the JSON strings around it are nested. */
const QUOTE = String.raw`\\*["']`;

/**
 * Order matters: whole headers and whole URLs go before the values inside them. Each rule is written so that
 * a match that is too long hides harmless text, and never so that one too short shows a secret.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Header values, to the end of the line or of the string that they are in.
  [rule(String.raw`((?:authorization|cookie)(?:${QUOTE})?\s*[:=]\s*(?:${QUOTE})?)[^"'\\\n]+`), `$1${MASK}`],
  [rule(String.raw`((?:bearer|basic)\s+)(?![a-z]{1,15}(?:[^\w+/.=~-]|$))[\w+/.=~-]{6,}`), `$1${MASK}`],

  // Whoever has the path of one of these may post to the channel.
  [rule(String.raw`(hooks\.slack\.com/)(?:services|workflows|triggers)/[^\s"'\\<>]+`), `$1${MASK}`],
  [rule(String.raw`(discord(?:app)?\.com/api/(?:v\d+/)?webhooks/)[^\s"'\\<>]+`), `$1${MASK}`],

  // User information, also with an unescaped `/` or `@` in the password (but not `host:8080/@path`).
  [rule(String.raw`([a-z][a-z0-9+.-]*://)(?:[^\s/?#:@]*:(?!\d{1,5}[/?#])\S*@|[^\s/?#@]+@)`), `$1${MASK}@`],
  [
    rule(String.raw`([a-z][a-z0-9+.-]*://[^\s?#"'<>]*)(?:\?[^\s"'\\<>]+|#[^\s"'\\<>]*=[^\s"'\\<>]*)`),
    `$1?${MASK}`,
  ],

  // `name: "value"` in JSON, however deeply quoted; a string that was cut off goes to the end of its line.
  [
    rule(
      String.raw`(${SECRET_NAME}(?:${QUOTE})?\s*[:=]\s*)(\\*)(["'])[^\n]*?(?:(?<!\\)\2\3(?=[\s,;&)\]}]|$)|$)`,
    ),
    `$1$2$3${MASK}$2$3`,
  ],
  // `name=value` in form text, environments and connection strings; `name: value` in headers and YAML.
  [rule(String.raw`(${SECRET_NAME}(?:${QUOTE})?\s*=[ \t]*)(?!${QUOTE})[^\s&]+`), `$1${MASK}`],
  [rule(String.raw`([_a-z]${SECRET_NAME}(?:${QUOTE})?:[ \t]*)(?!${QUOTE})[^\s&]+`), `$1${MASK}`],
  // A long run of hex or base64 just after such a name, whatever is between.
  [rule(String.raw`(${SECRET_NAME}(?:[^\w\n]|is|was|value){0,8})[\w+/=-]{32,}`), `$1${MASK}`],

  // What is recognised by its own shape.
  [rule(String.raw`xox[a-z](?:\.xox[a-z])?-[\w.~%+/=-]{4,}`), MASK],
  [rule(String.raw`xapp-[\w.~%+/=-]{4,}`), MASK],
  [/e[yw][\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*)*/g, MASK],
];

/**
 * Hides whatever looks like a secret in a finished line of text: the last thing that happens before it is
 * written. A safety net under {@link Secret}, not a substitute for it.
 */
export function scrub(text: string): string {
  return RULES.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
}

/** A name as somebody else wrote it: without what a terminal would obey, or anything like a secret. */
export function shownName(name: string): string {
  return scrub(name.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim());
}

function rule(source: string): RegExp {
  return new RegExp(source, 'gim');
}
