import { expect, test } from 'vitest';
import { problem } from '../../base/problem.ts';
import type { StageCheck, Verification } from '../../run/verify/verification.ts';
import { createPaint } from '../paint.ts';
import { githubAnnotations } from './github.ts';
import { junitXml } from './junit.ts';
import { verifyMarkdown } from './verify-markdown.ts';
import { endText } from './verify-text.ts';

const check = (stage: string, rest: Partial<StageCheck> = {}): StageCheck => ({
  experiment: 'main',
  stage,
  status: 'ok',
  seconds: 1.5,
  at: { file: 'pipeline.yaml', line: 3, column: 3 },
  problems: [],
  differences: [],
  log: null,
  logTail: [],
  ...rest,
});

const verification = (rest: Partial<Verification> = {}): Verification => ({
  mode: 'rerun',
  status: 'failed',
  seconds: 2,
  varied: ['the time zone'],
  problems: [],
  stages: [
    check('a'),
    check('b <|> "quoted"', {
      status: 'failed',
      problems: [problem('E1310', 'gave `a|b` & <c>\nand 100%\0', { at: { file: 'x,y:z.yaml', line: 1, column: 2 } })],
      differences: [{ output: 'out', file: 'f.txt', how: ['- ```', '+ \x1b[31m'] }],
    }),
    check('c', { status: 'unproven', problems: [problem('E1302', 'not here')] }),
    check('d', { status: 'left-out' }),
  ],
  ...rest,
});

test('JUnit is well-formed whatever names and outputs hold, and counts what it holds', () => {
  const xml = junitXml(verification());
  expect(xml).toContain('tests="4" failures="1" errors="1" skipped="1"');
  expect(xml).toContain('name="b &lt;|&gt; &quot;quoted&quot;"');
  expect(xml).toContain('message="gave `a|b` &amp; &lt;c&gt;&#10;and 100%\ufffd"');
  expect(xml.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  const tags = [...xml.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)].filter((each) => each[3] === '');
  const open: string[] = [];
  for (const [, slash, name] of tags)
    if (slash === '') open.push(name ?? '');
    else expect(open.pop()).toBe(name);
  expect(open).toEqual([]);
});

test('an annotation is one line, and its places cannot be mistaken for its text', () => {
  const lines = githubAnnotations(verification(), 'sub/').trimEnd().split('\n');
  expect(lines).toEqual([
    '::error file=sub/x%2Cy%3Az.yaml,line=1,col=2,title=pipe verify (E1310)::E1310: gave `a|b` & <c>%0Aand 100%25\0%0Aout/f.txt%0A  - ```%0A  + \x1b[31m',
    '::error title=pipe verify (E1302)::E1302: not here',
  ]);
});

test('Markdown keeps its table and its fences whatever outputs hold', () => {
  const text = verifyMarkdown(verification());
  expect(text).toContain('| b &lt;\\|&gt; "quoted" | ❌ differs | 1.5 s | gave `a\\|b` &amp; &lt;c&gt; and 100%');
  expect(text).toContain('````diff\n');
});

test('the end names the first stage and file that differ', () => {
  expect(endText(verification(), createPaint(false))).toBe(
    'varied: the time zone\n3 of 4 stages could not be verified  2.0 s\nfirst: `out/f.txt` of `b <|> "quoted"`\n',
  );
  expect(endText(verification({ stages: [check('a')], status: 'ok', varied: [] }), createPaint(false))).toBe(
    '1 stage: made again as recorded  2.0 s\n',
  );
});
