#!/usr/bin/env node
// Nothing is imported before the check: better-sqlite3 crashes on an older Node, and the rest does not parse there.
var version = process.versions.node;
var major = parseInt(version, 10);
var minor = parseInt(version.slice(version.indexOf('.') + 1), 10);
if (major > 22 || (major === 22 && minor >= 12)) {
  void import('./start.ts').then(function (module) {
    return module.start();
  });
} else {
  var words = process.argv.join(' ').match(/--lang[ =](fr|en)/);
  var locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '';
  var language = (words && words[1]) || locale;
  var french = language.slice(0, 2) === 'fr';
  var message = french
    ? 'Jeton a besoin de Node.js 22.12 ou plus récent ; celui-ci est le ' +
      version +
      '. Le trouver : https://nodejs.org'
    : 'Jeton needs Node.js 22.12 or newer; this is ' + version + '. Get it from https://nodejs.org';
  if (process.argv.indexOf('--json') > 0) {
    var remedy = french ? 'Installez Node.js 22.12 ou plus récent.' : 'Install Node.js 22.12 or newer.';
    process.stdout.write(
      JSON.stringify({ error: { code: 'machine-unsuitable', message: message, remedy: remedy } }) + '\n',
    );
  } else {
    process.stderr.write(message + '\n');
  }
  process.exitCode = 69;
}
