/** Products of matrices: a * b with b in panels, and transpose(a) * b. */
import { bytes } from './lanes';
import { multiplyPanel, NOTHING, outerPanel } from './product';

/** So much of a row of `a` is multiplied before the next: its part of the panel stays in the nearest cache. */
const DEPTH = 512;
/** Rows that share a pass over the panels. */
const ROWS = 64;

/**
 * out[M, N] = activation(a[M, K] * panels + bias).
 *
 * @param byPanels  nonzero: `from` and `to` count panels of 8 columns; zero: blocks of 4 rows
 */
export function matmul(
  a: usize, panels: usize, out: usize, M: i32, K: i32, N: i32, bias: usize, activation: i32, byPanels: i32,
  from: i32, to: i32,
): void {
  const firstRow = byPanels ? 0 : from << 2;
  const lastRow = byPanels ? M : min(M, to << 2);
  const firstPanel = byPanels ? from : 0;
  const lastPanel = byPanels ? to : (N + 7) >> 3;
  for (let row = firstRow; row < lastRow; row += ROWS) {
    const rows = min(ROWS, lastRow - row);
    for (let depth = 0; depth < K; depth += DEPTH) {
      const length = min(DEPTH, K - depth);
      const ends = depth + length == K;
      for (let panel = firstPanel; panel < lastPanel; panel++) {
        const column = panel << 3;
        const made = out + bytes(row) * <usize>N + bytes(column);
        const first = bias != 0 ? bias + bytes(column) : NOTHING;
        multiplyPanel(
          a + bytes(row) * <usize>K + bytes(depth), bytes(K), 1, length, 0,
          panels + (<usize>panel * <usize>K + <usize>depth << 5), made, bytes(N), rows, min(8, N - column),
          depth == 0 ? first : made, depth == 0 ? 0 : bytes(N), ends ? activation : 0,
        );
      }
    }
  }
}

/** Places that are packed and multiplied at a time. */
const PLACES = 128;

/** Floats of scratch that `matmulTransposed` needs for each thread. */
export function matmulTransposedScratch(N: i32): i32 {
  return PLACES * (((N + 7) & ~7) + 16);
}

/**
 * out[M, N] = transpose(a[P, M]) * b[P, N]; `from` and `to` count blocks of 16 rows of `out`.
 *
 * @param scratch  for the first thread; those of the others follow, `scratchFloats` apart
 */
export function matmulTransposed(
  a: usize, b: usize, out: usize, P: i32, M: i32, N: i32, scratch: usize, scratchFloats: i32,
  from: i32, to: i32, worker: i32,
): void {
  const panelCount = (N + 7) >> 3;
  const panels = scratch + bytes(worker * scratchFloats);
  const lanes = panels + bytes(PLACES * (panelCount << 3));
  const last = min(M, to << 4);
  memory.fill(out + bytes(from << 4) * <usize>N, 0, bytes(last - (from << 4)) * <usize>N);
  for (let place = 0; place < P; place += PLACES) {
    const count = min(PLACES, P - place);
    packPlaces(b + bytes(place) * <usize>N, N, count, panels);
    for (let row = from << 4; row < last; row += 16) {
      const rows = min(16, last - row);
      let source = a + bytes(place) * <usize>M + bytes(row);
      for (let i = 0, to = lanes; i < count; i++, to += 64, source += bytes(M)) {
        v128.store(to, v128.load(source));
        v128.store(to, v128.load(source, 16), 16);
        v128.store(to, v128.load(source, 32), 32);
        v128.store(to, v128.load(source, 48), 48);
      }
      for (let r = 0; r < rows; r += 4) {
        for (let panel = 0; panel < panelCount; panel++) {
          const column = panel << 3;
          outerPanel(
            lanes + bytes(r), 64, panels + (<usize>(panel * count) << 5), count,
            out + bytes(row + r) * <usize>N + bytes(column), bytes(N), min(4, rows - r), min(8, N - column),
          );
        }
      }
    }
  }
}

/** Rows [count][N] as panels [N / 8][count][8]; what lies past the last column is multiplied but never stored. */
export function packPlaces(rows: usize, N: i32, count: i32, panels: usize): void {
  for (let column = 0; column < N; column += 8) {
    let from = rows + bytes(column);
    for (let i = 0; i < count; i++, from += bytes(N), panels += 32) {
      v128.store(panels, v128.load(from));
      v128.store(panels, v128.load(from, 16), 16);
    }
  }
}
