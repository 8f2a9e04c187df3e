/**
 * Draws one moulded front plate, 60 x 30, as a camera over a conveyor would see it.
 *
 * Plate: a rounded rectangle of ivory plastic with two pin holes and an earth hole. Whatever can betray the class by accident
 * (pose, light, tint, dust, flow lines, exposure, noise) has the same distribution in both classes. A defective plate has one
 * or two of the six defects a moulding shop knows. Coordinates are pixels from the centre of the plate.
 */
import { type Draws, draws, fractalNoise, mix, smoothstep } from './noise.ts';

export const WIDTH = 60;
export const HEIGHT = 30;
const SUPERSAMPLING = 4;

const DEFECTS = ['short shot', 'burn', 'scratch', 'crack', 'blocked hole', 'void'] as const;
type DefectKind = (typeof DEFECTS)[number];

export interface Defect {
  readonly kind: DefectKind;
  /** 0 to 1. */
  readonly severity: number;
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly length: number;
  /** Which edge a short shot bites into, which hole is blocked. */
  readonly place: number;
}

/** Everything chosen by chance about one plate. */
interface Scene {
  readonly seed: number;
  readonly defects: readonly Defect[];
  readonly cos: number;
  readonly sin: number;
  readonly shiftX: number;
  readonly shiftY: number;
  readonly plastic: readonly number[];
  readonly background: number;
  readonly light: { readonly angle: number; readonly slope: number };
  readonly glare: { readonly x: number; readonly y: number; readonly size: number; readonly strength: number };
  readonly vignette: number;
  readonly gains: readonly number[];
  readonly specks: readonly (readonly [x: number, y: number, radius: number, depth: number])[];
  readonly flow: { readonly strength: number; readonly angle: number };
  readonly noise: number;
}

export interface Plate {
  /** RGB, row by row. */
  readonly pixels: Uint8Array;
  readonly defects: readonly Defect[];
}

/**
 * @param difficulty  0 to 1: how strong the nuisances are and how faint a defect may be.
 */
export function drawPlate(seed: number, index: number, defective: boolean, difficulty: number): Plate {
  const scene = chooseScene(seed, index, defective, difficulty);
  const fine = new Float32Array(3);
  const sensor = draws(seed, index, 2);
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const sum = [0, 0, 0];
      for (let sub = 0; sub < SUPERSAMPLING * SUPERSAMPLING; sub++) {
        const dx = ((sub % SUPERSAMPLING) + 0.5) / SUPERSAMPLING;
        const dy = (Math.floor(sub / SUPERSAMPLING) + 0.5) / SUPERSAMPLING;
        shade(scene, x + dx - WIDTH / 2, y + dy - HEIGHT / 2, fine);
        for (let k = 0; k < 3; k++) sum[k] = (sum[k] as number) + (fine[k] as number);
      }
      for (let k = 0; k < 3; k++) {
        const value = (sum[k] as number) / (SUPERSAMPLING * SUPERSAMPLING) + sensor.bell() * scene.noise;
        pixels[(y * WIDTH + x) * 3 + k] = Math.min(255, Math.max(0, Math.round(value)));
      }
    }
  }
  return { pixels, defects: scene.defects };
}

function chooseScene(seed: number, index: number, defective: boolean, difficulty: number): Scene {
  const g = draws(seed, index, 1);
  const rotation = g.between(-0.06, 0.06);
  const scale = g.between(0.93, 1.03);
  const plastic = g.pick([
    [232, 228, 216],
    [214, 214, 210],
    [240, 238, 232],
  ]);
  const exposure = g.between(0.8, 1.1);
  const specks = Array.from({ length: Math.floor(g.between(0, 4)) }, () => {
    return [g.between(-26, 26), g.between(-12, 12), g.between(0.3, 0.6), g.between(0.05, 0.22) * difficulty] as const;
  });
  return {
    seed: mix(seed * 7919 + index),
    defects: defective ? chooseDefects(draws(seed, index, 3), difficulty) : [],
    cos: Math.cos(rotation) / scale,
    sin: Math.sin(rotation) / scale,
    shiftX: g.between(-1.5, 1.5),
    shiftY: g.between(-1, 1),
    plastic: plastic.map((value) => value + g.between(-10, 10) * difficulty),
    background: g.between(28, 92),
    light: { angle: g.between(0, 2 * Math.PI), slope: g.between(0.05, 0.28) * difficulty },
    glare: {
      x: g.between(-26, 26),
      y: g.between(-12, 12),
      size: g.between(5, 12),
      strength: g.between(0, 0.22) * difficulty,
    },
    vignette: g.between(0, 0.25),
    gains: [
      exposure * (1 + g.between(-0.06, 0.06) * difficulty),
      exposure,
      exposure * (1 + g.between(-0.07, 0.07) * difficulty),
    ],
    specks,
    flow: { strength: g.between(0, 0.05) * difficulty, angle: g.between(0, Math.PI) },
    noise: g.between(1.5, 1.5 + 3.5 * difficulty),
  };
}

function chooseDefects(g: Draws, difficulty: number): Defect[] {
  const faintest = 0.85 - 0.6 * difficulty;
  return Array.from({ length: g.next() < 0.2 ? 2 : 1 }, () => ({
    kind: g.pick(DEFECTS),
    severity: faintest + (1 - faintest) * Math.sqrt(g.next()),
    x: g.between(-22, 22),
    y: g.between(-9, 9),
    angle: g.between(0, 2 * Math.PI),
    length: g.between(10, 24),
    place: Math.floor(g.next() * 4),
  }));
}

/** Colour of one point of the picture. */
function shade(scene: Scene, pictureX: number, pictureY: number, into: Float32Array): void {
  const dx = pictureX - scene.shiftX;
  const dy = pictureY - scene.shiftY;
  const x = scene.cos * dx + scene.sin * dy;
  const y = scene.cos * dy - scene.sin * dx;

  const edge = outline(scene, x, y);
  const hole = holes(scene, x, y);
  const surface = appearance(scene, x, y);
  const rim = 0.16 * Math.exp(-Math.abs(hole - 0.5) * 1.6) + 0.14 * Math.exp(-Math.abs(edge + 1) * 1.2);
  const slope = (x / 27) * Math.cos(scene.light.angle) + (y / 12.5) * Math.sin(scene.light.angle);
  const glareDistance = (x - scene.glare.x) ** 2 + (y - scene.glare.y) ** 2;
  let light = 1 + scene.light.slope * slope + scene.glare.strength * Math.exp(-glareDistance / scene.glare.size ** 2);
  light += rim * Math.cos(scene.light.angle - 1) + surface.relief;
  light *= 1 - scene.vignette * ((pictureX / 30) ** 2 + (pictureY / 15) ** 2) * 0.5;

  const onPlate = smoothstep(0.35, -0.35, edge);
  const inHole = smoothstep(0.35, -0.35, hole);
  const texture = 0.85 + 0.3 * fractalNoise(pictureX * 0.4, pictureY * 0.4, scene.seed + 2);
  const background = scene.background * texture * (1 - 0.35 * Math.exp(-Math.max(edge, 0) * 0.5));
  for (let k = 0; k < 3; k++) {
    const plastic = ((scene.plastic[k] as number) * surface.albedo + (surface.tint[k] as number)) * light;
    const plate = plastic + (22 + 14 * light - plastic) * inHole;
    into[k] = (background + (plate - background) * onPlate) * (scene.gains[k] as number);
  }
}

/** Signed distance to the plate's edge, negative inside; a short shot bites into it. */
function outline(scene: Scene, x: number, y: number): number {
  const qx = Math.abs(x) - 24;
  const qy = Math.abs(y) - 9.5;
  let distance = Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - 3;
  for (const defect of scene.defects) {
    if (defect.kind !== 'short shot') continue;
    const side = defect.place < 2;
    const cx = side ? (defect.place === 0 ? -27 : 27) : defect.x;
    const cy = side ? defect.y : defect.place === 2 ? -12.5 : 12.5;
    const radius = (2 + 6.5 * defect.severity) * (0.75 + 0.5 * fractalNoise(x * 0.5, y * 0.5, scene.seed + 3));
    distance = Math.max(distance, radius - Math.hypot(x - cx, y - cy));
  }
  return distance;
}

const HOLES = [
  [-10, 0, 2.6],
  [10, 0, 2.6],
  [0, 7, 1.3],
] as const;

/** Signed distance to the nearest hole, negative inside; a blocked hole is partly filled, a void is a hole too many. */
function holes(scene: Scene, x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  HOLES.forEach(([hx, hy, radius], which) => {
    let distance = Math.hypot(x - hx, y - hy) - radius;
    for (const defect of scene.defects) {
      if (defect.kind !== 'blocked hole' || defect.place % 2 !== which) continue;
      const across = (x - hx) * Math.cos(defect.angle) + (y - hy) * Math.sin(defect.angle);
      distance = Math.max(distance, -across - radius * (1 - 1.9 * defect.severity));
    }
    nearest = Math.min(nearest, distance);
  });
  for (const defect of scene.defects) {
    if (defect.kind === 'void')
      nearest = Math.min(nearest, Math.hypot(x - defect.x, y - defect.y) - (0.6 + 1.6 * defect.severity));
  }
  return nearest;
}

/** What marks on the surface do to colour and relief. */
function appearance(scene: Scene, x: number, y: number): { albedo: number; tint: number[]; relief: number } {
  let albedo = 1;
  let relief = 0;
  const tint = [0, 0, 0];
  for (const defect of scene.defects) {
    const { kind, severity } = defect;
    if (kind === 'burn') {
      const radius = 3 + 5 * severity;
      const distance =
        Math.hypot(x - defect.x, y - defect.y) * (0.6 + 0.9 * fractalNoise(x * 0.35 + 9, y * 0.35, scene.seed + 5));
      const strength = smoothstep(radius, radius * 0.25, distance) * severity;
      albedo *= 1 - 0.7 * strength;
      tint[0] = (tint[0] as number) + 16 * strength;
      tint[2] = (tint[2] as number) - 22 * strength;
    } else if (kind === 'scratch' || kind === 'crack') {
      const jag = kind === 'crack' ? (fractalNoise(x * 0.6, y * 0.6, scene.seed + 11) - 0.44) * 5 : 0;
      const distance = segmentDistance(x + jag, y + jag * 0.7, defect);
      const halfWidth = 0.3 + 0.35 * severity;
      albedo *= 1 - (kind === 'crack' ? 0.75 : 0.5) * severity * smoothstep(halfWidth * 2, 0, distance);
      const lip = Math.exp(-(((distance - halfWidth * 1.3) / 0.35) ** 2));
      relief += (kind === 'scratch' ? 0.25 : 0.05) * severity * lip;
    }
  }
  for (const [sx, sy, radius, depth] of scene.specks)
    albedo *= 1 - depth * smoothstep(radius * 2, 0, Math.hypot(x - sx, y - sy));
  const along = x * Math.cos(scene.flow.angle) + y * Math.sin(scene.flow.angle);
  albedo *= 1 + scene.flow.strength * Math.sin(along * 1.1 + fractalNoise(x * 0.1, y * 0.1, scene.seed) * 6);
  albedo += 0.05 * (fractalNoise(x * 0.8, y * 0.8, scene.seed + 1) - 0.44);
  return { albedo, tint, relief };
}

function segmentDistance(x: number, y: number, defect: Defect): number {
  const dx = Math.cos(defect.angle) * defect.length * (0.4 + 0.6 * defect.severity);
  const dy = Math.sin(defect.angle) * defect.length * 0.6;
  const t = Math.min(1, Math.max(0, ((x - defect.x) * dx + (y - defect.y) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - defect.x - t * dx, y - defect.y - t * dy);
}
