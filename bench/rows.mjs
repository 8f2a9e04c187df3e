/** One row of the table: what was measured, ours and a peer's figure, and what was demanded of their ratio. */
import { isInstalled } from './tools.mjs';

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {'CPU' | 'wall' | 'peak memory'} measured
 * @property {number} ours            seconds, or bytes
 * @property {string} peer
 * @property {number | null} theirs   null: the peer is not installed
 * @property {boolean} exceeded       theirs is a time limit at which the peer was ended
 * @property {number | null} limit    the largest ratio of ours to theirs that was demanded; null: none was
 */

/** @typedef {import('./measure.mjs').Figures} Figures */

/**
 * @param {string} what
 * @param {'CPU' | 'wall'} measured
 * @param {Figures} ours
 * @param {string} peer
 * @param {Figures | null} theirs
 * @param {number | null} limit
 * @returns {Row}
 */
export function timeRow(what, measured, ours, peer, theirs, limit = null) {
  const of = (figures) => (measured === 'CPU' ? figures.cpuS : figures.wallS);
  return {
    what,
    measured,
    ours: of(ours),
    peer,
    theirs: theirs === null ? null : of(theirs),
    exceeded: theirs?.exceeded ?? false,
    limit,
  };
}

/** The command if its program is installed, else null. */
export function ifInstalled(name, command) {
  return isInstalled(name) ? command() : null;
}
