/**
 * Carries out a job of a GitHub workflow on this machine: its run steps in order, by bash, with the variables GitHub sets.
 *
 * Knows what the workflow and the action of this repository use, and refuses what it does not know. A checkout is a clone, the
 * cache action a copy of a folder that outlives the job, the local action is carried out step by step.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

export interface Machine {
  /** Repository that is checked out. */
  readonly repository: string;
  /** Empty folder for the checkout. */
  readonly workspace: string;
  /** Folders kept by the cache action. */
  readonly saved: string;
  /** Comes first in PATH: programs that stand in for those of GitHub's machines. */
  readonly programs: string;
  readonly event: 'push' | 'pull_request' | 'schedule';
}

export interface JobOutcome {
  readonly ok: boolean;
  /** What every step printed. */
  readonly output: string;
  /** The job's summary page. */
  readonly summary: string;
  /** The workflow commands that make annotations. */
  readonly annotations: readonly string[];
  readonly restored: boolean;
}

type Values = Readonly<Record<string, string>>;

export function runJob(machine: Machine, name: string): JobOutcome {
  const { workspace, repository } = machine;
  git('clone', '--quiet', repository, workspace);
  const workflow = parse(fs.readFileSync(path.join(workspace, '.github/workflows/pipe.yml'), 'utf8'));
  const temp = fs.mkdtempSync(path.join(path.dirname(workspace), 'runner-'));
  const job = new Job(machine, temp);
  job.steps(workflow.jobs[name].steps, {});
  for (const save of job.atEnd) save();
  return {
    ok: job.ok,
    output: job.output,
    summary: fs.readFileSync(job.summaryFile, 'utf8'),
    annotations: job.output.split('\n').filter((line) => /^::(error|warning) /.test(line)),
    restored: job.restored,
  };
}

function git(...args: string[]): void {
  const { status, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

class Job {
  readonly machine: Machine;
  readonly temp: string;
  readonly summaryFile: string;
  readonly atEnd: (() => void)[] = [];
  ok = true;
  output = '';
  restored = false;

  constructor(machine: Machine, temp: string) {
    this.machine = machine;
    this.temp = temp;
    this.summaryFile = path.join(temp, 'summary.md');
    fs.writeFileSync(this.summaryFile, '');
  }

  steps(steps: readonly Step[], inputs: Values): void {
    const outputs = new Map<string, Values>();
    for (const step of steps) {
      if (!this.ok) return;
      const fill = (text: unknown) => this.#fill(String(text), inputs, outputs);
      if (step.if !== undefined && !this.#holds(step.if, inputs, outputs)) continue;
      if (step.uses !== undefined) this.#use(step.uses, step.with ?? {}, fill);
      else outputs.set(step.id ?? '', this.#run(step, fill));
    }
  }

  #run(step: Step, fill: (text: unknown) => string): Values {
    const file = path.join(this.temp, 'outputs');
    fs.writeFileSync(file, '');
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, fill(text)]));
    const { status, stdout, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', fill(step.run)], {
      cwd: path.join(this.machine.workspace, fill(step['working-directory'] ?? '.')),
      env: {
        ...process.env,
        ...env,
        PATH: `${this.machine.programs}:${process.env.PATH}`,
        CI: 'true',
        GITHUB_ACTIONS: 'true',
        GITHUB_OUTPUT: file,
        GITHUB_STEP_SUMMARY: this.summaryFile,
        GITHUB_WORKSPACE: this.machine.workspace,
        RUNNER_TEMP: this.temp,
      },
      encoding: 'utf8',
    });
    this.output += stdout + stderr;
    if (status !== 0) this.ok = false;
    const lines = fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return Object.fromEntries(lines.map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]));
  }

  #use(uses: string, given: Readonly<Record<string, unknown>>, fill: (text: unknown) => string): void {
    const name = uses.split('@')[0];
    if (name === 'actions/checkout' || name === 'actions/setup-node') return;
    if (name === 'actions/cache') {
      this.#cache(fill(given.path));
      return;
    }
    if (name !== './') throw new Error(`no way to carry out \`${uses}\``);
    const action = parse(fs.readFileSync(path.join(this.machine.workspace, 'action.yml'), 'utf8'));
    for (const each of Object.keys(given)) if (!(each in action.inputs)) throw new Error(`no input \`${each}\``);
    const inputs = Object.entries<{ default?: string }>(action.inputs).map(([each, { default: usual }]) => [
      each,
      fill(given[each] ?? usual ?? ''),
    ]);
    this.steps(action.runs.steps, Object.fromEntries(inputs));
  }

  #cache(folder: string): void {
    const place = path.join(this.machine.workspace, folder);
    this.restored = fs.existsSync(this.machine.saved);
    if (this.restored) fs.cpSync(this.machine.saved, place, { recursive: true });
    this.atEnd.push(() => {
      if (this.ok && fs.existsSync(place)) fs.cpSync(place, this.machine.saved, { recursive: true });
    });
  }

  #fill(text: string, inputs: Values, outputs: ReadonlyMap<string, Values>): string {
    return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_whole, expression: string) =>
      this.#value(expression, inputs, outputs),
    );
  }

  #value(expression: string, inputs: Values, outputs: ReadonlyMap<string, Values>): string {
    const fixed: Values = {
      'github.event_name': this.machine.event,
      'github.event.pull_request.number': '7',
      'github.token': 'token',
      'runner.os': 'Linux',
      'runner.temp': this.temp,
      "hashFiles('**/*pipeline.lock')": 'digest',
    };
    const text = /^'(.*)'$/.exec(expression)?.[1];
    const [, input] = /^inputs\.([\w-]+)$/.exec(expression) ?? [];
    const [, step, output] = /^steps\.([\w-]+)\.outputs\.([\w-]+)$/.exec(expression) ?? [];
    const value = text ?? fixed[expression] ?? inputs[input ?? ''] ?? outputs.get(step ?? '')?.[output ?? ''] ?? null;
    if (value === null) throw new Error(`no value for \`${expression}\``);
    return value;
  }

  #holds(condition: string, inputs: Values, outputs: ReadonlyMap<string, Values>): boolean {
    return condition.split('&&').every((part) => {
      const [left, right, ...rest] = part.split('==').map((each) => each.trim());
      if (left === undefined || right === undefined || rest.length > 0) throw new Error(`cannot tell \`${condition}\``);
      return this.#value(left, inputs, outputs) === this.#value(right, inputs, outputs);
    });
  }
}
