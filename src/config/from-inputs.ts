/**
 * `from`: which output of which stage each input is.
 *
 * First each reference is read as written; then references to stages that `when` leaves out are moved on to what those
 * stages would have taken themselves.
 */
import { didYouMean } from '../base/did-you-mean.ts';
import type { StageDraft, WrittenFrom } from './draft-stage.ts';
import type { ProblemList } from './problem-list.ts';
import type { FromInput } from './stage.ts';
import type { ArtifactKind, OutputType } from './stage-type.ts';

export type FromInputs = Readonly<Record<string, FromInput>>;

export interface LinkedInputs {
  /** Of each stage that is not left out. */
  readonly from: ReadonlyMap<string, FromInputs>;
  /** For each stage left out the stage that stands in for it. */
  readonly skipped: ReadonlyMap<string, string | null>;
}

/** @param faulty names in the file of stages whose text has problems already: references to them are passed over. */
export function linkInputs(
  drafts: ReadonlyMap<string, StageDraft>,
  faulty: ReadonlySet<string>,
  problems: ProblemList,
): LinkedInputs {
  const linker = new Linker(drafts, faulty, problems);
  const written = new Map([...drafts].map(([name, draft]) => [name, linker.read(draft)]));
  const from = new Map<string, FromInputs>();
  const skipped = new Map<string, string | null>();
  for (const [name, draft] of drafts) {
    if (draft.isSkipped) skipped.set(name, linker.standIn(name, written)?.stage ?? null);
    else from.set(name, linker.pastSkipped(draft, written));
  }
  return { from, skipped };
}

class Linker {
  readonly #drafts: ReadonlyMap<string, StageDraft>;
  readonly #faulty: ReadonlySet<string>;
  readonly #problems: ProblemList;
  readonly #groups: ReadonlyMap<string, string>;

  constructor(drafts: ReadonlyMap<string, StageDraft>, faulty: ReadonlySet<string>, problems: ProblemList) {
    this.#drafts = drafts;
    this.#faulty = faulty;
    this.#problems = problems;
    this.#groups = new Map([...drafts.values()].reverse().map(({ stage }) => [stage.group, stage.name]));
  }

  /** The inputs of one stage as written, also from stages that are left out. */
  read(draft: StageDraft): FromInputs {
    const found = new Map<string, FromInput>();
    for (const reference of draft.from) {
      const role = this.#roleOf(reference, draft);
      if (role === null) continue;
      const input = this.#input(reference, role, draft);
      if (input !== null) found.set(role, input);
    }
    this.#checkRoles(draft);
    return Object.fromEntries(found);
  }

  #checkRoles(draft: StageDraft): void {
    const { stage, inputs, from, isFaulty } = draft;
    if (isFaulty) return;
    const given = new Set(from.map((reference) => reference.role));
    for (const [role, { required, kind }] of inputs ?? []) {
      if (!required || given.has(role) || given.has(null)) continue;
      const hint = `add \`from: { ${role}: STAGE }\``;
      const message = `stage \`${stage.name}\` needs an input \`${role}\``;
      this.#problems.error('E0218', stage.at, message, {
        stage: stage.name,
        expected: kind === 'any' ? 'a stage' : `a stage that makes a ${kind}`,
        hint,
      });
    }
    const roles = from.map((reference) => reference.role ?? 'dataset');
    for (const { text, at } of draft.rolesUsed) {
      if (roles.includes(text)) continue;
      const hint = didYouMean(text, roles) ?? `add \`from: { ${text}: STAGE }\``;
      this.#problems.error('E0216', at, `\`\${from.${text}}\` is no input of \`${stage.name}\``, {
        stage: stage.name,
        hint,
      });
    }
  }

  #roleOf({ role, at, text }: WrittenFrom, { inputs, stage, isFaulty }: StageDraft): string | null {
    if (isFaulty) return role ?? 'dataset';
    if (inputs === null) return role ?? 'dataset';
    if (role !== null && inputs.has(role)) return role;
    const roles = [...inputs.keys()];
    const [only] = roles;
    if (role === null && roles.length === 1 && only !== undefined) return only;
    if (role === null && inputs.has('dataset')) return 'dataset';
    const expected = roles.length === 0 ? 'no `from`' : `one of ${roles.map((each) => `\`${each}\``).join(', ')}`;
    const message =
      role === null && roles.length > 0
        ? `\`from\` of \`${stage.name}\` does not say which input \`${text}\` is`
        : `stage \`${stage.name}\` has no input${role === null ? '' : ` \`${role}\``}`;
    const hint = role === null ? undefined : didYouMean(role, roles);
    this.#problems.error('E0216', at, message, {
      stage: stage.name,
      expected,
      ...(hint === undefined ? {} : { hint }),
    });
    return null;
  }

  #input(reference: WrittenFrom, role: string, consumer: StageDraft): FromInput | null {
    const { text, at } = reference;
    const colon = this.#drafts.has(text) ? -1 : text.lastIndexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const producer = this.#drafts.get(name);
    if (producer === undefined) {
      this.#reportUnknownStage(name, reference, consumer);
      return null;
    }
    if (producer.isFaulty) return null;
    const kind = consumer.inputs?.get(role)?.kind ?? 'any';
    const output =
      colon < 0 ? chooseOutput(producer.outputs, role, kind) : findOutput(producer.outputs, text.slice(colon + 1));
    if (output === null) {
      this.#reportNoOutput(reference, name, role, colon < 0 ? null : text.slice(colon + 1), producer, consumer);
      return null;
    }
    if (!fits(output.kind, kind)) {
      const message = `input \`${role}\` of \`${consumer.stage.name}\` gets \`${output.name}\` of \`${name}\`, a ${output.kind}`;
      this.#problems.error('E0219', at, message, { stage: consumer.stage.name, expected: `a ${kind}` });
      return null;
    }
    return { stage: name, output: output.name, at: at ?? consumer.stage.at };
  }

  #reportUnknownStage(name: string, { at }: WrittenFrom, consumer: StageDraft): void {
    if (this.#faulty.has(name) || this.#faulty.has(name.split('@')[0] ?? name)) return;
    const first = this.#groups.get(name);
    const hint =
      first === undefined
        ? didYouMean(name, this.#drafts.keys())
        : `name one of the stages it makes, such as \`${first}\``;
    const message = first === undefined ? `there is no stage \`${name}\`` : `\`${name}\` stands for several stages`;
    this.#problems.error('E0215', at, message, { stage: consumer.stage.name, ...(hint === undefined ? {} : { hint }) });
  }

  #reportNoOutput(
    reference: WrittenFrom,
    name: string,
    role: string,
    output: string | null,
    producer: StageDraft,
    consumer: StageDraft,
  ): void {
    const names = producer.outputs.map((each) => each.name);
    const expected =
      names.length === 0 ? 'a stage with outputs' : `one of ${names.map((each) => `\`${name}:${each}\``).join(', ')}`;
    const message =
      output !== null
        ? `stage \`${name}\` has no output \`${output}\``
        : names.length === 0
          ? `stage \`${name}\` has no outputs`
          : `\`${name}\` has several outputs, none is called \`${role}\``;
    const hint = output === null ? undefined : didYouMean(output, names);
    const details = { stage: consumer.stage.name, expected, ...(hint === undefined ? {} : { hint }) };
    this.#problems.error('E0217', reference.at, message, details);
  }

  /** What a stage that is left out passes on: its own single input, past others that are left out. */
  standIn(name: string, written: ReadonlyMap<string, FromInputs>): FromInput | null {
    const seen = new Set<string>();
    for (let here = name; !seen.has(here); ) {
      seen.add(here);
      const inputs = Object.values(written.get(here) ?? {});
      const [only] = inputs;
      if (only === undefined || inputs.length > 1) return null;
      if (this.#drafts.get(only.stage)?.isSkipped !== true) return only;
      here = only.stage;
    }
    return null;
  }

  pastSkipped(draft: StageDraft, written: ReadonlyMap<string, FromInputs>): FromInputs {
    const inputs = written.get(draft.stage.name) ?? {};
    const moved = Object.entries(inputs).flatMap(([role, input]): [string, FromInput][] => {
      const producer = this.#drafts.get(input.stage);
      if (producer?.isSkipped !== true) return [[role, input]];
      const standIn = this.standIn(input.stage, written);
      const wanted = findOutput(producer.outputs, input.output)?.kind ?? 'any';
      const offered = standIn === null ? null : this.#drafts.get(standIn.stage)?.outputs;
      const kind = offered?.find((output) => output.name === standIn?.output)?.kind ?? 'any';
      const role_ = draft.inputs?.get(role)?.kind ?? 'any';
      if (standIn !== null && fits(kind, wanted) && fits(kind, role_)) return [[role, { ...standIn, at: input.at }]];
      // A stage that is left out because of its own problems has been reported.
      if (!producer.isFaulty) this.#reportLeftOut(input, draft, standIn !== null);
      return [];
    });
    return Object.fromEntries(moved);
  }

  #reportLeftOut(input: FromInput, consumer: StageDraft, passesOther: boolean): void {
    const message = `stage \`${consumer.stage.name}\` needs \`${input.output}\` of \`${input.stage}\`, which \`when\` leaves out`;
    const expected = passesOther
      ? 'a result of the kind that passes through'
      : `\`${input.stage}\` to have one \`from\` that can stand in`;
    this.#problems.error('E0221', input.at, message, {
      stage: consumer.stage.name,
      expected,
      hint: `give \`${consumer.stage.name}\` the same \`when\``,
    });
  }
}

/** Two kinds go together when they are one kind, or one of them is not known. */
function fits(output: ArtifactKind, input: ArtifactKind): boolean {
  return output === 'any' || input === 'any' || output === input;
}

/** The output called like the role, else the only one, else the first of the role's kind. */
function chooseOutput(outputs: readonly OutputType[], role: string, kind: ArtifactKind): OutputType | null {
  const named = findOutput(outputs, role);
  if (named !== null) return named;
  const [only] = outputs;
  if (only !== undefined && outputs.length === 1) return only;
  return (kind === 'any' ? undefined : outputs.find((output) => output.kind === kind)) ?? null;
}

/** By whole name, then by file name, then by file name without its extension. */
function findOutput(outputs: readonly OutputType[], wanted: string): OutputType | null {
  const fileName = (name: string) => name.replace(/\/+$/, '').split('/').at(-1) ?? name;
  const stem = (name: string) => fileName(name).replace(/(?<=.)\.[^.]*$/, '');
  return (
    outputs.find(({ name }) => name === wanted) ??
    outputs.find(({ name }) => fileName(name) === wanted) ??
    outputs.find(({ name }) => stem(name) === wanted) ??
    null
  );
}
