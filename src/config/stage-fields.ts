/** Reads the fields of one stage: interpolated, and checked for what `${}` may have put into them. */
import type { Location } from '../base/problem.ts';
import { type Interpolation, interpolate, type Scope } from './interpolate.ts';
import type { ProblemList } from './problem-list.ts';
import { printed } from './template.ts';
import { type Entry, kindOf, type MapTree, type Place, type Tree } from './tree.ts';

/** A text together with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: Place;
}

export class StageFields {
  readonly stage: string;
  /** Where the stage is named: the place of whatever has none of its own, such as a value from the command line. */
  readonly at: Location;
  readonly body: MapTree;
  readonly problems: ProblemList;
  readonly scope: Scope;

  constructor(stage: string, at: Location, body: MapTree, scope: Scope, problems: ProblemList) {
    this.stage = stage;
    this.at = at;
    this.body = body;
    this.scope = scope;
    this.problems = problems;
  }

  entry(field: string): Entry | undefined {
    return this.body.entries.get(field);
  }

  /** The field with every `${}` replaced; undefined when it is not there. */
  value(field: string, command?: Interpolation['command']): Tree | undefined {
    const entry = this.entry(field);
    return entry === undefined ? undefined : this.interpolated(entry.value, command);
  }

  interpolated(tree: Tree, command?: Interpolation['command']): Tree {
    const how: Interpolation = { scope: this.scope, problems: this.problems, stage: this.stage };
    return interpolate(tree, command === undefined ? how : { ...how, command });
  }

  boolean(field: string, otherwise: boolean): boolean {
    const value = this.value(field);
    if (value === undefined) return otherwise;
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return value.value;
    this.wrong(value, `\`${field}\``, '`true` or `false`');
    return otherwise;
  }

  text(field: string): PlacedText | undefined {
    const value = this.value(field);
    return value === undefined ? undefined : this.asText(value, `\`${field}\``);
  }

  /** A list of texts, also when it is written as one text. */
  texts(field: string, command?: Interpolation['command']): readonly PlacedText[] {
    const value = this.value(field, command);
    if (value === undefined) return [];
    const items = value.kind === 'list' ? value.items : [value];
    return items.flatMap((item) => this.asText(item, `\`${field}\``) ?? []);
  }

  /** Numbers and truth values are printed: `${port}` may stand where a text is wanted. */
  asText(value: Tree, named: string): PlacedText | undefined {
    if (value.kind === 'scalar' && value.value !== null) return { text: printed(value.value), at: value.at };
    this.wrong(value, named, 'text');
    return undefined;
  }

  wrong(value: Tree, named: string, expected: string): void {
    this.problems.error('E0201', value.at, `${named} is ${kindOf(value)}`, { stage: this.stage, expected });
  }
}
