import { expect, test } from 'vitest';
import { relativeImports } from './sources.ts';

test('imports are found however they are written, and those of types are told apart', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type { B } from './b.ts';",
    "import { type C, type D } from '../c.ts';",
    "import {\n  type E,\n  f,\n} from './f.ts';",
    "export { g } from './g.ts';",
    "export type { H } from './h.ts';",
    "import fs from 'node:fs';",
    "const later = () => import('./later.ts');",
  ].join('\n');
  expect(relativeImports({ path: 'src/key/x.ts', text, isTest: false })).toEqual([
    { from: 'src/key/a.ts', isType: false },
    { from: 'src/key/b.ts', isType: true },
    { from: 'src/c.ts', isType: true },
    { from: 'src/key/f.ts', isType: false },
    { from: 'src/key/g.ts', isType: false },
    { from: 'src/key/h.ts', isType: true },
    { from: 'src/key/later.ts', isType: false },
  ]);
});
