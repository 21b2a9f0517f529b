import { isAbsolute, join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookUp } from '../../src/main/app-files.ts';

describe('the page is served', () => {
  test.each([
    ['app://jeton/index.html', ['index.html'], 'text/html; charset=utf-8'],
    ['app://jeton/assets/index-Bx_1-2.js', ['assets', 'index-Bx_1-2.js'], 'text/javascript; charset=utf-8'],
    ['app://jeton/assets/index.css#top', ['assets', 'index.css'], 'text/css; charset=utf-8'],
    ['app://jeton/assets/mark.svg', ['assets', 'mark.svg'], 'image/svg+xml'],
  ])('%s', (address, segments, type) => {
    expect(lookUp('GET', address)).toEqual({ kind: 'file', segments, type });
    expect(lookUp('HEAD', address)).toMatchObject({ kind: 'file' });
  });
});

describe('nothing else is:', () => {
  test.each([
    ['app://jeton/', 404],
    ['app://jeton/../main/index.js', 404],
    ['app://jeton/assets/../../main/index.js', 404],
    ['app://jeton/..%2fmain%2findex.js', 404],
    ['app://jeton/%2e%2e/main/index.js', 404],
    ['app://jeton/..\\main\\index.js', 404],
    ['app://jeton/%5c..%5cmain/index.js', 404],
    ['app://jeton//etc/passwd.html', 404],
    ['app://jeton/C:/Windows/win.js', 404],
    ['app://jeton/index.html%00.js', 404],
    ['app://jeton/index.html/', 404],
    ['app://jeton/.env.js', 404],
    ['app://jeton/assets/.hidden.js', 404],
    ['app://jeton/index.js.map', 404],
    ['app://jeton/index.html?v=1', 404],
    ['app://jeton/package.json', 404],
    ['app://jeton/index', 404],
    ['app://jeton/a.constructor', 404],
    ['app://other/index.html', 403],
    ['app://jeton.evil.test/index.html', 403],
    ['app://jeton@evil.test/index.html', 403],
    ['app://jeton:1/index.html', 403],
    ['file:///index.html', 403],
    ['https://jeton/index.html', 403],
    ['', 403],
  ])('%s', (address, status) => {
    expect(lookUp('GET', address)).toEqual({ kind: 'refused', status });
  });

  test('by any other method', () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'get']) {
      expect(lookUp(method, 'app://jeton/index.html')).toEqual({ kind: 'refused', status: 405 });
    }
  });

  test('whatever chance makes of a path', () => {
    const folder = join(import.meta.dirname, 'page');
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '/',
        '\\',
        '%2e',
        '%2f',
        '%5c',
        '%00',
        '~',
        ':',
        'index.html',
        '.js',
        'a',
        '\0',
        '?',
        '#',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const found = lookUp('GET', `app://jeton/${pieces.join('')}.js`);
        if (found.kind === 'refused') return;
        const path = relative(folder, join(folder, ...found.segments));
        expect(isAbsolute(path) || path.startsWith('..') || path === '').toBe(false);
        expect(path).toMatch(/^[\w./-]+$/);
      }),
      { numRuns: 5_000 },
    );
  });
});
