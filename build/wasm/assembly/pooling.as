/** Pooling of images [n, H, W, C] and its gradients. */
import { bytes, storeFirst } from './lanes';

/** y = largest value of each window; `from` and `to` count rows of the output over all images. */
export function maxPool(
  x: usize, H: i32, W: i32, C: i32, y: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
  from: i32, to: i32,
): void {
  const across = bytes(C);
  const down = bytes(W * C);
  for (let line = from; line < to; line++) {
    const image = line / OH;
    const row = (line - image * OH) * SH - top;
    for (let ow = 0; ow < OW; ow++) {
      const column = ow * SW - left;
      const out = y + bytes(line * OW + ow) * <usize>C;
      if (isWhole2(FH, FW, row, column, H, W)) {
        let p = x + bytes((image * H + row) * W + column) * <usize>C;
        for (let c = 0; c < C; c += 4, p += 16) {
          const first = f32x4.max(v128.load(p), v128.load(p + across));
          const second = f32x4.max(v128.load(p + down), v128.load(p + down + across));
          storeFirst(out + bytes(c), f32x4.max(first, second), C - c);
        }
        continue;
      }
      const firstA = max(0, -row), countA = min(FH, H - row) - firstA;
      const firstB = max(0, -column), countB = min(FW, W - column) - firstB;
      let seen = x + bytes((image * H + row + firstA) * W + column + firstB) * <usize>C;
      for (let c = 0; c < C; c += 4, seen += 16) {
        let largest = f32x4.splat(-Infinity);
        let start = seen;
        for (let a = 0; a < countA; a++, start += down) {
          let p = start;
          for (let b = 0; b < countB; b++, p += across) largest = f32x4.max(largest, v128.load(p));
        }
        storeFirst(out + bytes(c), largest, C - c);
      }
    }
  }
}

/** Whether a window has two by two places, all of them inside the image: what most networks have. */
@inline
function isWhole2(FH: i32, FW: i32, row: i32, column: i32, H: i32, W: i32): bool {
  return FH == 2 && FW == 2 && row >= 0 && column >= 0 && row + 2 <= H && column + 2 <= W;
}

/**
 * dx: the gradient of each output goes to the first place of its window that holds the largest value.
 *
 * `from` and `to` count images, since windows of one image may overlap.
 */
export function maxPoolGradient(
  x: usize, H: i32, W: i32, C: i32, y: usize, dy: usize, dx: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32,
  top: i32, left: i32, from: i32, to: i32,
): void {
  const imageBytes = bytes(H * W * C);
  const across = bytes(C);
  const down = bytes(W * C);
  const zero = f32x4.splat(0);
  // Windows side by side that cover the image: each place is written once, so it need not be cleared before.
  const isCover = FH == 2 && FW == 2 && SH == 2 && SW == 2 && top == 0 && left == 0 && OH * 2 == H && OW * 2 == W;
  if (!isCover) memory.fill(dx + <usize>from * imageBytes, 0, <usize>(to - from) * imageBytes);
  for (let image = from; image < to; image++) {
    for (let oh = 0; oh < OH; oh++) {
      const row = oh * SH - top;
      for (let ow = 0; ow < OW; ow++) {
        const column = ow * SW - left;
        const out = bytes((image * OH + oh) * OW + ow) * <usize>C;
        if (isCover) {
          let at = bytes((image * H + row) * W + column) * <usize>C;
          for (let c = 0; c < C; c += 4, at += 16) {
            const largest = v128.load(y + out + bytes(c));
            const gradient = f32x4.add(zero, v128.load(dy + out + bytes(c)));
            const e0 = f32x4.eq(v128.load(x + at), largest);
            let open = v128.not(e0);
            const e1 = v128.and(f32x4.eq(v128.load(x + at + across), largest), open);
            open = v128.andnot(open, e1);
            const e2 = v128.and(f32x4.eq(v128.load(x + at + down), largest), open);
            open = v128.andnot(open, e2);
            const e3 = v128.and(f32x4.eq(v128.load(x + at + down + across), largest), open);
            storeFirst(dx + at, v128.and(gradient, e0), C - c);
            storeFirst(dx + at + across, v128.and(gradient, e1), C - c);
            storeFirst(dx + at + down, v128.and(gradient, e2), C - c);
            storeFirst(dx + at + down + across, v128.and(gradient, e3), C - c);
          }
          continue;
        }
        for (let c = 0; c < C; c += 4) {
          const largest = v128.load(y + out + bytes(c));
          const gradient = v128.load(dy + out + bytes(c));
          let open = i32x4.splat(-1);
          for (let a = max(0, -row); a < min(FH, H - row); a++) {
            for (let b = max(0, -column); b < min(FW, W - column); b++) {
              const at = bytes((image * H + row + a) * W + column + b) * <usize>C + bytes(c);
              const here = v128.and(f32x4.eq(v128.load(x + at), largest), open);
              storeFirst(dx + at, f32x4.add(v128.load(dx + at), v128.and(gradient, here)), C - c);
              open = v128.andnot(open, here);
            }
          }
        }
      }
    }
  }
}

/** y = mean of each window's values inside the image; `from` and `to` count rows of the output over all images. */
export function averagePool(
  x: usize, H: i32, W: i32, C: i32, y: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
  from: i32, to: i32,
): void {
  for (let line = from; line < to; line++) {
    const image = line / OH;
    const row = (line - image * OH) * SH - top;
    for (let ow = 0; ow < OW; ow++) {
      const column = ow * SW - left;
      const out = y + bytes(line * OW + ow) * <usize>C;
      const count = (min(FH, H - row) - max(0, -row)) * (min(FW, W - column) - max(0, -column));
      const scale = f32x4.splat(<f32>count);
      for (let c = 0; c < C; c += 4) {
        let sum = f32x4.splat(0);
        for (let a = max(0, -row); a < min(FH, H - row); a++) {
          for (let b = max(0, -column); b < min(FW, W - column); b++) {
            const at = bytes((image * H + row + a) * W + column + b) * <usize>C + bytes(c);
            sum = f32x4.add(sum, v128.load(x + at));
          }
        }
        storeFirst(out + bytes(c), f32x4.div(sum, scale), C - c);
      }
    }
  }
}

/**
 * dx of `averagePool` as the library defines it: each window's gradient divided by the window's size, over all its places
 * inside the image. `from` and `to` count images.
 */
export function averagePoolGradient(
  dy: usize, H: i32, W: i32, C: i32, dx: usize, OH: i32, OW: i32, FH: i32, FW: i32, SH: i32, SW: i32, top: i32, left: i32,
  from: i32, to: i32,
): void {
  const imageBytes = bytes(H * W * C);
  memory.fill(dx + <usize>from * imageBytes, 0, <usize>(to - from) * imageBytes);
  const share = f32x4.splat(<f32>1 / <f32>(FH * FW));
  for (let image = from; image < to; image++) {
    for (let oh = 0; oh < OH; oh++) {
      const row = oh * SH - top;
      for (let ow = 0; ow < OW; ow++) {
        const column = ow * SW - left;
        const out = bytes((image * OH + oh) * OW + ow) * <usize>C;
        for (let c = 0; c < C; c += 4) {
          const gradient = f32x4.mul(v128.load(dy + out + bytes(c)), share);
          for (let a = max(0, -row); a < min(FH, H - row); a++) {
            for (let b = max(0, -column); b < min(FW, W - column); b++) {
              const at = bytes((image * H + row + a) * W + column + b) * <usize>C + bytes(c);
              storeFirst(dx + at, f32x4.add(v128.load(dx + at), gradient), C - c);
            }
          }
        }
      }
    }
  }
}
