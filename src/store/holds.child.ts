/** A process of `holds.test.ts`: takes one name again and again, and writes down whenever it was not alone. */
import fs from 'node:fs';
import path from 'node:path';
import { Holds } from './holds.ts';
import { liveness, newToken } from './process-identity.ts';

const [folder = '', rounds = '0'] = process.argv.slice(2);
const holds = new Holds(path.join(folder, 'locks'));
const inside = path.join(folder, 'inside');
const me = newToken();

for (let round = 0; round < Number(rounds); round++) {
  const hold = await holds.hold(['the name'], () => {}, new AbortController().signal);
  const other = fs.existsSync(inside) ? fs.readFileSync(inside, 'utf8') : '';
  if (other !== '' && liveness(other) === 'alive')
    fs.appendFileSync(path.join(folder, 'violations'), `${me} met ${other}\n`);
  fs.writeFileSync(inside, me);
  await new Promise((resolve) => setTimeout(resolve, round % 3));
  if (fs.readFileSync(inside, 'utf8') !== me) fs.appendFileSync(path.join(folder, 'violations'), `${me} was joined\n`);
  fs.rmSync(inside);
  fs.appendFileSync(path.join(folder, 'rounds'), '.');
  hold.release();
  await new Promise((resolve) => setTimeout(resolve, 1));
}
