/**
 * The protocol by which threads share a kernel's work, used by the main thread and by the others.
 *
 * Words of the control block: 0 counts jobs (sleepers wait for it), 1 is the ticket, 2 counts the parts that are done,
 * 3 names the kernel, 4 counts its arguments, 5 counts items, 6 says how many items are not parted, 7 tells of a failure.
 * A ticket holds how many parts there are (bits 10-19) and which comes next (bits 0-9). Who exchanges it for the next one
 * owns a part; the job's description cannot change before that part is done.
 */

/**
 * Does parts of the current job until none is left.
 *
 * @param {Int32Array} words
 * @param {Float64Array} values  the arguments
 * @param {readonly Function[]} kernels
 * @param {number} worker  which thread this is; 0 is the main one
 * @returns {boolean} whether there was any
 */
export function takeParts(words, values, kernels, worker) {
  let took = false;
  for (;;) {
    const ticket = Atomics.load(words, 1);
    const part = ticket & 1023;
    const parts = (ticket >> 10) & 1023;
    if (part >= parts) return took;
    if (Atomics.compareExchange(words, 1, ticket, ticket + 1) !== ticket) continue;
    took = true;
    const count = words[4];
    const unit = words[6];
    const units = Math.ceil(words[5] / unit);
    const from = Math.floor((units * part) / parts) * unit;
    const to = Math.min(words[5], Math.floor((units * (part + 1)) / parts) * unit);
    try {
      kernels[words[3]](...values.subarray(0, count), from, to, worker);
    } catch {
      Atomics.store(words, 7, 1);
    }
    if (Atomics.add(words, 2, 1) === parts - 1) Atomics.notify(words, 2);
  }
}
