/**
 * Makes the picture on the page of each stage, `stages/NAME/example.svg` or `.png`, from what the stages themselves wrote.
 *
 * Runs `pipeline.yaml` in a temporary folder, or in the one named, which stays. The same sources and the same version of sharp make the
 * same files. Needs `dist/`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { drawChart } from '../../dist/sdk-charts.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const LARGEST_BYTES = 60_000;
const GAP_PX = 4;

const [kept] = process.argv.slice(2);
const project = kept === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'pictures-')) : path.resolve(kept);
const made = (stage, file) => path.join(project, 'artifacts/main', stage, file);

try {
  fs.copyFileSync(path.join(import.meta.dirname, 'pipeline.yaml'), path.join(project, 'pipeline.yaml'));
  fs.cpSync(path.join(ROOT, 'examples/plates/data'), path.join(project, 'plates'), { recursive: true });
  run(['run', 'fruit']);
  await storeTurned();
  run(['run']);

  for (const stage of ['filter', 'grayscale', 'transform', 'augment', 'explain']) {
    await keepPng(stage, fs.readFileSync(made(stage, stage === 'filter' ? 'dropped.png' : 'sheet.png')));
  }
  keepSvg('train', fs.readFileSync(made('train', 'charts/learning-curve-loss.svg'), 'utf8'));
  keepSvg('search', fs.readFileSync(made('search', 'charts/history.svg'), 'utf8'));
  keepSvg('threshold', fs.readFileSync(made('threshold', 'charts/reliability-after.svg'), 'utf8'));
  keepSvg('evaluate', fs.readFileSync(made('evaluate', 'charts/confusion.svg'), 'utf8'));
  keepSvg('split', await drawSplit());
  await keepPng('synthesize', await sheet(truthRows()));
  await keepPng(
    'ingest',
    await sheet([filesIn(path.join(project, 'turned/tomato')), filesIn(made('upright', 'dataset/images/tomato'))]),
  );
  await keepPng('audit', await sheet(findingRows()));
  await keepPng('predict', await sheet(predictedRows()));
} finally {
  if (kept === undefined) fs.rmSync(project, { recursive: true, force: true });
}

function run(args) {
  const { status } = spawnSync(process.execPath, [path.join(ROOT, 'bin/pipe.cjs'), ...args], {
    cwd: project,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`pipe ${args.join(' ')} ended with ${status}`);
}

/** One picture in the eight ways a camera may store it. */
async function storeTurned() {
  const upright = sharp(made('fruit', `images/${truth('fruit')[40].file}`)).resize(96, 72);
  const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: 3 };
  const stored = (orientation) => {
    const image = sharp(data, { raw });
    // What each mark asks a reader to do, undone.
    if ([5, 6, 7, 8].includes(orientation)) image.rotate({ 5: 90, 6: 270, 7: 270, 8: 90 }[orientation]);
    if (orientation === 3) image.rotate(180);
    if (orientation === 2) image.flop();
    if ([4, 5, 7].includes(orientation)) image.flip();
    return image.withMetadata({ orientation }).jpeg({ quality: 90 }).toBuffer();
  };
  fs.mkdirSync(path.join(project, 'turned/tomato'), { recursive: true });
  for (let orientation = 1; orientation <= 8; orientation++) {
    fs.writeFileSync(path.join(project, `turned/tomato/${orientation}.jpg`), await stored(orientation));
  }
}

function filesIn(folder) {
  return fs
    .readdirSync(folder)
    .sort()
    .map((name) => path.join(folder, name));
}

function truth(stage) {
  return fs
    .readFileSync(made(stage, 'truth.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** A row for each class. */
function truthRows() {
  return ['fruit', 'screws'].flatMap((stage) => {
    const sound = truth(stage).filter(({ fault, width }) => fault === undefined && width === 128);
    const classes = [...new Set(sound.map(({ truth: name }) => name))];
    return classes.map((name) =>
      sound
        .filter((each) => each.truth === name)
        .slice(0, 6)
        .map(({ file }) => made(stage, `images/${file}`)),
    );
  });
}

/** A row for each kind of finding: the images of the first of them. */
function findingRows() {
  const rows = table(made('audit', 'findings.csv'));
  const kinds = [...new Set(rows.map(({ kind }) => kind))].filter((kind) =>
    rows.some((row) => row.kind === kind && row.images !== ''),
  );
  return kinds.map((kind) =>
    rows
      .filter((row) => row.kind === kind)
      .flatMap(({ images }) => images.split(';'))
      .slice(0, 6)
      .map((id) => made('ingest', `dataset/images/${id}`)),
  );
}

/** A row for each class, those it was predicted for most surely. */
function predictedRows() {
  const rows = table(made('predict', 'predictions.csv'));
  return [...new Set(rows.map(({ predicted }) => predicted))].sort().map((name) =>
    rows
      .filter(({ predicted }) => predicted === name)
      .sort((a, b) => b[name] - a[name])
      .slice(0, 9)
      .map(({ id }) => made('plates', `dataset/images/${id}`)),
  );
}

/** Of a table without quoted cells. */
function table(file) {
  const [header, ...lines] = fs
    .readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i]])));
}

async function drawSplit() {
  const rows = table(made('split', 'split.csv')).flatMap(({ class: name, ...counts }) =>
    Object.entries(counts).map(([split, images], place) => ({ class: name, split, images: Number(images), place })),
  );
  const spec = {
    title: 'Samples of each class in each split',
    description: 'Bars of samples by class and split.',
    width: 320,
    mark: 'bar',
    encoding: {
      y: { field: 'class', type: 'nominal', title: null },
      x: { field: 'images', type: 'quantitative', title: 'samples' },
      color: { field: 'split', type: 'nominal', sort: ['train', 'validation', 'test'], title: null },
      order: { field: 'place', type: 'quantitative' },
    },
  };
  return (await drawChart({ name: 'split', spec, rows })).svg;
}

/** @param rows  files of pictures, row by row. */
async function sheet(rows, tilePx = 96) {
  const tiles = [];
  let top = GAP_PX;
  let width = 0;
  for (const row of rows) {
    let left = GAP_PX;
    let highest = 0;
    for (const file of row) {
      const { data, info } = await sharp(file)
        .resize(tilePx, tilePx, { fit: 'inside', withoutEnlargement: true })
        .png()
        .toBuffer({ resolveWithObject: true });
      tiles.push({ input: data, left, top });
      left += info.width + GAP_PX;
      highest = Math.max(highest, info.height);
    }
    top += highest + GAP_PX;
    width = Math.max(width, left);
  }
  return sharp({ create: { width, height: top, channels: 3, background: '#fff' } })
    .composite(tiles)
    .png()
    .toBuffer();
}

async function keepPng(stage, bytes) {
  let image = sharp(bytes);
  const { width } = await image.metadata();
  for (let scale = 1; ; scale *= 0.9) {
    image = sharp(bytes).resize(Math.round(width * scale));
    const small = await image.png({ palette: true, compressionLevel: 9, effort: 10 }).toBuffer();
    if (small.length <= LARGEST_BYTES) return keep(stage, 'png', small);
  }
}

function keepSvg(stage, text) {
  keep(stage, 'svg', Buffer.from(text));
}

function keep(stage, extension, bytes) {
  if (bytes.length > LARGEST_BYTES) throw new Error(`the picture of ${stage} has ${bytes.length} bytes`);
  fs.writeFileSync(path.join(ROOT, 'stages', stage, `example.${extension}`), bytes);
  process.stdout.write(`${stage}: ${bytes.length} bytes\n`);
}
