/** Durations, counts and sizes as people write them. */

/** `0.4 s`, `12.4 s`, `6 min 03 s`, `2 h 05 min`. */
export function durationText(seconds: number): string {
  if (!(seconds > 0)) return '0 s';
  if (seconds < 0.05) return 'under 0.1 s';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Time so far, which moves on while one looks: whole seconds. */
export function elapsedText(seconds: number): string {
  return seconds < 60 ? `${Math.floor(seconds)} s` : durationText(Math.floor(seconds));
}

/** For estimates, which are not exact to the second: `under a minute`, `about 4 min`, `about 2 h 10 min`. */
export function estimateText(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 60) return 'under a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min`;
  return `about ${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `60,000` */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 stage`, `2 stages` */
export function counted(count: number, word: string): string {
  return `${countText(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** `512 B`, `1.5 MB`: powers of 1000. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
