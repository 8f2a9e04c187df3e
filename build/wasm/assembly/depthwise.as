/** Convolution of each channel by itself, and its gradients: images [n, H, W, C], filter [FH, FW, C]. */
import { activate, bytes, mulAdd, storeFirst } from './lanes';

/** y[n, OH, OW, C]; `from` and `to` count rows of the output over all images. */
export function depthwise(
  x: usize, H: i32, W: i32, C: i32, filter: usize, FH: i32, FW: i32, y: usize, OH: i32, OW: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, top: i32, left: i32, bias: usize, activation: i32, from: i32, to: i32,
): void {
  const zero = f32x4.splat(0);
  const across = bytes(DW * C);
  for (let line = from; line < to; line++) {
    const image = line / OH;
    const row = (line - image * OH) * SH - top;
    const base = x + bytes(image * H) * <usize>(W * C);
    const firstA = row < 0 ? (DH - 1 - row) / DH : 0;
    const lastA = min(FH, (H - row + DH - 1) / DH);
    // A cache line of channels at a time.
    for (let c = 0; c < C; c += 16) {
      let out = y + bytes(line * OW) * <usize>C + bytes(c);
      const width = C - c;
      let b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      if (bias != 0) {
        const at = bias + bytes(c);
        b0 = v128.load(at); b1 = v128.load(at, 16); b2 = v128.load(at, 32); b3 = v128.load(at, 48);
      }
      for (let ow = 0; ow < OW; ow++, out += bytes(C)) {
        const column = ow * SW - left;
        let s0 = b0, s1 = b1, s2 = b2, s3 = b3;
        const firstB = column < 0 ? (DW - 1 - column) / DW : 0;
        const lastB = min(FW, (W - column + DW - 1) / DW);
        for (let a = firstA; a < lastA; a++) {
          let p = base + bytes(((row + a * DH) * W + column + firstB * DW) * C + c);
          let k = filter + bytes((a * FW + firstB) * C + c);
          for (let b = firstB; b < lastB; b++, p += across, k += bytes(C)) {
            s0 = mulAdd(s0, v128.load(p), v128.load(k));
            s1 = mulAdd(s1, v128.load(p, 16), v128.load(k, 16));
            s2 = mulAdd(s2, v128.load(p, 32), v128.load(k, 32));
            s3 = mulAdd(s3, v128.load(p, 48), v128.load(k, 48));
          }
        }
        storeFirst16(out, activate(s0, activation), activate(s1, activation), activate(s2, activation), activate(s3, activation), width);
      }
    }
  }
}

@inline
function storeFirst16(out: usize, v0: v128, v1: v128, v2: v128, v3: v128, count: i32): void {
  if (count >= 16) {
    v128.store(out, v0);
    v128.store(out, v1, 16);
    v128.store(out, v2, 32);
    v128.store(out, v3, 48);
    return;
  }
  storeFirst(out, v0, count);
  if (count > 4) storeFirst(out + 16, v1, count - 4);
  if (count > 8) storeFirst(out + 32, v2, count - 8);
  if (count > 12) storeFirst(out + 48, v3, count - 12);
}

/** dx[n, H, W, C]; `from` and `to` count rows of the input over all images. */
export function depthwiseInputGradient(
  dy: usize, H: i32, W: i32, C: i32, filter: usize, FH: i32, FW: i32, dx: usize, OH: i32, OW: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, top: i32, left: i32, from: i32, to: i32,
): void {
  for (let line = from; line < to; line++) {
    const image = line / H;
    const h = line - image * H + top;
    for (let w = 0; w < W; w++) {
      const out = dx + bytes(line * W + w) * <usize>C;
      memory.fill(out, 0, bytes(C));
      for (let a = 0; a < FH; a++) {
        const up = h - a * DH;
        const oh = up / SH;
        if (up < 0 || oh * SH != up || oh >= OH) continue;
        for (let b = 0; b < FW; b++) {
          const across = w + left - b * DW;
          const ow = across / SW;
          if (across < 0 || ow * SW != across || ow >= OW) continue;
          const g = dy + bytes((image * OH + oh) * OW + ow) * <usize>C;
          const k = filter + bytes((a * FW + b) * C);
          for (let c = 0; c < C; c += 4) {
            const v = mulAdd(v128.load(out + bytes(c)), v128.load(g + bytes(c)), v128.load(k + bytes(c)));
            storeFirst(out + bytes(c), v, C - c);
          }
        }
      }
    }
  }
}

/** sums[chunk][FH * FW * C]: what the rows of a chunk give; `from` and `to` count chunks of the `lines` rows of dy. */
export function depthwiseFilterGradient(
  x: usize, H: i32, W: i32, C: i32, dy: usize, FH: i32, FW: i32, OH: i32, OW: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, top: i32, left: i32, lines: i32, chunks: i32, sums: usize, from: i32, to: i32,
): void {
  const size = FH * FW * C;
  for (let chunk = from; chunk < to; chunk++) {
    const sum = sums + bytes(chunk * size);
    memory.fill(sum, 0, bytes(size));
    const last = <i32>(<i64>lines * (chunk + 1) / chunks);
    for (let line = <i32>(<i64>lines * chunk / chunks); line < last; line++) {
      const image = line / OH;
      const row = (line - image * OH) * SH - top;
      const base = x + bytes(image * H) * <usize>(W * C);
      const gradients = dy + bytes(line * OW) * <usize>C;
      for (let a = 0; a < FH; a++) {
        const h = row + a * DH;
        if (h < 0 || h >= H) continue;
        for (let b = 0; b < FW; b++) {
          for (let c = 0; c < C; c += 4) {
            let part = f32x4.splat(0);
            for (let ow = 0; ow < OW; ow++) {
              const w = ow * SW - left + b * DW;
              if (w < 0 || w >= W) continue;
              part = mulAdd(part, v128.load(base + bytes((h * W + w) * C + c)), v128.load(gradients + bytes(ow * C + c)));
            }
            const to = sum + bytes((a * FW + b) * C + c);
            storeFirst(to, f32x4.add(v128.load(to), part), C - c);
          }
        }
      }
    }
  }
}
