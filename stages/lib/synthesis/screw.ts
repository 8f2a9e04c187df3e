/**
 * Draws one screw on a brushed metal table, grey, as an inspection camera sees it.
 *
 * The screw lies in its own axes: u along it, head at the left, v across; lengths are those of a picture of 1024. Its outline decides
 * a mask, and the shadow is the mask blurred and shifted: whatever is missing of the screw is missing of its shadow. Pose, light,
 * dust, wear and noise have the same distribution with and without a defect.
 */
import { type Draws, draws, fractalNoise, mix, sensorNoise, smoothstep, valueNoise } from './noise.ts';
import type { Defect, Drawing, Picture } from './scene.ts';

const KINDS = [
  'flattened thread',
  'missing thread',
  'broken tip',
  'chipped head',
  'scratched head',
  'scratched neck',
  'bent shank',
] as const;
type Kind = (typeof KINDS)[number];

const HEAD = { from: -366, to: -300 };
const TIP = 330;
const SHANK = 46;
const NECK = 70;
const THREAD = 13;
/** The background and the shadow are soft: they are computed on a grid of this many pixels of 1024. */
const COARSE = 8;

interface Screw {
  readonly seed: number;
  readonly cos: number;
  readonly sin: number;
  readonly x: number;
  readonly y: number;
  readonly headRadius: number;
  readonly pitch: number;
  readonly phase: number;
  readonly wear: number;
  readonly kind: Kind | null;
  readonly severity: number;
  /** Where along the screw, on which side. */
  readonly at: number;
  readonly side: 1 | -1;
  readonly light: {
    readonly angle: number;
    readonly ambient: number;
    readonly gain: number;
    readonly contrast: number;
  };
  readonly table: { readonly level: number; readonly slope: number; readonly angle: number; readonly noise: number };
  readonly dust: readonly (readonly [x: number, y: number, radius: number, depth: number])[];
}

/** @param size  side of the square picture in pixels. */
export function drawScrew({ seed, index, difficulty, setup }: Drawing, isDefective: boolean, size: number): Picture {
  const screw = chooseScrew(seed, index, difficulty, setup, isDefective);
  const unit = 1024 / size;
  const surface = new Float32Array(size * size).fill(-1);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [u, v] = toScrew(screw, (x + 0.5) * unit, (y + 0.5) * unit);
      surface[y * size + x] = shadeScrew(screw, u, v);
    }
  }
  const shadow = softShadow(surface, size);
  const table = brushedTable(screw, size);
  const data = new Uint8Array(size * size);
  const [shiftX, shiftY] = [Math.cos(screw.light.angle), Math.sin(screw.light.angle)].map((part) => (part * 16) / unit);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      let value = surface[at] as number;
      if (value < 0) value = table(x, y) * (1 - 0.45 * shadow(x - (shiftX ?? 0), y - (shiftY ?? 0)));
      for (const [dx, dy, radius, depth] of screw.dust) {
        const distance = Math.abs(x * unit - dx) + Math.abs(y * unit - dy);
        if (distance < 2 * radius) value *= 1 - depth * smoothstep(2 * radius, radius, distance);
      }
      data[at] = Math.min(
        255,
        Math.max(0, Math.round(255 * (value + screw.table.noise * sensorNoise(screw.seed, at)))),
      );
    }
  }
  const defects = screw.kind === null ? [] : [describe(screw, screw.kind, unit)];
  return { width: size, height: size, channels: 1, data, defects, setup };
}

function chooseScrew(seed: number, index: number, difficulty: number, setup: number, isDefective: boolean): Screw {
  const g = draws(seed, index, 11);
  const camera = draws(seed, setup, 13);
  const angle = g.between(0, 2 * Math.PI);
  const scale = g.between(1.05, 1.2);
  const chosen = chooseDefect(draws(seed, index, 12), difficulty);
  const hardness = 0.4 + 0.6 * difficulty;
  return {
    seed: mix(seed * 104729 + index),
    cos: Math.cos(angle) / scale,
    sin: Math.sin(angle) / scale,
    x: 512 + g.between(-40, 40),
    y: 512 + g.between(-40, 40),
    headRadius: g.pick([92, 100]),
    pitch: g.between(40, 46),
    phase: g.next(),
    wear: g.between(0, 0.35) * hardness,
    ...(isDefective ? chosen : { ...chosen, kind: null }),
    light: {
      angle: camera.between(0, 2 * Math.PI) + g.between(-0.3, 0.3),
      ambient: g.between(0.25, 0.45),
      gain: camera.between(0.75, 1.05) * g.between(0.9, 1.1),
      contrast: 1 - hardness * g.between(0, 0.55),
    },
    table: {
      level: camera.between(0.5, 0.8) + g.between(-0.05, 0.05),
      slope: g.between(0, 0.35) * hardness,
      angle: g.between(0, 2 * Math.PI),
      noise: g.between(0.006, 0.02) * hardness,
    },
    dust: Array.from({ length: Math.floor(g.between(0, 9)) }, () => {
      return [g.between(0, 1024), g.between(0, 1024), g.between(2, 7), g.between(0.1, 0.5) * hardness] as const;
    }),
  };
}

/** Drawn for every screw, so that one with a defect differs from one without in nothing else. */
function chooseDefect(g: Draws, difficulty: number): Pick<Screw, 'kind' | 'severity' | 'at' | 'side'> {
  const faintest = 0.75 - 0.5 * difficulty;
  const severity = faintest + (1 - faintest) * Math.sqrt(g.next());
  return { kind: g.pick(KINDS), severity, at: g.between(-140, 240), side: g.next() < 0.5 ? 1 : -1 };
}

function toScrew({ x, y, cos, sin, kind, severity, side }: Screw, px: number, py: number): [u: number, v: number] {
  const [dx, dy] = [px - x, py - y];
  const u = cos * dx + sin * dy;
  const v = cos * dy - sin * dx;
  const bend = kind === 'bent shank' && u > HEAD.to ? side * (0.00012 + 0.0003 * severity) * (u - HEAD.to) ** 2 : 0;
  return [u, v - bend];
}

/** Brightness of the screw at a place, 0 to 1; below 0 where there is no screw. */
function shadeScrew(screw: Screw, u: number, v: number): number {
  if (u <= HEAD.from || u >= TIP || Math.abs(v) > screw.headRadius) return -1;
  return u < HEAD.to ? shadeHead(screw, u, v) : shadeShank(screw, u, v);
}

function shadeHead(screw: Screw, u: number, v: number): number {
  const { headRadius, kind, severity, side, seed } = screw;
  const radius = headRadius * (1 - 0.18 * smoothstep(HEAD.from + 24, HEAD.from, u));
  if (Math.abs(v) >= radius) return -1;
  if (kind === 'chipped head') {
    const reach = (16 + 36 * severity) * (0.8 + 0.5 * fractalNoise(u * 0.05, v * 0.05, seed + 7));
    if (Math.hypot(u - HEAD.from - 20, v - side * headRadius) < reach) return -1;
  }
  let slope = -0.75 * smoothstep(HEAD.from + 26, HEAD.from, u) + 0.3 * smoothstep(HEAD.to - 8, HEAD.to, u);
  let albedo = 0.95 + 0.1 * (valueNoise(u * 0.6, v * 0.03, seed + 8) - 0.5);
  if (kind === 'scratched head') {
    const distance = toSegment(
      u,
      v,
      HEAD.from + 10,
      side * headRadius * 0.7,
      HEAD.to - 8,
      -side * headRadius * 0.5 * severity,
    );
    albedo *= 1 - 0.65 * severity * smoothstep(5 + 3 * severity, 1, distance);
    slope += 0.5 * severity * Math.exp(-(((distance - 6) / 2) ** 2));
  }
  return illuminate(screw, slope, v / radius, albedo, 0.5);
}

function shadeShank(screw: Screw, u: number, v: number): number {
  const { kind, severity, at, side, pitch, phase, seed, wear } = screw;
  const taper = smoothstep(TIP - 120, TIP, u);
  if (kind === 'broken tip') {
    const jag = 14 * (fractalNoise(v * 0.08, u * 0.02, seed + 3) - 0.44);
    if (u > TIP - 35 - 90 * severity + jag) return -1;
  }
  const core = SHANK * (1 - 0.92 * taper);
  let depth = THREAD * smoothstep(HEAD.to + NECK - 10, HEAD.to + NECK + 20, u) * (1 - 0.6 * taper);
  const width = pitch * (1.2 + 2.2 * severity);
  if (kind === 'flattened thread') {
    depth *= 1 - 0.95 * Math.exp(-(((u - at) / width) ** 2)) * (side * v > -SHANK * 0.5 ? 1 : 0.25);
  }
  if (kind === 'missing thread' && Math.abs(u - at) < width * 0.6) depth *= 0.06;
  // A helix seen from the side: crests of one side lie half a turn from those of the other.
  const crest = ridge(u / pitch + phase + (v > 0 ? 0.25 : -0.25));
  const radius = core + depth * (0.5 + 0.5 * crest);
  if (Math.abs(v) >= radius) return -1;
  const across = Math.max(-1, Math.min(1, v / (radius + 0.01)));
  const turn = u / pitch + phase + Math.asin(across * 0.999) / (2 * Math.PI);
  const height = ridge(turn);
  const slope = (turn - Math.floor(turn) < 0.5 ? -0.62 : 0.62) * (depth / THREAD);
  let albedo = (0.78 + 0.11 * (height + 1)) * (1 - wear * 0.3 * valueNoise(u * 0.08, v * 0.08, seed + 6));
  if (kind === 'scratched neck' && u < HEAD.to + NECK + 10) {
    const distance = toSegment(u, v, HEAD.to + 6, side * SHANK * 0.8, HEAD.to + NECK, -side * SHANK * 0.3);
    albedo *= 1 - 0.7 * severity * smoothstep(5 + 3 * severity, 1, distance);
  }
  return illuminate(screw, slope, across, albedo, 0.8);
}

/** Two lights on a cylinder: one from the side, one from above with a sharp highlight. */
function illuminate(screw: Screw, slope: number, across: number, albedo: number, gloss: number): number {
  const { angle, ambient, gain, contrast } = screw.light;
  const turned = angle - Math.atan2(screw.sin, screw.cos);
  const [lx, ly] = [Math.cos(turned), Math.sin(turned)];
  const up = Math.sqrt(Math.max(0, 1 - across * across * 0.96)) * 0.9;
  const length = Math.sqrt(slope * slope + across * across + up * up + 1e-6);
  const diffuse = Math.max(0, (slope * lx * 0.5 + across * ly * 0.5 + up * 0.75) / length);
  const half = Math.max(0, (slope * lx * 0.35 + across * ly * 0.35 + up * 0.93) / length);
  const highlight = gloss * 0.45 * half ** 16;
  const value = gain * (ambient * albedo + 0.55 * diffuse * albedo + highlight);
  return Math.max(0, 0.5 + (value - 0.5) * contrast);
}

/** How much of the light the screw takes, 0 to 1, from the mask itself: blurred twice on the coarse grid. */
function softShadow(surface: Float32Array, size: number): (x: number, y: number) => number {
  const step = Math.max(1, Math.round((COARSE * size) / 1024));
  const side = Math.ceil(size / step);
  let grid = new Float32Array(side * side);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if ((surface[y * size + x] as number) < 0) continue;
      const at = Math.floor(y / step) * side + Math.floor(x / step);
      grid[at] = (grid[at] as number) + 1 / (step * step);
    }
  }
  for (let pass = 0; pass < 2; pass++) grid = boxBlur(grid, side);
  return (x, y) => bilinear(grid, side, x / step - 0.5, y / step - 0.5);
}

function boxBlur(grid: Float32Array, side: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(grid, (_, at) => {
    const [row, column] = [Math.floor(at / side), at % side];
    let sum = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [y, x] = [Math.min(side - 1, Math.max(0, row + dy)), Math.min(side - 1, Math.max(0, column + dx))];
        sum += grid[y * side + x] as number;
      }
    }
    return sum / 9;
  });
}

function brushedTable({ table, seed }: Screw, size: number): (x: number, y: number) => number {
  const unit = 1024 / size;
  const side = 1024 / COARSE + 2;
  const grid = Float32Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [(at % side) * COARSE, Math.floor(at / side) * COARSE];
    const across = (x - 512) * Math.cos(table.angle) + (y - 512) * Math.sin(table.angle);
    return table.level * (1 + (table.slope * across) / 512) * (0.94 + 0.12 * fractalNoise(x * 0.012, y * 0.012, seed));
  });
  return (x, y) => {
    const brushed = 0.02 * (valueNoise(x * unit * 0.9, y * unit * 0.06, seed + 4) - 0.5);
    return bilinear(grid, side, (x * unit) / COARSE, (y * unit) / COARSE) + brushed;
  };
}

function bilinear(grid: Float32Array, side: number, x: number, y: number): number {
  const [cx, cy] = [Math.min(side - 1.001, Math.max(0, x)), Math.min(side - 1.001, Math.max(0, y))];
  const [left, top] = [Math.floor(cx), Math.floor(cy)];
  const at = top * side + left;
  const upper = (grid[at] as number) + ((grid[at + 1] as number) - (grid[at] as number)) * (cx - left);
  const lower =
    (grid[at + side] as number) + ((grid[at + side + 1] as number) - (grid[at + side] as number)) * (cx - left);
  return upper + (lower - upper) * (cy - top);
}

/** Triangle wave of period 1, -1 to 1. */
function ridge(turn: number): number {
  const part = turn - Math.floor(turn);
  return part < 0.5 ? 4 * part - 1 : 3 - 4 * part;
}

function toSegment(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** Where along the screw to look, as a box of the picture. */
function describe(screw: Screw, kind: Kind, unit: number): Defect {
  const spans: Record<Kind, readonly [number, number, number]> = {
    'flattened thread': [screw.at - 90, screw.at + 90, 65],
    'missing thread': [screw.at - 90, screw.at + 90, 65],
    'broken tip': [TIP - 130, TIP, 50],
    'chipped head': [HEAD.from - 5, HEAD.to, screw.headRadius],
    'scratched head': [HEAD.from, HEAD.to, screw.headRadius],
    'scratched neck': [HEAD.to, HEAD.to + NECK + 12, SHANK + THREAD],
    'bent shank': [HEAD.to, TIP, 120],
  };
  const [from, to, reach] = spans[kind];
  const corners = [from, to].flatMap((u) => [-reach, reach].map((v) => toPicture(screw, u, v, unit)));
  const side = 1024 / unit;
  const inside = (value: number) => Math.round(Math.min(side, Math.max(0, value)));
  const [left, right] = [Math.min(...corners.map(([x]) => x)), Math.max(...corners.map(([x]) => x))].map(inside);
  const [top, bottom] = [Math.min(...corners.map(([, y]) => y)), Math.max(...corners.map(([, y]) => y))].map(inside);
  const box = [left ?? 0, top ?? 0, (right ?? 0) - (left ?? 0), (bottom ?? 0) - (top ?? 0)] as const;
  return { kind, severity: Math.round(screw.severity * 1000) / 1000, box };
}

function toPicture({ x, y, cos, sin }: Screw, u: number, v: number, unit: number): [number, number] {
  const length = cos * cos + sin * sin;
  return [(x + (cos * u - sin * v) / length) / unit, (y + (sin * u + cos * v) / length) / unit];
}
