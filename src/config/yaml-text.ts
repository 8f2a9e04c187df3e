/**
 * YAML 1.2 text to a tree.
 *
 * Takes the `yaml` package's tokens and nodes, never its plain values: those have no places, and building them is where a
 * small file can become a huge one. Refuses what configuration never needs and attackers do: tags that build objects,
 * endless alias expansion, bottomless nesting. Dates stay text, as the core schema of YAML 1.2 has it.
 */
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser } from 'yaml';
import type { Location, Problem } from '../base/problem.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { ProblemList } from './problem-list.ts';
import { maskTemplates, unmaskTemplates } from './template-mask.ts';
import { type Entry, listTree, mapTree, type Place, scalarTree, shorten, type Tree } from './tree.ts';

/** Configuration larger than this is a mistake, such as data in the wrong file. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 100;
const MAX_ALIASES = 100_000;
const MAX_ALIASED_NODES = 1_000_000;

const CORE_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
const COMPOSER_OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false, // merge keys are followed below, where their cost is counted
  uniqueKeys: false, // checked below: the package compares each key with every other
  prettyErrors: false,
  logLevel: 'silent',
  keepSourceTokens: false,
} as const;

/** @param file the name that places are given under. An empty file is an empty map. */
export function parseYaml(text: string, file: string): Result<Tree, readonly Problem[]> {
  const problems = new ProblemList();
  const lines = new LineCounter();
  const masked = maskTemplates(text);
  const unmask = masked === text ? (each: string) => each : unmaskTemplates;
  const document = compose(masked, file, lines, problems);
  if (document === null) return fail(problems.errors());
  const tree = new TreeBuilder(file, lines, problems, unmask).build(document);
  return problems.errorCount > 0 ? fail(problems.errors()) : ok(tree);
}

function compose(text: string, file: string, lines: LineCounter, problems: ProblemList): Document.Parsed | null {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: Token[] = [];
  let aliases = 0;
  let afterMarker = false;
  for (const lexeme of new Lexer().lex(text)) {
    // A lexeme after the scalar marker is the text of a scalar, whatever it starts with.
    if (lexeme.startsWith('*') && !afterMarker && ++aliases > MAX_ALIASES) {
      problems.error('E0107', null, `\`${file}\` uses more than ${MAX_ALIASES} aliases`, tooManyAliases);
      return null;
    }
    afterMarker = lexeme === SCALAR_MARKER;
    tokens.push(...parser.next(lexeme));
  }
  tokens.push(...parser.end());
  const tooDeep = offsetBelow(tokens, MAX_DEPTH);
  if (tooDeep !== null) {
    problems.error('E0108', placeAt(file, lines, tooDeep, 1), `values are nested more than ${MAX_DEPTH} deep`);
    return null;
  }
  const documents = [...new Composer(COMPOSER_OPTIONS).compose(tokens, true, text.length)];
  for (const document of documents) {
    // What follows the first error of a document mostly follows from it.
    const [error] = document.errors;
    if (error === undefined) continue;
    const [start, end] = error.pos;
    problems.error('E0104', placeAt(file, lines, start, end - start), syntaxMessage(error.message));
  }
  const second = documents[1];
  if (second !== undefined) {
    const at = placeAt(file, lines, second.range[0], 3);
    problems.error('E0104', at, 'a second document starts here, a file holds one');
  }
  return documents[0] ?? null;
}

type Token = ReturnType<Parser['next']> extends Iterable<infer Item> ? Item : never;
const SCALAR_MARKER = '\u001f';
const tooManyAliases = { hint: 'write the values out, or use `foreach`' };

/** Where nesting passes a depth, if it does. Iterative: the composer would exhaust the stack on such a file. */
function offsetBelow(tokens: readonly Token[], limit: number): number | null {
  const open = tokens.map((token): [Token, number] => [token, 0]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next;
    if (depth > limit) return token.offset;
    if (token.type === 'document') {
      if (token.value !== undefined) open.push([token.value, depth]);
    } else if ('items' in token) {
      for (const item of token.items) {
        if (item.key != null) open.push([item.key, depth + 1]);
        if (item.value !== undefined) open.push([item.value, depth + 1]);
      }
    }
  }
  return null;
}

function placeAt(file: string, lines: LineCounter, start: number, length: number): Location {
  const { line, col } = lines.linePos(start);
  const nextLine = lines.lineStarts[line] ?? Number.POSITIVE_INFINITY;
  const onThisLine = Math.min(length, nextLine - 1 - start);
  return { file, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, onThisLine) };
}

function syntaxMessage(message: string): string {
  const plain = message.replace(/\.$/, '');
  return `not valid YAML: ${plain.slice(0, 1).toLowerCase()}${plain.slice(1)}`;
}

class TreeBuilder {
  readonly #unmask: (text: string) => string;
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #problems: ProblemList;
  /** The latest definition of each anchor, with the number of nodes it stands for. An open anchor is not in here yet. */
  readonly #anchors = new Map<string, { tree: Tree; nodes: number }>();
  #nodes = 0;
  #aliasedNodes = 0;

  constructor(file: string, lines: LineCounter, problems: ProblemList, unmask: (text: string) => string) {
    this.#unmask = unmask;
    this.#file = file;
    this.#lines = lines;
    this.#problems = problems;
  }

  build(document: Document.Parsed): Tree {
    const root = document.contents;
    return root === null ? mapTree(new Map(), this.#placeOf(null)) : this.#tree(root);
  }

  #tree(node: Node): Tree {
    if (isAlias(node)) return this.#aliased(node.source, this.#placeOf(node));
    const before = this.#nodes++;
    const at = this.#placeOf(node);
    if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
      const tag = node.tag.replace(/^tag:yaml\.org,2002:/, '!!');
      this.#problems.error('E0106', at, `tag \`${tag}\` builds an object, only plain values are read`, {
        hint: 'write the value as text, a number, a list or a map',
      });
      return scalarTree(null, at);
    }
    const tree = this.#plainTree(node, at);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, { tree, nodes: this.#nodes - before });
    return tree;
  }

  #plainTree(node: Node, at: Place): Tree {
    if (isMap(node)) return this.#map(node.items as readonly { key: Node; value: Node | null }[], at);
    if (isSeq(node))
      return listTree(
        (node.items as readonly Node[]).map((item) => this.#tree(item)),
        at,
      );
    if (!isScalar(node)) return scalarTree(null, at);
    const { value } = node;
    if (value === null || typeof value === 'boolean' || typeof value === 'number') return scalarTree(value, at);
    return scalarTree(this.#unmask(typeof value === 'string' ? value : (node.source ?? String(value))), at);
  }

  #aliased(name: string, at: Place): Tree {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      this.#problems.error('E0109', at, `alias \`*${name}\` stands for no anchor before it`, {
        hint: `mark the value with \`&${name}\` above this line`,
      });
      return scalarTree(null, at);
    }
    this.#nodes += anchor.nodes;
    this.#aliasedNodes += anchor.nodes;
    if (this.#aliasedNodes > MAX_ALIASED_NODES) {
      // One report is enough; whatever else is expanded is dropped, so nothing grows further.
      if (this.#aliasedNodes < Number.POSITIVE_INFINITY) {
        const message = `aliases stand for more than ${MAX_ALIASED_NODES} values`;
        this.#problems.error('E0107', at, message, tooManyAliases);
        this.#aliasedNodes = Number.POSITIVE_INFINITY;
      }
      return scalarTree(null, at);
    }
    return anchor.tree;
  }

  #map(items: readonly { key: Node; value: Node | null }[], at: Place): Tree {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const { key, value } of items) {
      const keyAt = this.#placeOf(key);
      const name = this.#keyText(key, keyAt);
      if (name === null) continue;
      if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
        this.#merge(merged, value);
        continue;
      }
      const earlier = own.get(name);
      if (earlier !== undefined) {
        const related = earlier.keyAt === null ? {} : { related: { at: earlier.keyAt, message: 'first written here' } };
        this.#problems.error('E0105', keyAt, `key \`${shorten(name)}\` is written twice in one map`, related);
        continue;
      }
      own.set(name, { keyAt, value: value === null ? scalarTree(null, keyAt) : this.#tree(value) });
    }
    for (const [name, entry] of own) merged.set(name, entry);
    return mapTree(merged, at);
  }

  #keyText(key: Node, at: Place): string | null {
    if (isScalar(key)) {
      const name = this.#unmask(typeof key.value === 'string' ? key.value : (key.source ?? String(key.value)));
      if (name !== '__proto__') return name;
    }
    this.#problems.error(
      'E0109',
      at,
      isScalar(key) ? 'key `__proto__` is not allowed' : 'a key is text, not a list or a map',
    );
    return null;
  }

  /** Merge keys of YAML 1.1: a map, or a list of maps of which earlier ones win; the map's own keys win over all. */
  #merge(into: Map<string, Entry>, value: Node | null): void {
    const tree = value === null ? scalarTree(null, null) : this.#tree(value);
    for (const source of tree.kind === 'list' ? tree.items : [tree]) {
      if (source.kind !== 'map') {
        this.#problems.error('E0109', this.#placeOf(value), 'merge key `<<` needs a map, or a list of maps');
        return;
      }
      for (const [name, entry] of source.entries) if (!into.has(name)) into.set(name, entry);
    }
  }

  #placeOf(node: Node | null): Place {
    const range = node?.range;
    if (range == null) return placeAt(this.#file, this.#lines, 0, 1);
    return placeAt(this.#file, this.#lines, range[0], range[1] - range[0]);
  }
}
