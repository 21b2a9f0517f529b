/** The command line as commander parses it: the table of commands, in one language. */
import { Command, CommanderError, Option } from 'commander';
import { scrub } from '../core/scrub.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { CommandSpec } from './command-table.ts';
import { COMMANDS } from './command-table.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Options that would put a secret on the command line. Somebody who tries deserves a reason. */
const SECRET_OPTIONS =
  /^--(client-secret|refresh-token|access-token|token|secret|password|url|recovery-key)$/;

export interface ProgramOptions {
  readonly messages: Messages;
  readonly output: Output;
  readonly version: string;
  /** Where help and version go. */
  readonly print: (text: string) => void;
  readonly run: (spec: CommandSpec, options: unknown, argument: unknown[]) => Promise<void>;
}

/** Parses `argv` and runs what it says. Throws UsageError for what it cannot. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<void> {
  const { messages, print } = options;
  // commander writes its help in pieces.
  let printed = '';
  const specs = commandsFor(argv);
  const program = buildProgram(specs, { ...options, print: (text) => (printed += text) });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const isBare = error.code === 'commander.help' && commandIn(program, argv) === program;
    if (isBare) program.outputHelp();
    else if (error.exitCode !== 0) throw usageError(error, program, argv, messages);
  }
  if (printed !== '') print(printed);
}

/**
 * The one command that `argv` names, with the groups around it; all of them where it names none, so that help
 * and suggestions know them. Telling commander of all takes longer than many a command.
 */
function commandsFor(argv: readonly string[]): readonly CommandSpec[] {
  const words = argv.filter(
    (word, index) => !word.startsWith('-') && !/^--(home|lang)$/.test(argv[index - 1] ?? ''),
  );
  const isNamed = ({ name }: CommandSpec): boolean =>
    name.split(' ').every((part, index) => part === words[index]);
  const named = COMMANDS.filter(isNamed);
  return named.some(({ load }) => load !== undefined) ? named : COMMANDS;
}

function buildProgram(specs: readonly CommandSpec[], options: ProgramOptions): Command {
  const { t } = options.messages;
  const program = configure(new Command('jeton'), options)
    .description(t('help.about'))
    .version(options.version, '-V, --version', t('option.version'))
    .helpCommand(`help ${t('help.command-placeholder')}`, t('command.help'))
    .option('--json', t('option.json'))
    .option('--home <DIR>', t('option.home'))
    .addOption(new Option('--lang <fr|en>', t('option.lang')))
    .option('-v, --verbose', t('option.verbose'));
  program.addHelpText('after', `\n${t('help.exit-codes')}\n${examples(['jeton status'], options)}`);
  for (const spec of specs) addCommand(program, spec, options);
  return program;
}

function addCommand(program: Command, spec: CommandSpec, options: ProgramOptions): void {
  const { t } = options.messages;
  const names = spec.name.split(' ');
  const parent = names.slice(0, -1).reduce((group, name) => subcommand(group, name), program);
  const command = configure(parent.command(names.at(-1) ?? ''), options)
    .summary(t(spec.key))
    .description(t(spec.longKey ?? spec.key))
    .addHelpText('after', examples(spec.examples, options));
  for (const argument of spec.arguments ?? []) command.argument(argument.name, t(argument.key));
  for (const { flags, key, repeatable, hidden } of spec.options ?? []) {
    const option = new Option(flags, t(key)).hideHelp(hidden === true);
    if (repeatable) option.argParser((value: string, all: string[] | undefined) => [...(all ?? []), value]);
    command.addOption(option);
  }
  refuseOpposites(command, options);
  if (spec.load === undefined) command.helpCommand(false);
  else command.action(() => options.run(spec, command.opts(), [...command.processedArgs]));
}

/** Of `--restart --no-restart` commander takes the last; which one was meant is not ours to guess. */
function refuseOpposites(command: Command, { messages: { t } }: ProgramOptions): void {
  for (const { negate, long } of command.options) {
    const opposite = command.options.find((other) => negate && other.long === long?.replace('--no-', '--'));
    if (opposite === undefined) continue;
    const given = new Set<string>();
    const pair = [opposite.name(), `no-${opposite.name()}`];
    for (const name of pair) {
      command.on(`option:${name}`, () => {
        if (given.add(name).size === 1) return;
        const remedy = t('usage.see-help', { command: pathOf(command) });
        throw new UsageError(
          t('usage.one-of', { options: pair.map((one) => `--${one}`).join(', ') }),
          remedy,
        );
      });
    }
  }
}

function configure(command: Command, { messages, output, print }: ProgramOptions): Command {
  const { t } = messages;
  const titles: Readonly<Record<string, string>> = {
    'Usage:': t('help.usage'),
    'Arguments:': t('help.arguments'),
    'Options:': t('help.options'),
    'Global Options:': t('help.global-options'),
    'Commands:': t('help.commands'),
  };
  return command
    .helpOption('-h, --help', t('option.help'))
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: print,
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => Math.min(output.width, 100),
      getOutHasColors: () => true,
    })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => output.colour('bold', titles[title] ?? title),
      commandUsage: (shown) => usageOf(shown, messages),
      subcommandTerm: (shown) => [shown.name(), ...argumentsOf(shown)].join(' '),
    });
}

function usageOf(command: Command, { t }: Messages): string {
  const placeholder = command.commands.length > 0 ? [t('help.command-placeholder')] : [];
  return [pathOf(command), t('help.options-placeholder'), ...placeholder, ...argumentsOf(command)].join(' ');
}

function argumentsOf(command: Command): string[] {
  return command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function examples(lines: readonly string[], { messages: { t }, output }: ProgramOptions): string {
  const title = t(lines.length > 1 ? 'help.examples.many' : 'help.examples');
  return ['', output.colour('bold', title), ...lines.map((line) => `  ${line}`)].join('\n');
}

function subcommand(group: Command, name: string): Command {
  return group.commands.find((command) => command.name() === name) ?? group;
}

/**
 * commander's errors in our words. Its message is only read for the name it quotes and what it suggests; a value
 * (`--option=value`) is never repeated, for it may be a secret in the wrong place.
 */
function usageError(
  { code, message }: CommanderError,
  program: Command,
  argv: readonly string[],
  { t }: Messages,
): UsageError {
  const [, quoted = ''] = /'([^']*)'/.exec(message) ?? [];
  const name = scrub(quoted.replace(/=.*/s, ''));
  const [, suggestion] = /Did you mean (?:one of )?([^,?]+)/.exec(message) ?? [];
  const at = commandIn(program, argv);
  const seeHelp = t('usage.see-help', { command: pathOf(at) });
  const remedy = suggestion === undefined ? seeHelp : t('usage.did-you-mean', { name: suggestion });

  switch (code) {
    case 'commander.unknownCommand': {
      const elsewhere = at === program ? commandsCalled(name) : [];
      const names = elsewhere.map((command) => `jeton ${command}`).join(' | ');
      return new UsageError(
        t('usage.unknown-command', { name }),
        names === '' ? remedy : t('usage.did-you-mean', { name: names }),
      );
    }
    case 'commander.unknownOption': {
      if (SECRET_OPTIONS.test(name)) return new UsageError(t('usage.no-secret-in-argv'), remedy);
      return new UsageError(t('usage.unknown-option', { name }), remedy);
    }
    case 'commander.missingArgument':
      return new UsageError(t('usage.missing-argument', { name }), seeHelp);
    case 'commander.optionMissingArgument':
      return new UsageError(t('usage.missing-value', { name }), seeHelp);
    case 'commander.help':
      return new UsageError(t('usage.missing-command', { name: pathOf(at) }), seeHelp);
    default:
      return new UsageError(t('usage.too-many-arguments'), seeHelp);
  }
}

/** Commands within groups: somebody who knows the verb and not the group means one of them. */
function commandsCalled(verb: string): string[] {
  return COMMANDS.map(({ name }) => name).filter((name) => name.endsWith(` ${verb}`));
}

/** The innermost command that `argv` names. */
function commandIn(program: Command, argv: readonly string[]): Command {
  return argv.reduce((command, word) => subcommand(command, word), program);
}
