/**
 * Draws pictures of tomatoes, strawberries and cherries: all red and round-ish, on all kinds of grounds, so that colour alone does
 * not tell them apart.
 *
 * One to several fruits lie on a ground with leaves and other red things between them. Every fruit is a height over the picture, from
 * which its shade follows; what is drawn later lies on top. Ground, light, number, size, sharpness and noise have the same distribution
 * for all classes.
 */
import { type Draws, draws, fractalNoise, mix, sensorNoise, smoothstep, valueNoise } from './noise.ts';
import type { Drawing, Picture } from './scene.ts';

export const FRUITS = ['cherry', 'strawberry', 'tomato'] as const;
export type Fruit = (typeof FRUITS)[number];

type Colour = readonly [number, number, number];

interface Thing {
  readonly kind: Fruit | 'leaf' | 'ball';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly cos: number;
  readonly sin: number;
  readonly colour: Colour;
  readonly gloss: number;
  readonly seed: number;
}

interface Ground {
  readonly kind: 'wood' | 'cloth' | 'leaves' | 'plain';
  readonly colour: Colour;
  readonly angle: number;
}

/** @param width, height  in pixels; places and sizes go by the shorter side. */
export function drawFruit(drawing: Drawing, fruit: Fruit, width: number, height: number): Picture {
  const { seed, index, difficulty, setup } = drawing;
  const g = draws(seed, index, 21);
  const camera = draws(seed, setup, 22);
  const own = mix(seed * 15485863 + index);
  const ground = chooseGround(g);
  const things = chooseThings(g, fruit, difficulty);
  const light = { x: g.between(-0.6, 0.6), y: g.between(-0.7, -0.1), warm: camera.between(-0.08, 0.12) };
  const exposure = camera.between(0.85, 1.1) * (1 + 0.35 * difficulty * g.between(-1, 1));
  const noise = (2 + 8 * difficulty * g.next()) * camera.between(0.8, 1.2);
  const haze = 0.25 * difficulty * g.next();
  const side = Math.min(width, height);
  const data = new Uint8Array(width * height * 3);
  const colour = new Float64Array(3);
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const x = (px + 0.5 - width / 2) / side;
      const y = (py + 0.5 - height / 2) / side;
      paintGround(ground, x, y, own, colour);
      for (const thing of things) paintThing(thing, x, y, light, colour);
      const at = (py * width + px) * 3;
      for (let k = 0; k < 3; k++) {
        const tint = 1 + (k === 0 ? light.warm : k === 2 ? -light.warm : 0);
        const value = (colour[k] as number) * exposure * tint;
        const seen = value + (150 - value) * haze + noise * sensorNoise(own, at + k);
        data[at + k] = Math.min(255, Math.max(0, Math.round(seen)));
      }
    }
  }
  return { width, height, channels: 3, data, defects: [], setup };
}

function chooseGround(g: Draws): Ground {
  const kind = g.pick(['wood', 'cloth', 'leaves', 'plain'] as const);
  const base: Record<Ground['kind'], Colour> = {
    wood: [150, 110, 72],
    cloth: [190, 185, 175],
    leaves: [62, 104, 50],
    plain: [235, 232, 226],
  };
  const shift = g.between(-25, 20);
  const [r, green, b] = base[kind];
  return { kind, colour: [r + shift, green + shift, b + shift], angle: g.between(0, Math.PI) };
}

function paintGround({ kind, colour, angle }: Ground, x: number, y: number, seed: number, into: Float64Array): void {
  const along = x * Math.cos(angle) + y * Math.sin(angle);
  const across = y * Math.cos(angle) - x * Math.sin(angle);
  let shade = 1 + 0.1 * (fractalNoise(x * 4 + 9, y * 4 + 9, seed) - 0.44);
  if (kind === 'wood') shade *= 0.9 + 0.25 * valueNoise(along * 3 + 5, across * 40 + 50, seed + 1);
  if (kind === 'cloth') shade *= 0.95 + 0.06 * Math.sin(along * 160) * Math.sin(across * 160);
  if (kind === 'leaves') shade *= 0.6 + 0.8 * fractalNoise(x * 9 + 20, y * 9 + 20, seed + 2);
  for (let k = 0; k < 3; k++) into[k] = (colour[k] as number) * shade;
}

/** Leaves and red balls first, so that the fruits lie on top of them. */
function chooseThings(g: Draws, fruit: Fruit, difficulty: number): Thing[] {
  const clutter = Math.floor(g.between(0, 2 + 4 * difficulty));
  const count = fruit === 'cherry' ? 1 + Math.floor(g.between(0, 3.5)) : 1 + Math.floor(g.between(0, 2.6));
  const things: Thing[] = [];
  for (let i = 0; i < clutter; i++) {
    const kind = g.next() < 0.65 ? 'leaf' : 'ball';
    const colour: Colour = kind === 'leaf' ? [56, 118, 48] : [170 + g.between(-60, 60), 50, 45];
    things.push(placed(g, kind, g.between(0.08, 0.2), colour, 0.55));
  }
  // Close-ups and distant views of every class: size says little by itself.
  const zoom = g.between(0.75, 1.5);
  for (let i = 0; i < count; i++) {
    things.push(placed(g, fruit, zoom * radiusOf(g, fruit, difficulty), colourOf(g, fruit, difficulty), 0.32));
  }
  return things;
}

function placed(g: Draws, kind: Thing['kind'], radius: number, colour: Colour, reach: number): Thing {
  const angle = g.between(0, 2 * Math.PI);
  return {
    kind,
    radius,
    colour,
    x: g.between(-reach, reach),
    y: g.between(-reach, reach),
    cos: Math.cos(angle),
    sin: Math.sin(angle),
    gloss: g.between(0.3, 1),
    seed: Math.floor(g.next() * 1e6),
  };
}

function radiusOf(g: Draws, fruit: Fruit, difficulty: number): number {
  const typical = { cherry: 0.14, strawberry: 0.18, tomato: 0.23 }[fruit];
  return typical * (1 + (0.15 + 0.25 * difficulty) * g.between(-1, 1));
}

function colourOf(g: Draws, fruit: Fruit, difficulty: number): Colour {
  const typical = { cherry: [150, 22, 38], strawberry: [205, 38, 44], tomato: [212, 52, 34] }[fruit];
  const unripe = g.next() < 0.12 * difficulty ? 0.5 : 0;
  const spread = 12 + 22 * difficulty;
  const [r = 0, green = 0, b = 0] = typical.map((value) => value + g.between(-spread, spread));
  return [r, green + unripe * 110, b + unripe * 20];
}

interface Light {
  readonly x: number;
  readonly y: number;
}

function paintThing(thing: Thing, x: number, y: number, light: Light, into: Float64Array): void {
  const [dx, dy] = [(x - thing.x) / thing.radius, (y - thing.y) / thing.radius];
  if (dx * dx + dy * dy > 9) return;
  const u = dx * thing.cos + dy * thing.sin;
  const v = dy * thing.cos - dx * thing.sin;
  castShadow(thing, dx - light.x * 0.35, dy - light.y * 0.35, into);
  if (thing.kind === 'leaf') paintLeaf(thing, u, v, into);
  else if (thing.kind === 'strawberry') paintStrawberry(thing, u, v, dx, dy, light, into);
  else paintSphere(thing, u, v, dx, dy, light, into);
  if (thing.kind === 'tomato') paintStar(thing, u, v, into);
  if (thing.kind === 'cherry') paintStalk(thing, u, v, into);
}

function castShadow({ kind }: Thing, dx: number, dy: number, into: Float64Array): void {
  if (kind === 'leaf') return;
  const dark = 0.45 * smoothstep(1.35, 0.7, Math.sqrt(dx * dx + dy * dy));
  for (let k = 0; k < 3; k++) into[k] = (into[k] as number) * (1 - dark);
}

function paintSphere(t: Thing, u: number, v: number, dx: number, dy: number, light: Light, into: Float64Array): void {
  // A tomato is wider than high and ribbed, a cherry has a dimple at its stalk.
  const squash = t.kind === 'tomato' ? 1.12 : 1;
  const ribs = t.kind === 'tomato' ? 1 + 0.03 * Math.cos(5 * Math.atan2(v, u) + t.seed) : 1;
  const distance = Math.sqrt(u * u + v * v * squash * squash) / ribs;
  const cover = smoothstep(1.02, 0.98, distance);
  if (cover === 0) return;
  const height = Math.sqrt(Math.max(0, 1 - Math.min(1, distance * distance)));
  const dimple = t.kind === 'cherry' ? 0.35 * Math.exp(-((u + 0.55) ** 2 + v * v) * 9) : 0;
  shade(t, dx, dy, height, 1 - dimple, light, cover, into);
}

function paintStrawberry(
  t: Thing,
  u: number,
  v: number,
  dx: number,
  dy: number,
  light: Light,
  into: Float64Array,
): void {
  // A rounded cone: wide below the leaves at u = -0.8, narrow at the tip u = 1.1.
  const half = 0.95 * Math.sqrt(Math.max(0, 1 - ((u + 0.25) / 1.3) ** 2)) * (1 - 0.25 * Math.max(0, u));
  const distance = half <= 0.02 ? 9 : Math.abs(v) / half;
  const cover = smoothstep(1.04, 0.97, distance);
  if (cover > 0) {
    const height = Math.sqrt(Math.max(0, 1 - Math.min(1, distance * distance)));
    // Seeds sit in rows that lean with the bulge.
    const [row, column] = [u * 5.5, (Math.asin(Math.min(0.99, distance)) * Math.sign(v) * 5.5) / 1.57];
    const odd = Math.abs(Math.round(row) % 2) * 0.5;
    const toSeed = Math.hypot(row - Math.round(row), (column + odd - Math.round(column + odd)) * 0.8);
    shade(t, dx, dy, height, 1 - 0.25 * smoothstep(0.34, 0.2, toSeed), light, cover, into);
    mixInto(into, [226, 190, 96], 0.85 * cover * smoothstep(0.16, 0.08, toSeed));
  }
  // The crown of leaves.
  const angle = Math.atan2(v, u + 0.95);
  const crown = Math.hypot(u + 0.95, v) / (0.42 + 0.22 * Math.cos(7 * angle));
  mixInto(into, [64, 128, 52], smoothstep(1.08, 0.9, crown));
}

function paintStar(t: Thing, u: number, v: number, into: Float64Array): void {
  const [su, sv] = [u + 0.25, v];
  const reach = 0.1 + 0.36 * ((1 + Math.cos(5 * Math.atan2(sv, su) + (t.seed % 7))) / 2) ** 2;
  mixInto(into, [74, 122, 46], smoothstep(1.1, 0.85, Math.hypot(su, sv) / reach));
}

function paintStalk(t: Thing, u: number, v: number, into: Float64Array): void {
  if (u > -0.55 || u < -2.6) return;
  const bend = 0.25 * Math.sin((u + 0.55) * 1.4 + (t.seed % 5));
  mixInto(into, [104, 126, 58], smoothstep(0.075, 0.045, Math.abs(v - bend)));
}

function paintLeaf(t: Thing, u: number, v: number, into: Float64Array): void {
  const half = 0.5 * Math.max(0, 1 - u * u);
  const cover = half <= 0.01 ? 0 : smoothstep(1.05, 0.92, Math.abs(v) / half);
  if (cover === 0) return;
  const vein =
    0.25 * smoothstep(0.06, 0.02, Math.abs(v)) +
    0.1 * smoothstep(0.1, 0.03, Math.abs(((u * 4 + Math.abs(v) * 3) % 1) - 0.5));
  mixInto(into, t.colour.map((part) => part * (0.9 + vein)) as unknown as Colour, cover);
}

function shade(
  t: Thing,
  dx: number,
  dy: number,
  height: number,
  albedo: number,
  light: Light,
  cover: number,
  into: Float64Array,
): void {
  const lit = 0.35 + 0.65 * Math.max(0, dx * light.x + dy * light.y + height * 0.8);
  const half = Math.max(0, dx * light.x * 0.6 + dy * light.y * 0.6 + height * 0.82);
  const highlight = t.gloss * 170 * half ** 40;
  const blotch = 0.92 + 0.16 * valueNoise(dx * 3 + 9, dy * 3 + 9, t.seed);
  const colour = t.colour.map((part) => part * albedo * lit * blotch * 1.15 + highlight) as unknown as Colour;
  mixInto(into, colour, cover);
}

function mixInto(into: Float64Array, colour: Colour, share: number): void {
  if (share <= 0) return;
  for (let k = 0; k < 3; k++) into[k] = (into[k] as number) + ((colour[k] as number) - (into[k] as number)) * share;
}
