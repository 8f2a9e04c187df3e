/** Every flag of every command, as data: what `--help`, the reference page and shell completion say of it. Nothing is parsed here. */

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** `switch` takes no value. */
  readonly type: 'switch' | 'text' | 'count';
  readonly repeatable?: boolean;
  /** Stands for the value in help: `NAME`. */
  readonly value?: string;
  /** The only values accepted. */
  readonly choices?: readonly string[];
  /** What the value names, for completion. */
  readonly names?: 'stage' | 'experiment' | 'file';
  readonly description: string;
  readonly example: string;
}

/** Every flag, by name. A flag means the same in every command that has it. */
export const FLAGS = {
  only: {
    name: 'only',
    type: 'switch',
    description: 'run the targets alone, on the outputs their producers have now',
    example: 'pipe run --only train',
  },
  force: {
    name: 'force',
    short: 'f',
    type: 'switch',
    description: 'run the targets even if nothing changed; replace files that no run made',
    example: 'pipe run --force train',
  },
  dry: {
    name: 'dry',
    type: 'switch',
    description: 'change nothing; show what would be done, and why',
    example: 'pipe run --dry',
  },
  jobs: {
    name: 'jobs',
    short: 'j',
    type: 'count',
    value: 'N',
    description: 'run at most N stages at the same time (default: as many as their resources allow)',
    example: 'pipe run --jobs 2',
  },
  'keep-going': {
    name: 'keep-going',
    short: 'k',
    type: 'switch',
    description: 'after a failure, still run every stage that does not depend on the failed one',
    example: 'pipe run --keep-going',
  },
  set: {
    name: 'set',
    short: 'S',
    type: 'text',
    repeatable: true,
    value: 'PATH=VALUE',
    description: 'give a param another value for this time (repeatable); VALUE is read as YAML',
    example: 'pipe run --set augment.copies=4',
  },
  experiment: {
    name: 'experiment',
    short: 'e',
    type: 'text',
    repeatable: true,
    value: 'NAME',
    names: 'experiment',
    description: 'take this experiment instead of `main` (repeatable)',
    example: 'pipe run --experiment main --experiment no-augment',
  },
  all: {
    name: 'all',
    type: 'switch',
    description: 'take every experiment of the file',
    example: 'pipe run --all',
  },
  json: {
    name: 'json',
    type: 'switch',
    description: 'print JSON lines on stdout, for programs',
    example: 'pipe run --json',
  },
  file: {
    name: 'file',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'read this file instead of `pipeline.yaml`; a `dvc.yaml` is read as DVC reads it',
    example: 'pipe run --file dvc.yaml',
  },
  quiet: {
    name: 'quiet',
    short: 'q',
    type: 'switch',
    description: 'print problems and nothing else',
    example: 'pipe run --quiet',
  },
  'no-color': {
    name: 'no-color',
    type: 'switch',
    description: 'print without colours, as with the environment variable NO_COLOR',
    example: 'pipe run --no-color',
  },
  format: {
    name: 'format',
    type: 'text',
    value: 'FORMAT',
    choices: ['text', 'mermaid', 'dot'],
    description: 'how to draw the graph: text, mermaid or dot (default: text)',
    example: 'pipe dag --format mermaid',
  },
  'keep-runs': {
    name: 'keep-runs',
    type: 'count',
    value: 'N',
    description: 'keep the results of the last N runs, whatever refers to them',
    example: 'pipe gc --keep-runs 10',
  },
  check: {
    name: 'check',
    type: 'switch',
    description: 'write nothing; fail if a file would change',
    example: 'pipe types --check',
  },
  names: {
    name: 'names',
    type: 'text',
    value: 'KIND',
    choices: ['stage', 'experiment'],
    description: 'print the names the project has, one a line: what completion asks for',
    example: 'pipe completion --names stage',
  },
  backend: {
    name: 'backend',
    type: 'text',
    value: 'NAME',
    choices: ['auto', 'gpu', 'tensorflow', 'webgpu', 'wasm', 'cpu'],
    description: 'train on this numeric backend, as with the environment variable PIPE_BACKEND; makes nothing stale',
    example: 'pipe run --backend wasm',
  },
  python: {
    name: 'python',
    type: 'text',
    value: 'PROGRAM',
    description: 'build the native addon against the TensorFlow that is installed for this Python',
    example: 'pipe backend install tensorflow --python python3',
  },
  timeout: {
    name: 'timeout',
    type: 'count',
    value: 'SECONDS',
    description: 'stop a step of an installation after this long (default: 600)',
    example: 'pipe backend install gpu --timeout 1200',
  },
  as: {
    name: 'as',
    type: 'text',
    value: 'NAME',
    description: 'call it that in the project (default: after its source)',
    example: 'pipe backbone add nets/vgg16.onnx --as vgg16',
  },
  sha256: {
    name: 'sha256',
    type: 'text',
    value: 'DIGEST',
    description: 'what the file or archive must be; needed for an address',
    example: 'pipe backbone add https://example.org/vgg16.onnx --sha256 e3b0c442…',
  },
  network: {
    name: 'network',
    type: 'text',
    value: 'FILE',
    description: 'which of several networks of a package or an archive',
    example: 'pipe backbone add some-network@1.0.0 --network models/net.onnx',
  },
  preprocessing: {
    name: 'preprocessing',
    type: 'text',
    value: 'RECIPE',
    choices: ['caffe', 'tf', 'torch', 'unit', 'none'],
    description:
      'what the network expects images to have gone through: caffe, tf or torch as in Keras, unit (0 to 1) or none',
    example: 'pipe backbone add vgg16.onnx --preprocessing torch',
  },
  out: {
    name: 'out',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write it there (default: `report.html`); `-` is stdout',
    example: 'pipe report --out results.html',
  },
  markdown: {
    name: 'markdown',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write it as Markdown, too, for a pull request; `-` is stdout',
    example: 'pipe diff no-augment --markdown diff.md',
  },
  html: {
    name: 'html',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write it as one page with charts, too, that opens offline',
    example: 'pipe diff no-augment --html diff.html',
  },
  csv: {
    name: 'csv',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write it as comma-separated values with all digits, too; `-` is stdout',
    example: 'pipe table --csv table.csv',
  },
  latex: {
    name: 'latex',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write it for LaTeX (package booktabs), too; `-` is stdout',
    example: 'pipe table --latex table.tex',
  },
  reference: {
    name: 'reference',
    type: 'text',
    value: 'NAME',
    names: 'experiment',
    description: 'compare all rows with this one (default: the first)',
    example: 'pipe table --reference main',
  },
  metric: {
    name: 'metric',
    type: 'text',
    value: 'NAME',
    description: 'rank and compare by this metric, of one stage: `STAGE:NAME` (default: accuracy)',
    example: 'pipe table --metric macroF1',
  },
  name: {
    name: 'name',
    type: 'text',
    value: 'NAME',
    description: 'keep the values given with `--set`, or those of a trial, as an experiment of this name',
    example: 'pipe run --set train.epochs=50 --name longer',
  },
  rerun: {
    name: 'rerun',
    type: 'switch',
    description: 'run the stages named, or all, from scratch and compare with what is recorded',
    example: 'pipe verify --rerun train',
  },
  sample: {
    name: 'sample',
    type: 'count',
    value: 'N',
    description: 'of the stages to run again, take N by chance',
    example: 'pipe verify --sample 2',
  },
  twice: {
    name: 'twice',
    type: 'switch',
    description: 'run the stages named, or all, twice from scratch and compare the two',
    example: 'pipe verify --twice train',
  },
  sandbox: {
    name: 'sandbox',
    type: 'switch',
    description: 'run stages where they can read only what they declare; name what else they tried to read',
    example: 'pipe verify --sandbox',
  },
  junit: {
    name: 'junit',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write the outcome as JUnit XML, too',
    example: 'pipe verify --junit report.xml',
  },
  summary: {
    name: 'summary',
    type: 'text',
    value: 'FILE',
    names: 'file',
    description: 'write the outcome as Markdown, too',
    example: 'pipe verify --summary summary.md',
  },
  github: {
    name: 'github',
    type: 'switch',
    description: 'print annotations for GitHub; by itself where GITHUB_ACTIONS is set',
    example: 'pipe verify --github',
  },
} as const satisfies Record<string, Flag>;

export type FlagName = keyof typeof FLAGS;

/** Flags every command has. */
export const GLOBAL_FLAGS: readonly FlagName[] = ['file', 'json', 'quiet', 'no-color'];

/** A flag's description, free of its literal type. */
export function flagNamed(name: FlagName): Flag {
  return FLAGS[name];
}
