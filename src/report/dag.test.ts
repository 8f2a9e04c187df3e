import { expect, test } from 'vitest';
import { dagDot } from './dag-dot.ts';
import { dagMermaid } from './dag-mermaid.ts';
import { dagText } from './dag-text.ts';
import type { DagView } from './dag-view.ts';

/** `ingest -> split -> search -> train -> evaluate`, where `train` and `evaluate` also read `split`; and a stage by itself. */
const VIEW: DagView = {
  nodes: [
    { index: 0, label: 'ingest', status: null, producers: [] },
    { index: 1, label: 'split', status: null, producers: [0] },
    { index: 2, label: 'search', status: null, producers: [1] },
    { index: 3, label: 'train', status: null, producers: [1, 2] },
    { index: 4, label: 'evaluate', status: null, producers: [1, 3] },
    { index: 5, label: 'export', status: null, producers: [3] },
    { index: 6, label: 'count', status: null, producers: [0] },
    { index: 7, label: 'alone', status: null, producers: [] },
  ],
};
const ODD: DagView = { nodes: [{ index: 0, label: 'a"b\n<c>\\#', status: 'stale', producers: [] }] };

test('text: each stage stands once, below its last producer', () => {
  expect(dagText(VIEW)).toEqual([
    'ingest',
    '├─ split',
    '│  └─ search',
    '│     └─ train   (also needs split)',
    '│        ├─ evaluate   (also needs split)',
    '│        └─ export',
    '└─ count',
    'alone',
  ]);
});

test('text: a chain of ten thousand stages is drawn, in lines that stay short', () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => ({
    index,
    label: `s${index}`,
    status: null,
    producers: index === 0 ? [] : [index - 1],
  }));
  const lines = dagText({ nodes });
  expect(lines).toHaveLength(10_000);
  expect(Math.max(...lines.map((each) => each.length))).toBeLessThan(120);
});

test('mermaid: nodes, then edges', () => {
  expect(dagMermaid({ nodes: VIEW.nodes.slice(0, 4) })).toEqual([
    'flowchart TD',
    '  n0["ingest"]',
    '  n1["split"]',
    '  n2["search"]',
    '  n3["train"]',
    '  n0 --> n1',
    '  n1 --> n2',
    '  n1 --> n3',
    '  n2 --> n3',
  ]);
});

test('dot: nodes, then edges', () => {
  expect(dagDot({ nodes: VIEW.nodes.slice(0, 2) })).toEqual([
    'digraph pipeline {',
    '  rankdir=TB; node [shape=box, style=rounded];',
    '  n0 [label="ingest"];',
    '  n1 [label="split"];',
    '  n0 -> n1;',
    '}',
  ]);
});

test('a name cannot break out of its drawing', () => {
  expect(dagText(ODD)).toEqual(['a"b\\n<c>\\#   would run']);
  expect(dagMermaid(ODD)[1]).toBe('  n0["a#quot;b\\n#lt;c#gt;\\#35;: would run"]');
  expect(dagDot(ODD)[2]).toBe('  n0 [label="a\\"b\\\\n<c>\\\\#\\nwould run"];');
});
