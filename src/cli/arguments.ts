/**
 * The value of a global option, read before the arguments are parsed: in which language to complain about them
 * cannot wait for that.
 */
export function globalOption(argv: readonly string[], name: '--home' | '--lang'): string | undefined {
  const end = argv.indexOf('--');
  const own = end < 0 ? argv : argv.slice(0, end);
  const at = own.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = own[at];
  return word === name ? own[at + 1] : word?.slice(name.length + 1);
}
