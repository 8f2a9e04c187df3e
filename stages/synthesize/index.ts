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
import { SUBJECTS, type Subject } from './subjects.ts';

type Params = Omit<Filled<SynthesizeParams>, 'counts' | 'oddSizes'> &
  Readonly<Record<'counts' | 'oddSizes', Readonly<Record<string, number>>>>;

/** Of a class that is not counted. */
const USUAL_COUNT = 100;

interface Planned {
  readonly file: string;
  /** The folder it lies in, and what it shows. */
  readonly label: string;
  readonly truth: string;
  readonly index: number;
  readonly isOdd: boolean;
}

const run: StageRun<Params> = async (context) => {
  const { params, outputs } = context;
  const subject = SUBJECTS[params.subject];
  checkNames(params, subject);
  const plan = planPictures(params, subject);
  for (const label of subject.classes) fs.mkdirSync(`${outputs.images}/${label}`, { recursive: true });
  const { seed, difficulty, size, format } = params;
  // Other counts, sizes of other classes and label noise change no picture.
  const items = context.itemsFor(format);
  const lines = await mapImages(context, plan, async ({ file, label, truth, index, isOdd }) => {
    const setup = index % params.setups;
    const key = { subject: params.subject, truth, index, isOdd, seed, difficulty, size, setup };
    const drawn = () => subject.draw({ seed, index, difficulty, setup }, truth, size, isOdd);
    let picture: Picture | null = null;
    await items.file(key, `${outputs.images}/${file}`, async () => {
      picture = drawn();
      return format === 'jpeg' ? encodeJpeg(picture, 90) : encodePng(picture);
    });
    const facts = await items.bytes({ ...key, facts: true }, () => {
      const { width, height, defects } = picture ?? drawn();
      return Buffer.from(JSON.stringify({ width, height, defects }));
    });
    return { file, label, truth, setup, ...(JSON.parse(Buffer.from(facts).toString('utf8')) as object) };
  });
  fs.writeFileSync(outputs['truth.jsonl'] ?? '', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const wrong = plan.filter(({ label, truth }) => label !== truth).length;
  context.note(
    `${plan.length} pictures of ${params.subject}${wrong > 0 ? `, ${wrong} filed under another class` : ''}`,
  );
};
export default run;

function checkNames({ subject, counts, oddSizes }: Params, { classes }: Subject): void {
  const other = [...Object.keys(counts), ...Object.keys(oddSizes)].find((name) => !classes.includes(name));
  if (other === undefined) return;
  throw new StageError(`\`${subject}\` have no class \`${other}\`, but ${classes.join(', ')}`, {
    code: 'E0803',
    hint: `with: { subject: ${subject}, counts: { ${classes[0]}: 100 } }`,
  });
}

/** Numbers run through the classes in turn, so that set-ups are shared evenly among them. */
function planPictures({ counts, oddSizes, labelNoise, seed, format }: Params, { classes }: Subject): Planned[] {
  return classes.flatMap((truth, place) => {
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
}
