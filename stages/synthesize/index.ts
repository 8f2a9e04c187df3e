/**
 * synthesize: pictures whose truth is known.
 *
 * Each picture depends on seed and number alone, so more of them leave the others as they are, and each is drawn once.
 */
import fs from 'node:fs';
import type { SynthesizeParams } from '../../src/generated/stages/synthesize.ts';
import { type Filled, StageError, type StageRun } from '../../src/sdk/index.ts';
import { encodeJpeg, encodePng } from '../lib/image/raster.ts';
import { mapImages } from '../lib/map-images.ts';
import { draws } from '../lib/synthesis/noise.ts';
import type { Picture } from '../lib/synthesis/scene.ts';
import { type Fault, type Faults, plantFaults, spoil } from './faults.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

type Params = Omit<Filled<SynthesizeParams>, 'counts' | 'oddSizes' | 'faults'> &
  Readonly<Record<'counts' | 'oddSizes', Readonly<Record<string, number>>>> & { readonly faults: Faults };

/** Of a class that is not counted. */
const USUAL_COUNT = 100;

interface Planned {
  readonly file: string;
  /** The folder it lies in, and what it shows. */
  readonly label: string;
  readonly truth: string;
  readonly index: number;
  readonly isOdd: boolean;
  readonly fault?: Fault;
  /** File of which it is a copy. */
  readonly of?: string;
}

const run: StageRun<Params> = async (context) => {
  const { params, outputs } = context;
  const subject = SUBJECTS[params.subject];
  checkNames(params, subject);
  const plan = planPictures(params, subject);
  for (const label of subject.classes) fs.mkdirSync(`${outputs.images}/${label}`, { recursive: true });
  const { seed, difficulty, size, format } = params;
  // Other counts, sizes of other classes, label noise and faults of other pictures change no picture.
  const items = context.itemsFor(format);
  const lines = await mapImages(context, plan, async ({ file, label, truth, index, isOdd, fault, of }) => {
    const setup = index % params.setups;
    const key = { subject: params.subject, truth, index, isOdd, seed, difficulty, size, setup, fault: fault ?? null };
    const drawn = (): Picture => {
      const picture = subject.draw({ seed, index, difficulty, setup }, truth, size, isOdd);
      return fault === undefined ? picture : spoil(picture, fault, seed, index);
    };
    let picture: Picture | null = null;
    await items.file(key, `${outputs.images}/${file}`, async () => {
      picture = drawn();
      const bytes = await (format === 'jpeg' ? encodeJpeg(picture, 90) : encodePng(picture));
      return fault === 'cutShort' ? bytes.subarray(0, bytes.length / 2) : bytes;
    });
    const facts = await items.bytes({ ...key, facts: true }, () => {
      const { width, height, defects } = picture ?? drawn();
      return Buffer.from(JSON.stringify({ width, height, defects }));
    });
    const known = JSON.parse(Buffer.from(facts).toString('utf8')) as object;
    return { file, label, truth, setup, ...known, ...(fault && { fault }), ...(of && { of }) };
  });
  fs.writeFileSync(outputs['truth.jsonl'] ?? '', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const wrong = plan.filter(({ label, truth }) => label !== truth).length;
  const faulty = plan.filter(({ fault }) => fault !== undefined).length;
  const words = [
    `${plan.length} pictures of ${params.subject}`,
    ...(wrong > 0 ? [`${wrong} filed under another class`] : []),
    ...(faulty > 0 ? [`${faulty} with a planted fault`] : []),
  ];
  context.note(words.join(', '));
};
export default run;

function checkNames({ subject, counts, oddSizes, faults }: Params, { classes }: Subject): void {
  const named = [counts, oddSizes, ...Object.values(faults)].flatMap((each) => Object.keys(each));
  const other = named.find((name) => !classes.includes(name));
  if (other === undefined) return;
  throw new StageError(`\`${subject}\` have no class \`${other}\`, but ${classes.join(', ')}`, {
    code: 'E0803',
    hint: `with: { subject: ${subject}, counts: { ${classes[0]}: 100 } }`,
  });
}

/** Numbers run through the classes in turn, so that set-ups are shared evenly among them. */
function planPictures(params: Params, { classes }: Subject): Planned[] {
  const { counts, oddSizes, labelNoise, seed, format, faults } = params;
  const plan = classes.flatMap((truth, place) => {
    const count = counts[truth] ?? USUAL_COUNT;
    return Array.from({ length: count }, (_, i) => {
      const index = i * classes.length + place;
      const g = draws(seed, index, 41);
      const others = classes.filter((name) => name !== truth);
      const label = g.next() < labelNoise ? g.pick(others) : truth;
      // The name does not tell the truth.
      const file = `${label}/${String(index + 1).padStart(5, '0')}.${format === 'jpeg' ? 'jpg' : 'png'}`;
      return { file, label, truth, index, isOdd: i >= count - (oddSizes[truth] ?? 0) };
    });
  });
  const planted = plantFaults(plan, faults, seed);
  if (planted === null) {
    throw new StageError('there are fewer pictures than `faults` are to be planted in', {
      code: 'E0803',
      hint: 'a copy takes two pictures, every other fault one: give larger `counts`',
    });
  }
  const byIndex = new Map(plan.map((each) => [each.index, each]));
  return plan.map((each) => {
    const { fault, of = null } = planted.get(each.index) ?? {};
    if (fault === undefined) return each;
    if (of === null) return { ...each, fault };
    const { index, truth, isOdd } = byIndex.get(of.index) ?? each;
    return { ...each, index, truth, isOdd, fault, of: of.file };
  });
}
