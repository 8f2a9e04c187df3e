/** The workflow and the action of this repository, carried out step by step on a real checkout: cold cache, warm cache, a fault. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HAS_BWRAP } from '../support/helper-programs.ts';
import { REPOSITORY, TestProject } from '../support/project.ts';
import { runJob } from '../support/workflow.ts';

/** A project of somebody who uses this program, in Git as they would have it: pipeline, data and lock; no results. */
let repository: TestProject;
/** Around the checkouts. */
let machine: TestProject;
let runs = 0;

const PACKAGE = { name: 'project', private: true, scripts: { pipe: 'node node_modules/pipe-runner/bin/pipe.cjs' } };

beforeAll(() => {
  repository = new TestProject({
    'pipeline.yaml': `
stages:
  prepare: { cmd: cat data/* > prepared.txt, deps: [data], outs: [prepared.txt] }
  count:
    cmd: 'echo "{\\"words\\": $(wc -w < prepared.txt)}" > count.json'
    deps: [prepared.txt]
    metrics: [count.json]
`,
    'data/a.txt': 'one two\n',
    'package.json': JSON.stringify(PACKAGE),
    '.gitignore': 'node_modules/\ncache/\nprepared.txt\ncount.json\n',
    'action.yml': fs.readFileSync(path.join(REPOSITORY, 'action.yml'), 'utf8'),
    '.github/workflows/pipe.yml': fs.readFileSync(path.join(REPOSITORY, '.github/workflows/pipe.yml'), 'utf8'),
  });
  machine = new TestProject({
    // What `npm ci` would fetch lies here already; everything else is npm's to do.
    'programs/npm': `#!/bin/sh\nif [ "$1" = ci ]; then mkdir node_modules; exec ln -s ${REPOSITORY} node_modules/pipe-runner; fi\nexec ${path.join(path.dirname(process.execPath), 'npm')} "$@"\n`,
    'programs/sudo': '#!/bin/sh\necho "sudo $@"\n',
    'programs/gh': `#!/bin/sh\necho "gh $@" >> "$(dirname "$0")/../comments"; cat "$6" >> "$(dirname "$0")/../comments"\n`,
  });
  for (const name of fs.readdirSync(machine.path('programs'))) fs.chmodSync(machine.path(`programs/${name}`), 0o755);
  expect(repository.json(['run']).code).toBe(0);
  git('init', '--quiet');
  commit('results');
});

afterAll(() => {
  repository.destroy();
  machine.destroy();
});

function git(...args: string[]): void {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: repository.root, stdio: 'ignore' });
}

function commit(message: string): void {
  git('add', '.');
  git('commit', '--quiet', '--message', message);
}

function run(job: string, event: 'push' | 'pull_request' | 'schedule' = 'push') {
  runs++;
  return runJob(
    {
      repository: repository.root,
      workspace: machine.path(`checkout-${runs}`),
      saved: machine.path('saved-cache'),
      programs: machine.path('programs'),
      event,
    },
    job,
  );
}

test('a fresh checkout with a lock that belongs to it passes, with a cold cache and with a warm one', () => {
  const cold = run('locked');
  expect(cold.output).toContain('2 stages: the lock belongs to what is here');
  expect(cold).toMatchObject({ ok: true, restored: false, annotations: [] });
  expect(cold.summary).toContain('### ✅ pipe verify: 2 stages: the lock belongs to what is here');
  expect(run('locked')).toMatchObject({ ok: true, restored: true });
});

test.skipIf(!HAS_BWRAP)('stages run again from a cold cache, and from the one that this filled', () => {
  machine.remove('saved-cache');
  const cold = run('rerun', 'schedule');
  expect(cold.output).toContain('2 stages: made again as recorded');
  expect(cold.output).toContain('ran 2 of 2 stages');
  expect(cold).toMatchObject({ ok: true, restored: false, annotations: [] });
  const warm = run('rerun', 'schedule');
  expect(warm.output).toContain('2 stages: made again as recorded');
  expect(warm.output).not.toContain('ran 2 of 2 stages');
  expect(warm).toMatchObject({ ok: true, restored: true });
});

test('a pull request that changes a stage without running it fails, with an annotation at its line and a comment', () => {
  repository.write('pipeline.yaml', repository.read('pipeline.yaml').replace('wc -w', 'wc -c'));
  commit('count letters');
  const found = run('locked', 'pull_request');
  expect(found.ok).toBe(false);
  expect(found.annotations).toEqual([
    expect.stringMatching(/^::error file=pipeline\.yaml,line=4,col=3,title=pipe verify%3A count \(E1301\)::/),
  ]);
  expect(machine.read('comments')).toContain('gh pr comment 7 --edit-last --body-file');
  expect(machine.read('comments')).toContain('| count | ❌ failed |');
});
